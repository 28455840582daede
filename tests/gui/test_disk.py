"""The window and the disk: nothing in the window waits for it, and what goes on is shown and can be stopped."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent

from tests.bench.bench_project import long_project
from tests.clips import make_clip
from tests.gui.slow_disk import SlowDisk, Watchdog, slow_disk, watchdog
from tests.gui.window_driver import WindowDriver
from vosapp.core.errors import MediaError
from vosapp.core.mask import Mask
from vosapp.core.project import Project
from vosapp.core.storage.backup import make_backup
from vosapp.presentation import project_files
from vosapp.ui.dialogs.backups import BackupDialog
from vosapp.ui.jobs.job_thread import hangs

__all__ = ["slow_disk", "watchdog"]

LONGEST_S = 0.25  # of the processor, for one thing that the window does in the storage; the aim is 0.05


def test_the_window_never_waits_for_a_slow_disk(
    driver: WindowDriver, tmp_path: Path, slow_disk: SlowDisk, watchdog: Watchdog
) -> None:
    """The whole life of a project of 10,000 frames and 5 objects."""
    long_project(tmp_path / "long.vosapp").close()
    watchdog.longest_s = 0.0
    slow_disk.is_slow = True
    driver.workspace.files.projects.open_path(tmp_path / "long.vosapp")
    driver.wait(lambda: driver.view.shot.media_problem != "" and len(driver.document.objects) == 5)
    assert driver.workspace.files.relinking.dialog is not None
    driver.workspace.files.relinking.dialog.reject()
    session = driver.workspace.session
    driver.workspace.viewing.playback.go(500)
    driver.trigger("edit.anchor")
    driver.trigger("edit.delete")
    driver.trigger("edit.undo")
    while session.shot.project.undo_label != "Propagate":
        driver.trigger("edit.undo")
    driver.trigger("edit.undo")
    assert len(driver.document.object(1).cells) == 1
    driver.trigger("edit.redo")
    driver.answers.path = tmp_path / "other.vosapp"
    driver.window.commands["file.save_as"].trigger()
    driver.trigger("edit.approve")  # while it is being saved
    driver.answers.path = tmp_path / "copy.vosapp"
    driver.trigger("file.save_copy")
    driver.trigger("file.compact")
    assert "MB now" in driver.notice
    driver.trigger("file.backups")
    driver.trigger("file.close")
    slow_disk.is_slow = False
    print(f"longest in the storage: {watchdog.longest_s * 1000:.0f} ms in {watchdog.where}")
    assert not slow_disk.visits, "the window's thread was at the disk itself"
    assert not slow_disk.waited_for, slow_disk.waited_for[0]
    assert watchdog.longest_s < LONGEST_S, f"{watchdog.longest_s * 1000:.0f} ms in {watchdog.where}"
    project = Project.open(tmp_path / "other.vosapp", read_only=True)
    cell = project.editor.document.cell(1, 500)
    assert cell is not None and cell.locked, "what was done meanwhile is in the new file"
    project.close()


def test_what_watches_the_window_bites(slow_disk: SlowDisk, watchdog: Watchdog, tmp_path: Path) -> None:
    slow_disk.is_slow = True
    for _ in range(2):
        with pytest.raises(Exception, match="shot"):
            Project.open(tmp_path / "shot.vosapp")
        (tmp_path / "shot.vosapp").write_bytes(b"SQLite format 3\0" + bytes(84))
    assert "connect" in slow_disk.visits and not slow_disk.waited_for

    slow_disk.patience_s = 0.05
    thread = threading.Thread(target=slow_disk.slowly(len), args=([],))
    thread.start()
    thread.join()
    (waited,) = slow_disk.waited_for
    assert "thread.join()" in waited

    busy = "import time\nend = time.thread_time() + 0.2\nwhile time.thread_time() < end: pass"
    exec(compile(busy, "core/storage/busy.py", "exec"))
    assert watchdog.longest_s > 0.1 or not hasattr(time, "pthread_getcpuclockid")


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Holds every writing of a copy at its first mask until it is let go or cancelled."""
    gate = threading.Event()
    tick = project_files._Ticking.__call__

    def waiting(self: project_files._Ticking, masks: int) -> None:
        while not gate.wait(0.005):
            tick(self, masks)
        tick(self, masks)

    monkeypatch.setattr(project_files._Ticking, "__call__", waiting)
    yield gate
    gate.set()


def test_saving_shows_how_far_it_is_and_can_be_cancelled(
    shot: WindowDriver, tmp_path: Path, held: threading.Event
) -> None:
    shot.drag([(50, 50)])
    shot.answers.path = tmp_path / "big.vosapp"
    shot.window.commands["file.save_as"].trigger()
    work = shot.window.work
    shot.wait(work.isVisible)
    assert shot.view.app.file_work is not None and shot.view.app.file_work.title == "Saving as big.vosapp"
    assert not shot.window.commands["file.save"].isEnabled()
    shot.drag([(90, 60)])
    painted = shot.mask(0)
    shot.qtbot.mouseClick(work.button, Qt.MouseButton.LeftButton)
    shot.settle()
    assert work.isHidden() and not shot.view.shot.project.saved
    assert not (tmp_path / "big.vosapp").exists() and not list(tmp_path.glob(".big*"))
    held.set()
    shot.trigger("file.save_as")
    assert shot.view.shot.project.saved and np.array_equal(shot.mask(0), painted)


def test_what_is_dropped_on_the_window_while_a_copy_is_written_is_opened_after_it(
    shot: WindowDriver, tmp_path: Path, held: threading.Event
) -> None:
    other = make_clip(tmp_path / "other.mp4", frames=3, size=(64, 96))
    shot.drag([(50, 50)])
    shot.answers.path = tmp_path / "big.vosapp"
    shot.window.commands["file.save_as"].trigger()
    shot.wait(shot.window.work.isVisible)
    shot.window.dropped.emit([other])
    held.set()
    shot.wait(lambda: shot.document.clip is not None and shot.document.clip.path == str(other))
    shot.settle()
    assert (tmp_path / "big.vosapp").exists()


@pytest.mark.parametrize("leave", ["window", "clip"])
def test_a_copy_that_is_being_written_is_waited_for_when_the_shot_is_left(
    shot: WindowDriver, tmp_path: Path, held: threading.Event, leave: str
) -> None:
    """The user has said where the work goes."""
    shot.drag([(50, 50)])
    painted = shot.mask(0)
    shot.answers.path = tmp_path / "big.vosapp"
    shot.window.commands["file.save_as"].trigger()
    shot.wait(shot.window.work.isVisible)
    if leave == "window":
        shot.window.close()
    else:
        shot.window.commands["file.close"].trigger()
    held.set()
    shot.wait(lambda: not shot.window.isVisible() if leave == "window" else shot.document.clip is None)
    project = Project.open(tmp_path / "big.vosapp")
    mask = project.editor.mask(1, 0)
    assert mask is not None and np.array_equal(mask.array(), painted)
    project.close()


def test_strokes_made_while_it_is_saved_are_in_the_new_file(
    shot: WindowDriver, tmp_path: Path, held: threading.Event
) -> None:
    shot.drag([(50, 50)])
    shot.answers.path = tmp_path / "big.vosapp"
    shot.window.commands["file.save_as"].trigger()
    shot.wait(lambda: shot.view.app.file_work is not None)
    shot.drag([(90, 60)])
    painted = shot.mask(0)
    held.set()
    shot.settle()
    shot.trigger("file.close")
    shot.open(tmp_path / "big.vosapp")
    assert np.array_equal(shot.mask(0), painted)
    shot.trigger("edit.undo")
    assert shot.mask(0).sum() < painted.sum()


def test_a_compaction_takes_no_input_but_its_cancel(shot: WindowDriver, tmp_path: Path, held: threading.Event) -> None:
    shot.drag([(50, 50)])
    held.set()
    shot.answers.path = tmp_path / "a.vosapp"
    shot.trigger("file.save_as")
    held.clear()
    size, before = (tmp_path / "a.vosapp").stat().st_size, shot.mask(0)
    shot.window.commands["file.compact"].trigger()
    shot.wait(shot.window.work.isVisible)
    work = shot.view.app.file_work
    assert work is not None and work.blocks
    shot.drag([(90, 60)])
    key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier)
    QCoreApplication.sendEvent(shot.canvas, key)
    shot.qtbot.mouseClick(shot.window.work.button, Qt.MouseButton.LeftButton)
    shot.settle()
    assert shot.window.isVisible()
    assert np.array_equal(shot.mask(0), before), "it was cancelled, and nothing was painted or deleted"
    assert (tmp_path / "a.vosapp").stat().st_size == size
    held.set()
    shot.drag([(90, 60)])
    shot.trigger("file.compact")
    assert "MB now" in shot.notice


def test_an_opening_can_be_cancelled(
    shot: WindowDriver, clip_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shot.drag([(50, 50)])
    painted, gate = shot.mask(0), threading.Event()
    read = project_files.read_media

    def slow(path: Path, context: Any) -> project_files.Media:
        while not gate.wait(0.005):
            context.check()
        return read(path, context)

    monkeypatch.setattr(project_files, "read_media", slow)
    shot.workspace.files.projects.open_path(clip_path)
    shot.wait(shot.window.work.isVisible)
    shot.qtbot.mouseClick(shot.window.work.button, Qt.MouseButton.LeftButton)
    shot.settle()
    assert shot.view.app.opening == "" and np.array_equal(shot.mask(0), painted)
    shot.workspace.files.projects.open_path(clip_path)
    shot.wait(lambda: shot.view.app.opening != "")
    shot.close()  # closing does not wait for the clip


def test_closing_saves_although_the_next_clip_hangs(
    shot: WindowDriver, clip_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shot.answers.path = tmp_path / "a.vosapp"
    shot.trigger("file.save_as")
    shot.drag([(50, 50)])
    painted, gate, asked = shot.mask(0), threading.Event(), threading.Event()
    monkeypatch.setattr("vosapp.presentation.shutdown_deadline.CLOSING_S", 0.05)

    def hung(_path: Path, _context: Any) -> project_files.Media:
        asked.set()
        gate.wait()
        raise MediaError("The drive is back.")

    monkeypatch.setattr(project_files, "read_media", hung)
    shot.workspace.files.projects.open_path(clip_path)
    shot.wait(asked.is_set)
    shot.close()
    assert hangs(), "nobody waited for the drive"
    gate.set()
    shot.wait(lambda: not hangs())
    project = Project.open(tmp_path / "a.vosapp")
    mask = project.editor.mask(1, 0)
    assert not project.read_only and mask is not None and np.array_equal(mask.array(), painted)
    project.close()


def test_damaged_masks_are_told_of_after_opening_and_nothing_else_changes(shot: WindowDriver, tmp_path: Path) -> None:
    shot.drag([(50, 50)])
    shot.trigger("propagate.forward")
    shot.finish_run()
    shot.answers.path = tmp_path / "a.vosapp"
    shot.trigger("file.save_as")
    cell = shot.cell(7)
    assert cell is not None
    shot.trigger("file.close")
    connection = sqlite3.connect(tmp_path / "a.vosapp")
    connection.execute("UPDATE masks SET data = zeroblob(9) WHERE digest = ?", (bytes.fromhex(cell.base),))
    connection.commit()
    connection.close()
    shot.open(tmp_path / "a.vosapp")
    shot.wait(lambda: not shot.workspace.files.check.is_running)
    assert "The masks of Object 1 on frames 7 are damaged." in shot.notice and "Open backup" in shot.notice
    assert shot.workspace.files.check.checked == 12
    assert not shot.view.shot.project.read_only and len(shot.document.object(1).cells) == 12
    assert isinstance(shot.workspace.session.editor.mask(1, 6), Mask)


def test_a_backup_is_listed_opened_for_reading_and_saved_elsewhere(shot: WindowDriver, tmp_path: Path) -> None:
    shot.trigger("file.backups")
    assert "There is no backup yet" in shot.notice
    shot.drag([(50, 50)])
    shot.answers.path = tmp_path / "a.vosapp"
    shot.trigger("file.save_as")
    project = shot.workspace.session.project
    assert project is not None and project.backups is not None, "from now on it is backed up"
    make_backup(project.path, project.project_id, count=5)
    painted = shot.mask(0)
    shot.trigger("edit.delete")
    shot.trigger("file.backups")
    dialog = shot.window.findChild(BackupDialog)
    assert dialog is not None and "today" in dialog.list.item(0).text() and "a " in dialog.list.item(0).text()
    shot.qtbot.mouseClick(dialog.button, Qt.MouseButton.LeftButton)
    shot.wait(lambda: shot.view.shot.project.read_only and shot.view.shot.picture_index == 0)
    assert "It is a backup" in shot.notice and "read only" in shot.window.windowTitle()
    assert np.array_equal(shot.mask(0), painted)
    shot.answers.path = tmp_path / "restored.vosapp"
    shot.trigger("file.save")
    assert not shot.view.shot.project.read_only and shot.view.shot.project.name == "restored"
