"""Closing the window, or leaving the clip, while work in the background hangs on a drive that does not answer."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QMessageBox

from tests.gui.fakes import ShiftPropagator
from tests.gui.source_wrapper import SourceAround
from tests.gui.window_driver import PATIENCE_MS, WindowDriver
from vosapp.core.errors import MediaError, ProjectError
from vosapp.core.project import Project
from vosapp.engine.run.propagation_job import propagation_body
from vosapp.export.formats import ExportFormat
from vosapp.ui.controllers.files.leaving import LeaveRequest
from vosapp.ui.controllers.networks.runs import MakeBody
from vosapp.ui.dialogs.system import Dialogs
from vosapp.ui.jobs import job_thread
from vosapp.video.open import open_video
from vosapp.video.source import VideoSource

HANGS_AT = 5


class HungDrive:
    """Opens clips whose drive stops answering when a frame is read, until the test lets it answer."""

    def __init__(self) -> None:
        self.hangs_at = HANGS_AT
        self.answers = threading.Event()
        self.asked = threading.Event()

    def open(self, path: Path | str) -> VideoSource:
        return _HungSource(self, open_video(path))

    def read(self, index: int) -> None:
        if index == self.hangs_at:
            self.asked.set()
            assert self.answers.wait(PATIENCE_MS / 1000), "the test left the drive hanging"


class _HungSource(SourceAround):
    def __init__(self, drive: HungDrive, inner: VideoSource) -> None:
        super().__init__(inner)
        self.reading = drive.read  # type: ignore[method-assign]


@pytest.fixture
def drive(no_leaks: None, qapp: object) -> Iterator[HungDrive]:
    """A drive that hangs; in the end it answers, and whoever was left behind has ended."""
    made = HungDrive()
    yield made
    made.answers.set()
    assert all(thread.wait(PATIENCE_MS) for thread in job_thread._left_behind)
    assert not job_thread.hangs()
    job_thread._left_behind.clear()
    for thread in threading.enumerate():
        if thread.name == "prefetch":  # nobody waited long for the viewer's decoder either
            thread.join(PATIENCE_MS / 1000)


@pytest.fixture
def make_body(drive: HungDrive, clip_path: Path) -> MakeBody:
    return partial(propagation_body, open_source=lambda: drive.open(clip_path), build=lambda _: ShiftPropagator())


@pytest.fixture(autouse=True)
def hasty(patient: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """What hangs here hangs for good, so that nothing is gained by waiting for it."""
    monkeypatch.setattr("vosapp.presentation.shutdown_deadline.CLOSING_S", 0.1)


@pytest.fixture
def running(shot: WindowDriver, drive: HungDrive, tmp_path: Path) -> WindowDriver:
    """A saved project with a run that hangs after four frames."""
    shot.workspace.viewing.view.set_brush(30)
    shot.drag([(50, 55)])
    shot.answers.path = tmp_path / "work.vosapp"
    shot.trigger("file.save_as")
    shot.workspace.networks.runs.start()
    shot.wait(lambda: drive.asked.is_set() and shot.cell(HANGS_AT - 1) is not None)
    return shot


def test_a_run_that_hangs_does_not_hold_the_window_and_its_frames_are_kept(
    running: WindowDriver, drive: HungDrive, tmp_path: Path
) -> None:
    masks = [running.mask(frame) for frame in range(HANGS_AT)]
    running.close()
    assert not drive.answers.is_set() and job_thread.hangs(), "nobody waited for the drive"
    kept = [tmp_path / "work.vosapp"]
    assert sorted(tmp_path.glob("work*")) == kept, "one plain file, closed"
    before = kept[0].read_bytes()
    drive.answers.set()
    assert job_thread._left_behind[0].wait(PATIENCE_MS)
    assert kept[0].read_bytes() == before, "what was left behind touches nothing"
    project = Project.open(kept[0])
    assert not project.read_only
    for frame, expected in enumerate(masks):
        mask = project.editor.mask(1, frame)
        assert mask is not None and np.array_equal(mask.array(), expected)
    assert project.editor.mask(1, HANGS_AT) is None
    project.close()


def test_a_run_left_behind_does_not_disturb_the_next_one(
    running: WindowDriver, drive: HungDrive, tmp_path: Path
) -> None:
    running.close_clip()
    assert running.document.clip is None and not running.workspace.networks.runs.is_running
    drive.hangs_at = 7
    drive.asked.clear()
    running.open(tmp_path / "work.vosapp")
    running.workspace.networks.runs.start()
    running.wait(lambda: drive.asked.is_set() and running.cell(6) is not None)
    second = running.workspace.networks.runs.task._thread
    (first,) = job_thread._left_behind
    drive.answers.set()
    assert first.wait(PATIENCE_MS)
    running.finish_run()
    assert second is not first
    assert sorted(running.document.object(1).cells) == list(range(12))


@pytest.fixture
def exporting(shot: WindowDriver, drive: HungDrive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WindowDriver:
    """An export of a movie that hangs after some frames are written."""
    shot.workspace.viewing.view.set_brush(30)
    shot.drag([(50, 55)])
    monkeypatch.setattr("vosapp.export.export_job.open_clip_of", lambda clip: drive.open(clip.path))
    shot.workspace.exports.choose_format(ExportFormat.PRORES_4444)
    exports = shot.workspace.exports
    exports.choose(replace(exports.choice, folder=str(tmp_path / "out")))
    shot.workspace.exports.start()
    shot.wait(drive.asked.is_set)
    return shot


def test_an_export_that_hangs_does_not_hold_the_window_and_leaves_nothing_that_looks_whole(
    exporting: WindowDriver, drive: HungDrive, tmp_path: Path
) -> None:
    exporting.close()
    assert job_thread.hangs()
    assert not list((tmp_path / "out").glob("*.mov")), "what is unfinished bears no name of its own"
    assert not list((tmp_path / "out").glob("*.json"))
    drive.answers.set()
    assert job_thread._left_behind[0].wait(PATIENCE_MS)
    assert not (tmp_path / "out").exists(), "it cleans up when the drive is back"


def test_no_export_begins_while_one_still_hangs(
    exporting: WindowDriver, drive: HungDrive, tmp_path: Path, clip_path: Path
) -> None:
    exports = exporting.workspace.exports
    exports.cancel()
    exports.task.leave()
    assert not exports.is_running
    assert "a drive does not answer" in exporting.notice
    exporting.close_clip()
    exporting.open(clip_path)
    exporting.drag([(50, 55)])
    exports.choose(replace(exports.choice, folder=str(tmp_path / "out")))
    exports.start()
    assert not exports.is_running
    assert "still waits for a drive" in exporting.notice
    drive.answers.set()
    exporting.wait(lambda: not job_thread.hangs())
    exports.start()
    exporting.wait(lambda: not exports.is_running)
    assert [path.suffix for path in (tmp_path / "out").glob("*.mov")] == [".mov"], exports.display().result


def _hung(gate: HungDrive) -> Callable[..., Any]:
    def read(*_arguments: Any, **_named: Any) -> Any:
        gate.read(gate.hangs_at)
        raise MediaError("The drive is back.")

    return read


def test_an_import_of_weights_that_hangs_does_not_hold_the_window(
    shot: WindowDriver, drive: HungDrive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vosapp.models.importing.import_weights", _hung(drive))
    shot.workspace.networks.weights.start([tmp_path / "network.pth"])
    shot.wait(drive.asked.is_set)
    shot.close()
    assert job_thread.hangs()


def test_a_mask_that_hangs_while_it_is_read_does_not_keep_the_work_from_being_saved(
    shot: WindowDriver, drive: HungDrive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shot.answers.path = tmp_path / "work.vosapp"
    shot.trigger("file.save_as")
    monkeypatch.setattr("vosapp.engine.run.import_job.import_body", lambda *_, **__: _hung(drive))
    shot.workspace.editing.masks.import_mask(tmp_path / "mask.png")
    shot.wait(drive.asked.is_set)
    shot.drag([(50, 55)])
    painted = shot.mask(0)
    shot.close()
    assert job_thread.hangs()
    project = Project.open(tmp_path / "work.vosapp")
    mask = project.editor.mask(1, 0)
    assert mask is not None and np.array_equal(mask.array(), painted)
    project.close()


def test_opening_can_be_cancelled_although_the_drive_hangs(
    shot: WindowDriver, drive: HungDrive, clip_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("vosapp.presentation.project_files.read_media", _hung(drive))
        patch.setattr("vosapp.ui.jobs.io_queue.ANSWER_MS", 10)
        shot.workspace.files.projects.open_path(tmp_path / "far.mov")
        shot.wait(drive.asked.is_set)
        shot.workspace.files.projects.io.cancel()
        shot.wait(lambda: shot.view.app.opening == "" and not shot.workspace.files.projects.is_busy)
    assert job_thread.hangs()
    assert shot.document.clip is not None, "what was open stays"
    shot.open(clip_path)


def test_a_project_whose_opening_was_cancelled_can_be_opened_again(
    shot: WindowDriver, drive: HungDrive, clip_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its clip's drive answers too late: what was opened by then is let go."""
    shot.drag([(50, 50)])
    shot.answers.path = tmp_path / "a.vosapp"
    shot.trigger("file.save_as")
    shot.trigger("file.close")
    drive.hangs_at = 0
    with monkeypatch.context() as patch:
        patch.setattr("vosapp.presentation.project_files.open_clip", lambda path, _space: drive.open(path))
        patch.setattr("vosapp.ui.jobs.io_queue.ANSWER_MS", 10)
        shot.workspace.files.projects.open_path(tmp_path / "a.vosapp")
        shot.wait(drive.asked.is_set)
        shot.workspace.files.projects.io.cancel()
        shot.wait(lambda: shot.view.app.opening == "" and not shot.workspace.files.projects.is_busy)
        drive.answers.set()
        shot.wait(lambda: not job_thread.hangs())
    shot.open(tmp_path / "a.vosapp")
    assert not shot.view.shot.project.read_only, shot.notice


def test_a_project_whose_own_drive_hangs_can_be_left(
    shot: WindowDriver, drive: HungDrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Committing fails in the end, and the user wants to leave all the same."""
    project = shot.workspace.session.project
    assert project is not None
    abandon = project.abandon

    def committing(*_arguments: object, **_named: object) -> None:
        raise ProjectError("shot.vosapp is not written yet.", "Try again.")

    def hung() -> None:
        drive.read(drive.hangs_at)
        abandon()

    monkeypatch.setattr("vosapp.presentation.project_files.close", committing)
    monkeypatch.setattr(project, "abandon", hung)
    shot.answers.agrees = False
    shot.window.close()
    shot.wait(lambda: "Leave without saving?" in shot.answers.asked)
    assert shot.window.isVisible(), "the user stays"
    shot.answers.agrees = True
    shot.close()
    assert job_thread.hangs()


END = """
import sys, threading
from pathlib import Path
from PySide6.QtCore import QTimer
from tests.gui.fakes import ShiftPropagator
from vosapp.engine.run import propagation_job
from vosapp.ui import app
from vosapp.ui.controllers.networks import runs
from vosapp.video.open import open_video

asked = threading.Event()

class Hung:
    def __init__(self, path):
        self.inner = open_video(path)
        self.info, self.is_damaged, self.close = self.inner.info, self.inner.is_damaged, self.inner.close
    def frame(self, index):
        if index == 5:
            asked.set()
            threading.Event().wait()
        return self.inner.frame(index)

propagation_job.open_clip_of = lambda clip: Hung(clip.path)
propagation_job.build_propagator = lambda *_, **__: ShiftPropagator()
made = []

class Story(app.Workspace):
    def __init__(self, settings):
        super().__init__(settings)
        made.append(self)
        self.timer = QTimer(self)
        self.timer.timeout.connect(self.step)
        self.timer.start(20)
        self.began = False
    def step(self):
        view, document = self.session.view, self.session.document
        if view.shot.picture_index == 0 and not document.objects:
            self.editing.objects.add()
        elif document.objects and not self.began:
            self.editing.masks.import_mask(Path(sys.argv[2]))
            self.began = True
        elif self.began and document.objects[0].cells and not self.networks.runs.is_running and not asked.is_set():
            self.networks.runs.start()
        elif asked.is_set() and 4 in document.objects[0].cells:
            self.timer.stop()
            self.window.close()

app.Workspace = Story
sys.exit(app.main([sys.argv[1]]))
"""


def test_the_program_ends_although_a_run_hangs(clip_path: Path, tmp_path: Path) -> None:
    """The real end of a process, which a thread that hangs must neither hold up nor crash."""
    from vosapp.core.recent import unsaved_work
    from vosapp.video.stills.images import write_png

    mask = np.zeros((96, 160), np.uint8)
    mask[30:60, 40:80] = 255
    write_png(tmp_path / "mask.png", mask)
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    out = subprocess.run(
        [sys.executable, "-c", END, str(clip_path), str(tmp_path / "mask.png")],
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert out.returncode == 0, out.stderr
    assert "QThread" not in out.stderr and "Traceback" not in out.stderr, out.stderr
    (work,) = unsaved_work()
    project = Project.open(work.path, read_only=True)
    assert sorted(project.editor.document.object(1).cells) == [0, 1, 2, 3, 4]
    project.close()


SLOW = """
import time
from PySide6.QtCore import QCoreApplication
from vosapp.engine.job import Job
from vosapp.ui.jobs.job_thread import JobThread, hangs

application = QCoreApplication([])
thread = JobThread()
thread.start_job(Job(lambda context: time.sleep(1)))
print(thread.leave(), hangs())
"""


def test_a_process_that_ends_by_itself_waits_for_what_is_only_slow() -> None:
    out = subprocess.run([sys.executable, "-c", SLOW], capture_output=True, text=True, timeout=240, check=False)
    assert (out.returncode, out.stdout.strip(), out.stderr) == (0, "True True", "")


def test_the_first_page_closes_at_once(driver: WindowDriver) -> None:
    driver.window.close()
    assert not driver.window.isVisible()


def test_a_refused_question_keeps_the_window_and_the_work(shot: WindowDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real box: Esc and the cross refuse, and only its button leaves."""
    shot.drag([(50, 55)])
    painted = shot.mask(0)

    def failing(*_arguments: object, **_named: object) -> None:
        raise ProjectError("shot.vosapp is not written.", "Try again.")

    monkeypatch.setattr(shot.answers, "confirm", Dialogs(shot.window).confirm)
    with monkeypatch.context() as patch:
        patch.setattr("vosapp.presentation.project_files.close", failing)
        for answer in (lambda box: box.reject(), lambda box: box.close()):
            shot.window.close()
            shot.wait(lambda: bool(open_boxes(shot)))
            answer(open_boxes(shot)[0])
            shot.wait(lambda: not open_boxes(shot) and not shot.workspace.files.projects.leaving.is_leaving)
            assert shot.window.isVisible() and "is not written" in shot.notice
        assert np.array_equal(shot.mask(0), painted)
        shot.drag([(90, 60)])
        assert shot.mask(0)[60, 90], "the work goes on"
        shot.window.close()
        shot.wait(lambda: bool(open_boxes(shot)))
        (leave,) = [button for button in open_boxes(shot)[0].buttons() if button.text() == "Leave"]
        leave.click()
        shot.wait(lambda: not shot.window.isVisible())


def open_boxes(shot: WindowDriver) -> list[QMessageBox]:
    return [box for box in shot.window.findChildren(QMessageBox) if box.isVisible()]


def test_an_error_of_the_program_while_leaving_leaves_a_window_that_can_be_used_and_closed(
    shot: WindowDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing() -> None:
        raise RuntimeError("not expected")

    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(shot.workspace.networks.runs, "cancel", failing)
        shot.workspace.files.projects.close_clip()
    assert not shot.workspace.files.projects.leaving.is_leaving
    shot.drag([(50, 55)])
    assert shot.mask(0)[55, 50], "input is let through"
    shot.close()


def test_the_window_closes_once_what_is_in_the_way_has_ended(
    shot: WindowDriver, drive: HungDrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever closes the window while the project is being rewritten need not do it again."""
    shot.drag([(50, 55)])

    def slow(*_arguments: object) -> tuple[int, int]:
        drive.read(drive.hangs_at)
        return 2, 1

    monkeypatch.setattr("vosapp.presentation.project_files.compact", slow)
    shot.workspace.files.saving.compact()
    shot.wait(drive.asked.is_set)
    shot.window.close()
    assert not shot.workspace.files.projects.leaving.is_leaving, "the file is being written"
    drive.answers.set()
    shot.wait(lambda: not shot.window.isVisible())
    assert shot.workspace.session.project is None


@pytest.mark.parametrize("agrees", [True, False])
def test_closing_while_the_shot_is_left_for_another_one(
    shot: WindowDriver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, agrees: bool
) -> None:
    """The window closes after the one that was opened; not where the user wants to stay with the first."""

    def failing(*_arguments: object, **_named: object) -> None:
        raise ProjectError("shot.vosapp is not written.", "Try again.")

    shot.drag([(50, 55)])
    controller, left = shot.workspace.files.projects, []
    controller.leaving.leaving.connect(shot.window.close)
    shot.answers.agrees = agrees
    with monkeypatch.context() as patch:
        if not agrees:
            patch.setattr("vosapp.presentation.project_files.close", failing)
        controller.leaving.leave(LeaveRequest(partial(left.append, "left"), partial(left.append, "stayed")))
        shot.wait(lambda: not controller.leaving.is_leaving and bool(left))
    controller.leaving.leaving.disconnect(shot.window.close)
    if agrees:
        shot.wait(lambda: not shot.window.isVisible())
        assert left == ["left"]
    else:
        assert left == ["stayed"] and shot.window.isVisible() and shot.mask(0)[55, 50]
        shot.close()
