"""Images that do not say how fast they play: asked, set, changed later, taken back, and followed by exports."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.gui.window_driver import WindowDriver
from vosapp.cli.app import main
from vosapp.ui.dialogs.rate import RateDialog
from vosapp.video.stills.images import write_png


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "shot"
    folder.mkdir()
    for i in range(4):
        write_png(folder / f"shot.{i:04}.png", np.full((48, 64, 3), 40 * i, np.uint8))
    return folder


def rate_of(driver: WindowDriver) -> Fraction:
    clip = driver.document.clip
    assert clip is not None
    return clip.rate


def answer(driver: WindowDriver, text: str, *, always: bool = False) -> None:
    """Types a rate into the dialog and presses Enter."""
    driver.trigger("file.rate")
    (dialog,) = driver.window.findChildren(RateDialog)
    dialog.always.setChecked(always)
    line = dialog.field.lineEdit()
    assert line is not None
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)
    driver.settle()


def test_the_rate_is_told_set_and_undone(driver: WindowDriver, images: Path) -> None:
    driver.open(images)
    assert rate_of(driver) == 24
    assert "24 frames a second are assumed" in driver.notice
    assert driver.view.shot.notice is not None and driver.view.shot.notice.action == "file.rate"
    answer(driver, "23.976")
    assert rate_of(driver) == Fraction(24000, 1001)
    assert "23.976 fps" in driver.window.transport._clip.text()
    driver.trigger("edit.undo")
    assert rate_of(driver) == 24
    driver.trigger("edit.redo")
    assert rate_of(driver) == Fraction(24000, 1001)


def test_the_clips_facts_show_and_change_it(driver: WindowDriver, images: Path) -> None:
    driver.open(images)
    driver.trigger("file.clip_facts")
    facts = driver.workspace.files.clip_choices.dialog
    assert facts is not None and facts.value("Rate").startswith("24 fps; the images do not say")
    facts.rate.click()
    (dialog,) = driver.window.findChildren(RateDialog)
    dialog.field.setEditText("25")
    dialog.button.click()
    driver.settle()
    assert rate_of(driver) == 25 and facts.value("Rate").startswith("25 fps")
    facts.reject()


def test_a_wrong_rate_cannot_be_set(driver: WindowDriver, images: Path) -> None:
    driver.open(images)
    driver.trigger("file.rate")
    (dialog,) = driver.window.findChildren(RateDialog)
    dialog.field.setEditText("fast")
    assert not dialog.button.isEnabled()
    dialog.reject()


def test_the_rate_is_in_the_project_and_the_usual_one_from_then_on(
    driver: WindowDriver, images: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    driver.open(images)
    answer(driver, "25", always=True)
    driver.answers.path = tmp_path / "a.vosapp"
    driver.trigger("file.save_as")
    driver.trigger("file.close")
    driver.open(tmp_path / "a.vosapp")
    assert rate_of(driver) == 25 and "assumed" not in driver.notice
    driver.trigger("file.close")
    driver.open(images)
    assert rate_of(driver) == 25
    assert main(["info", str(images), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["rate"] == "25/1" and facts["rate_is_assumed"]
    assert main(["info", str(images), "--rate", "30000/1001", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rate"] == "30000/1001"


def test_a_movie_has_its_own_rate(shot: WindowDriver, clip_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert not shot.window.commands["file.rate"].isEnabled()
    assert main(["info", str(clip_path), "--rate", "25"]) != 0
    assert "has a frame rate of its own" in capsys.readouterr().err
