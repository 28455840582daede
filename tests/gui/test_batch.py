"""The batch's table in the real window, with real worker processes: start, watch, open, retry, add."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from tests.batches import make_batch, make_shot, masks_of
from tests.gui.window_driver import WindowDriver
from vosapp.batch.journal import read_rows
from vosapp.presentation.batch import COLUMNS
from vosapp.ui.dialogs.batch import BatchDialog


@pytest.fixture
def batch(driver: WindowDriver, tmp_path: Path) -> WindowDriver:
    """A window whose batch dialog shows a job file of three shots, the last of them poisonous."""
    path = make_batch(tmp_path / "work", 2)
    make_shot(tmp_path / "work/shot9", ahead=20)
    clip = tmp_path / "work/shot9/plate.mp4"
    clip.rename(clip.with_name("good.mp4"))
    clip.write_bytes(b"no clip at all")
    driver.trigger("file.batch")
    driver.answers.path = path
    click(driver, dialog(driver).list_button)
    return driver


def dialog(driver: WindowDriver) -> BatchDialog:
    assert driver.workspace.batch.dialog is not None
    return driver.workspace.batch.dialog


def click(driver: WindowDriver, button: QPushButton) -> None:
    assert button.isEnabled(), f"{button.text()} is greyed"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def table(driver: WindowDriver) -> dict[str, dict[str, str]]:
    """The texts on the screen, by shot and column."""
    model = dialog(driver).model
    texts = [[model.index(r, c).data() for c in range(len(COLUMNS))] for r in range(model.rowCount())]
    return {row[0]: dict(zip(COLUMNS, row, strict=True)) for row in texts}


def opened(driver: WindowDriver) -> str:
    """The name of the open project."""
    project = driver.workspace.session.project
    return project.path.stem if project is not None else ""


def finish(driver: WindowDriver) -> None:
    driver.wait(lambda: not driver.workspace.batch.is_running)


def select(driver: WindowDriver, name: str) -> None:
    view = dialog(driver).table
    index = dialog(driver).model.index(list(table(driver)).index(name), 0)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center())


def test_shots_run_fail_alone_are_opened_and_retried(batch: WindowDriver, tmp_path: Path) -> None:
    shown = dialog(batch)
    assert {row["State"] for row in table(batch).values()} == {"waiting"}
    assert shown.summary.text() == "3 shots: 3 waiting"
    assert not shown.retry_button.isEnabled() and not shown.next_button.isEnabled()
    click(batch, shown.start_button)
    assert shown.start_button.text() == "Stop"
    finish(batch)
    rows = table(batch)
    assert [rows[name]["State"] for name in ("shot0", "shot1", "shot9")] == ["done", "done", "failed"]
    assert rows["shot0"]["Frames"] == "6"
    assert "plate.mp4" in rows["shot9"]["To look at first"]
    assert 0 < float(rows["shot0"]["Doubt"]) <= 1
    assert shown.next_button.text() == "Next to look at (2)"

    doubts = {name: float(rows[name]["Doubt"]) for name in ("shot0", "shot1")}
    click(batch, shown.next_button)
    batch.settle()
    project = batch.workspace.session.project
    assert project is not None
    assert doubts[project.path.stem] == max(doubts.values()), "the most doubtful shot comes first"
    assert table(batch)[project.path.stem]["State"] == "looked at"
    assert shown.next_button.text() == "Next to look at (1)"
    other = next(name for name in doubts if name != project.path.stem)
    select(batch, other)
    click(batch, shown.open_button)
    batch.wait(
        lambda: batch.workspace.session.project is not None and batch.workspace.session.project.path.stem == other
    )
    batch.settle()
    assert batch.document.objects[0].cells
    assert {row.facts.looked_at for row in read_rows(tmp_path / "work/jobs.batch")} == {True, False}

    good = tmp_path / "work/shot9/good.mp4"
    good.rename(good.with_name("plate.mp4"))
    click(batch, shown.retry_button)
    finish(batch)
    assert table(batch)["shot9"]["State"] == "done"
    assert len(masks_of(tmp_path / "work/shot9.vosapp")) == 8


def test_a_batch_is_stopped_and_goes_on_and_the_open_shot_is_added(batch: WindowDriver, tmp_path: Path) -> None:
    shown = dialog(batch)
    click(batch, shown.start_button)
    click(batch, shown.start_button)  # it says Stop now
    finish(batch)
    assert "running" not in {row["State"] for row in table(batch).values()}
    assert not shown.add_button.isEnabled()
    assert shown.add_button.toolTip() == "Open a shot first"
    click(batch, shown.start_button)
    finish(batch)
    extra = make_batch(tmp_path / "extra", 1)
    assert extra.exists()
    batch.open(tmp_path / "extra/shot0/plate.mp4")
    assert shown.add_button.toolTip() == "Save the project first"
    batch.answers.path = tmp_path / "extra/mine.vosapp"
    batch.trigger("file.save")
    batch.wait(lambda: shown.add_button.isEnabled())
    click(batch, shown.add_button)
    assert table(batch)["shot0"]["State"] == "done"
    assert table(batch)["extra"]["State"] == "waiting"


def test_a_broken_job_file_is_a_sentence_in_the_dialog(driver: WindowDriver, tmp_path: Path) -> None:
    driver.trigger("file.batch")
    assert dialog(driver).summary.text().startswith("No shots yet")
    assert not dialog(driver).start_button.isEnabled()
    driver.answers.path = tmp_path / "jobs.toml"
    driver.answers.path.write_text("[[job]]\n")
    click(driver, dialog(driver).list_button)
    assert "needs either project or clip" in dialog(driver).problem.text()
