"""Two programs on one project, and a program that dies: real processes with real windows."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.gui.window_driver import WindowDriver
from tests.shared import REPOSITORY
from vosapp.core.document import Origin
from vosapp.core.project import Project
from vosapp.core.recent import unsaved_dir, unsaved_work
from vosapp.core.settings import Settings
from vosapp.ui.workspace import Workspace

# A window that opens what it is told, paints, and says what it sees, until its input ends or it is killed.
OTHER = """
import sys
from pathlib import Path
from vosapp.core import edits
from vosapp.core.mask import Mask
from vosapp.ui.app import make_application
from vosapp.ui.workspace import Workspace
application = make_application()
workspace = Workspace()
workspace.window.show()
session = workspace.session
workspace.files.projects.open_path(Path(sys.argv[1]))
while session.app.opening or not session.document.objects and sys.argv[2] != "paint":
    application.processEvents()
if sys.argv[2] == "paint":
    document, one = edits.add_object(session.document)
    import numpy as np
    square = np.zeros((96, 160), bool)
    square[10:40, 20:60] = True
    session.editor.apply("paint", edits.stroke(document, session.editor.store, one, 3, Mask.from_array(square)))
    session.project.flush()
said = session.shot.notice.text if session.shot.notice else ""
print(workspace.window.windowTitle(), session.shot.project.read_only, said, sep=" | ", flush=True)
while sys.stdin.readline():
    pass
workspace.window.close()
while workspace.window.isVisible():
    application.processEvents()
"""


@pytest.fixture
def start(own_data_folder: Path) -> Iterator[object]:
    """Starts another program; what is left of it is ended."""
    running: list[subprocess.Popen[str]] = []

    def begin(path: Path, deed: str) -> tuple[subprocess.Popen[str], str]:
        process = subprocess.Popen(
            [sys.executable, "-c", OTHER, str(path), deed],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=REPOSITORY,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "VOSAPP_DATA_DIR": str(own_data_folder)},
        )
        running.append(process)
        assert process.stdout is not None
        return process, process.stdout.readline().strip()

    yield begin
    for process in running:
        process.kill()
        process.communicate()


def test_the_second_window_opens_read_only_and_says_so(shot: WindowDriver, tmp_path: Path, start: object) -> None:
    shot.drag([(50, 50)])
    shot.answers.path = tmp_path / "a.vosapp"
    shot.trigger("file.save_as")
    process, said = start(tmp_path / "a.vosapp", "look")  # type: ignore[operator]
    title, read_only, notice = said.split(" | ")
    assert "(read only)" in title and read_only == "True"
    assert "It is open elsewhere" in notice
    shot.drag([(90, 60)])
    painted = shot.mask(0)
    process.communicate("", timeout=600)
    shot.trigger("file.close")
    project = Project.open(tmp_path / "a.vosapp")
    mask = project.editor.mask(1, 0)
    assert not project.read_only and mask is not None and np.array_equal(mask.array(), painted)
    project.close()


def test_work_of_a_window_that_was_killed_is_offered_at_the_next_start(
    driver: WindowDriver, clip_path: Path, start: object
) -> None:
    process, _ = start(clip_path, "paint")  # type: ignore[operator]
    driver.workspace.files.projects.lists.refresh()
    driver.settle()
    assert driver.view.app.unsaved == (), "it is open in another window, which is alive"
    assert len(list(unsaved_dir().glob("*.vosapp"))) == 1
    process.send_signal(signal.SIGKILL)
    process.wait()
    second = Workspace(Settings(), dialogs=driver.answers)
    driver.wait(lambda: not second.files.projects.is_busy)
    (work,) = second.session.app.unsaved
    assert (work.clip_name, work.step_count, work.last_step) == ("shot.mp4", 1, "paint")
    second.window.close()
    driver.wait(lambda: not second.window.isVisible())
    second.window.deleteLater()
    second.deleteLater()
    driver.workspace.files.projects.lists.refresh()
    driver.settle()
    driver.window.start_page.unsaved_chosen.emit(str(work.path))
    driver.wait(lambda: driver.view.shot.picture_index == 0)
    cell = driver.cell(3)
    assert cell is not None and cell.origin is Origin.DRAWN and driver.mask(3).sum() == 30 * 40
    assert driver.view.shot.project.undo_label == "paint" and not driver.view.shot.project.saved


def test_work_in_another_window_cannot_be_deleted(driver: WindowDriver, clip_path: Path, start: object) -> None:
    start(clip_path, "paint")  # type: ignore[operator]
    (path,) = unsaved_dir().glob("*.vosapp")
    driver.workspace.files.projects.discard(str(path))
    driver.settle()
    assert path.exists() and "open in another window" in driver.notice
    assert unsaved_work() == []


def test_a_full_history_is_said_once(shot: WindowDriver) -> None:
    shot.workspace.session.editor.history.limit_bytes = 1
    for place in range(4):
        shot.drag([(40 + 15 * place, 50)])
    assert "Undo holds 0 MB of masks and is full" in shot.notice
    assert shot.workspace.session.editor.history.forgotten > 0
    shot.workspace.session.dismiss()
    shot.drag([(110, 70)])
    assert shot.notice == ""
    assert shot.mask(0).any(), "the masks stay"
