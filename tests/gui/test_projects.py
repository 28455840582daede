"""Opening, saving, going on, and everything that can be wrong with a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLabel, QPushButton

from tests.gui.window_driver import WindowDriver
from vosapp.core.document import Origin
from vosapp.core.project import Project
from vosapp.core.recent import unsaved_dir
from vosapp.presentation.view_state import ShotView, Tool, ViewMode
from vosapp.ui.panels.start_page import STEPS, card_title
from vosapp.video.stills.images import write_png


def test_opening_a_clip_shows_it_and_keeps_an_unsaved_project(shot: WindowDriver, clip_path: Path) -> None:
    assert shot.window.pages.currentIndex() == 1
    assert shot.window.windowTitle().startswith("shot.mp4")
    assert "not saved" in shot.window.windowTitle()
    assert len(unsaved_files()) == 1
    shot.settle()
    assert str(clip_path) in shot.view.app.recent


def test_unsaved_work_is_offered_and_goes_on(shot: WindowDriver, clip_path: Path) -> None:
    shot.drag([(50, 50)])
    painted = shot.mask(0)
    shot.trigger("file.close")
    assert shot.window.pages.currentIndex() == 0
    assert len(shot.view.app.unsaved) == 1
    shot.window.start_page.unsaved_chosen.emit(str(shot.view.app.unsaved[0].path))
    shot.wait(lambda: shot.view.shot.picture_index == 0)
    assert np.array_equal(shot.mask(0), painted)
    assert shot.view.shot.project.undo_label == "paint"
    assert not shot.view.shot.project.saved


def test_a_clip_that_was_only_looked_at_leaves_nothing(shot: WindowDriver) -> None:
    shot.trigger("file.close")
    assert shot.view.app.unsaved == ()


def test_unsaved_work_can_be_deleted_after_asking(shot: WindowDriver) -> None:
    shot.drag([(50, 50)])
    shot.trigger("file.close")
    shot.answers.agrees = False
    shot.window.start_page.unsaved_discarded.emit(str(shot.view.app.unsaved[0].path))
    shot.settle()
    assert len(shot.view.app.unsaved) == 1
    shot.answers.agrees = True
    shot.window.start_page.unsaved_discarded.emit(str(shot.view.app.unsaved[0].path))
    shot.settle()
    assert shot.view.app.unsaved == () and unsaved_files() == []


def test_save_as_and_reopen(shot: WindowDriver, tmp_path: Path) -> None:
    shot.drag([(50, 50)])
    shot.answers.path = tmp_path / "my shot.vosapp"
    shot.trigger("file.save")
    assert shot.window.windowTitle().startswith("my shot")
    assert unsaved_files() == []
    shot.drag([(80, 50)])
    painted = shot.mask(0)
    shot.trigger("file.save")
    assert "is saved" in shot.notice
    shot.trigger("file.close")
    shot.open(tmp_path / "my shot.vosapp")
    assert np.array_equal(shot.mask(0), painted)
    assert shot.view.shot.project.saved
    shot.trigger("edit.undo")
    assert shot.mask(0).sum() < painted.sum()


def test_closing_the_window_saves(shot: WindowDriver, tmp_path: Path) -> None:
    shot.answers.path = tmp_path / "a.vosapp"
    shot.trigger("file.save_as")
    shot.drag([(50, 50)])
    painted = shot.mask(0)
    shot.close()
    project = Project.open(tmp_path / "a.vosapp")
    mask = project.editor.mask(1, 0)
    assert mask is not None and np.array_equal(mask.array(), painted)
    project.close()


def test_saving_where_it_cannot_be_saved_is_said_and_loses_nothing(shot: WindowDriver, tmp_path: Path) -> None:
    shot.drag([(50, 50)])
    shot.answers.path = tmp_path / "no such folder" / "a.vosapp"
    shot.trigger("file.save_as")
    assert "a.vosapp" in shot.notice
    assert shot.mask(0).any() and not shot.view.shot.project.saved


def test_a_folder_of_images_opens_with_its_numbers(driver: WindowDriver, tmp_path: Path) -> None:
    folder = tmp_path / "plate"
    folder.mkdir()
    for number in (1001, 1002, 1003):
        write_png(folder / f"plate.{number}.png", np.full((20, 30), number % 256, np.uint8))
    driver.answers.path = folder
    driver.trigger("file.open_folder")
    driver.wait(lambda: driver.view.shot.picture_index == 0)
    assert driver.document.clip is not None and driver.document.clip.first_number == 1001
    driver.workspace.viewing.playback.go_typed("1003")
    assert driver.view.shot.frame_index == 2
    driver.workspace.viewing.playback.go_typed("-1")
    assert driver.view.shot.frame_index == 1


def _bad_files(folder: Path, clip: Path) -> dict[str, Path]:
    text = folder / "text.mp4"
    text.write_text("this is not a video\n" * 50)
    empty = folder / "empty.mov"
    empty.touch()
    cut = folder / "cut.mp4"
    cut.write_bytes(clip.read_bytes()[:300])
    junk = folder / "junk.vosapp"
    junk.write_bytes(b"\0" * 5000)
    (folder / "nothing").mkdir()
    return {
        "missing": folder / "missing.mp4",
        "text": text,
        "empty": empty,
        "cut": cut,
        "junk project": junk,
        "missing project": folder / "missing.vosapp",
        "empty folder": folder / "nothing",
    }


@pytest.mark.parametrize("kind", ["missing", "text", "empty", "cut", "junk project", "missing project", "empty folder"])
def test_a_bad_file_is_one_sentence_that_names_it_and_loses_nothing(
    shot: WindowDriver, tmp_path: Path, clip_path: Path, kind: str
) -> None:
    shot.drag([(50, 50)])
    painted = shot.mask(0)
    path = _bad_files(tmp_path, clip_path)[kind]
    message = shot.try_to_open(path)
    assert path.name in message
    assert "Error" not in message and "Errno" not in message and "\n" not in message
    assert shot.document.clip is not None and Path(shot.document.clip.path).name == "shot.mp4"
    assert np.array_equal(shot.mask(0), painted)


def test_an_audio_file_is_refused(driver: WindowDriver, tmp_path: Path) -> None:
    path = _audio_only(tmp_path / "song.m4a")
    assert "song.m4a" in driver.try_to_open(path)
    assert driver.window.pages.currentIndex() == 0


def test_a_project_open_elsewhere_is_read_only_and_says_so(shot: WindowDriver, tmp_path: Path) -> None:
    shot.drag([(50, 50)])
    shot.answers.path = tmp_path / "a.vosapp"
    shot.trigger("file.save_as")
    shot.trigger("file.close")
    other = Project.open(tmp_path / "a.vosapp")
    shot.open(tmp_path / "a.vosapp")
    assert "read only" in shot.window.windowTitle()
    shot.drag([(90, 50)])
    shot.answers.agrees = False
    shot.window.close()
    shot.wait(lambda: "Leave without saving?" in shot.answers.asked)
    assert shot.window.isVisible()
    shot.answers.agrees = True
    other.close()


def test_importing_a_mask(shot: WindowDriver, tmp_path: Path) -> None:
    array = np.zeros((96, 160), np.uint8)
    array[20:60, 30:90] = 255
    path = tmp_path / "mask é.png"
    write_png(path, array)
    shot.answers.path = path
    shot.go(4)
    shot.trigger("file.import_mask")
    cell = shot.cell(4)
    assert cell is not None and cell.origin is Origin.IMPORTED
    assert np.array_equal(shot.mask(4), array > 0)


def test_a_mask_of_another_size_is_refused_with_both_sizes(shot: WindowDriver, tmp_path: Path) -> None:
    path = tmp_path / "small.png"
    write_png(path, np.full((48, 80), 255, np.uint8))
    shot.answers.path = path
    shot.trigger("file.import_mask")
    assert "80x48" in shot.notice and "160x96" in shot.notice
    assert not shot.document.objects


def test_a_mask_of_several_objects_makes_them(shot: WindowDriver, tmp_path: Path) -> None:
    array = np.zeros((96, 160), np.uint8)
    array[10:30, 10:40], array[50:80, 90:140] = 1, 2
    path = tmp_path / "two.png"
    write_png(path, array)
    drop(shot, [path])
    assert [item.id for item in shot.document.objects] == [1, 2]
    assert np.array_equal(shot.mask(0, 2), array == 2)
    shot.trigger("edit.undo")
    assert not shot.document.objects


def test_dropping_a_clip_opens_it(driver: WindowDriver, clip_path: Path) -> None:
    drop(driver, [clip_path])
    driver.wait(lambda: driver.view.shot.picture_index == 0)
    assert driver.document.clip is not None


def unsaved_files() -> list[Path]:
    """Projects that the user gave no place."""
    return sorted(unsaved_dir().glob("*.vosapp"))


def drop(driver: WindowDriver, paths: list[Path]) -> None:
    """Drops files on the window."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPoint(50, 50),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    driver.window.dropEvent(event)
    driver.settle()


def _audio_only(path: Path) -> Path:
    import av

    with av.open(str(path), "w") as out:
        stream = out.add_stream("aac", rate=48000)
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 48000
        for _ in range(4):
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def test_the_first_page_says_how_it_goes_and_opens_the_demo_shot(driver: WindowDriver) -> None:
    page = driver.window.start_page
    texts = [shown.text() for shown in page.findChildren(QLabel) if shown.isVisible()]
    assert [text for _, text in STEPS] == [text for text in texts if any(text == step for _, step in STEPS)]
    demo = next(button for button in page.findChildren(QPushButton) if "demo shot" in button.text())
    demo.click()
    driver.wait(lambda: driver.view.app.opening == "" and driver.view.shot.picture_index == 0)
    assert driver.document.clip is not None and driver.document.clip.frame_count == 84
    driver.trigger("file.close")
    assert not [shown for shown in page.findChildren(QLabel) if shown.isVisible() and shown.text() == STEPS[0][1]]


def test_a_folder_of_images_is_listed_with_the_folder_around_it() -> None:
    assert card_title(Path("/shots/kite/frames")) == "kite/frames"
    assert card_title(Path("/shots/kite/plate.mov")) == "plate.mov"


def test_tools_survive_a_clip_and_what_belongs_to_the_shot_does_not(shot: WindowDriver, clip_path: Path) -> None:
    shot.trigger("tool.eraser")
    shot.trigger("view.onion")
    shot.trigger("view.outline")
    shot.workspace.viewing.view.set_brush(77)
    shot.drag([(50, 55)])
    shot.go(3)
    app = shot.view.app
    shot.trigger("file.close")
    assert shot.view.shot == ShotView(), "nothing of the shot is left"
    shot.open(clip_path)
    view = shot.view
    assert (view.app.tool, view.app.onion, view.app.brush_px) == (Tool.ERASER, True, 77)
    assert view.app.propagate == app.propagate and view.app.engines == app.engines
    assert (view.shot.mode, view.shot.frame_index, view.shot.active_object) == (ViewMode.OVERLAY, 0, 0)
