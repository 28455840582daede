"""Media that moved: found again by content, listed with what speaks for it, and no mask is lost whatever happens."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.clips import make_clip
from tests.gui.conftest import FRAMES, SIZE
from tests.gui.window_driver import WindowDriver
from vosapp.core.document import ClipRef
from vosapp.core.errors import MediaError
from vosapp.engine.job import Job, JobContext
from vosapp.presentation import project_files
from vosapp.presentation.media_search import Grade
from vosapp.ui.dialogs.relink import RelinkDialog


@pytest.fixture
def saved(shot: WindowDriver, clip_path: Path, tmp_path: Path) -> WindowDriver:
    """A project in a folder of its own, closed; its clip is in another folder, from which it will go."""
    (tmp_path / "footage").mkdir()
    (tmp_path / "work").mkdir()
    shot.open(Path(shutil.copy(clip_path, tmp_path / "footage" / "plate.mp4")))
    shot.drag([(50, 50)])
    shot.answers.path = tmp_path / "work" / "a.vosapp"
    shot.trigger("file.save_as")
    shot.trigger("file.close")
    return shot


def open_without_clip(driver: WindowDriver, tmp_path: Path) -> RelinkDialog:
    """Opens the project, whose clip is gone, and waits for the end of the search."""
    driver.workspace.files.projects.open_path(tmp_path / "work" / "a.vosapp")
    driver.wait(lambda: driver.view.shot.media_problem != "" and not driver.workspace.files.relinking.is_searching)
    dialog = driver.workspace.files.relinking.dialog
    assert dialog is not None and dialog.isVisible()
    return dialog


def rows(dialog: RelinkDialog) -> list[str]:
    texts = [dialog.list.item(row).text() for row in range(dialog.list.count())]
    return [text.replace("\n", " | ") for text in texts]


def press(driver: WindowDriver, dialog: RelinkDialog) -> None:
    driver.qtbot.mouseClick(dialog.button, Qt.MouseButton.LeftButton)


def test_a_clip_that_was_moved_and_renamed_is_found_and_chosen(saved: WindowDriver, tmp_path: Path) -> None:
    (tmp_path / "footage" / "archive").mkdir()
    (tmp_path / "footage" / "plate.mp4").rename(tmp_path / "footage" / "archive" / "A001.mp4")
    dialog = open_without_clip(saved, tmp_path)
    assert "plate.mp4 is missing" in dialog.missing.text() and "160 × 96, 24 fps, 12 frames" in dialog.expected.text()
    assert len(rows(dialog)) == 1 and "A001.mp4 | 160 × 96, 24 fps, 12 frames   ·   same content" in rows(dialog)[0]
    assert dialog.chosen is not None and dialog.chosen.grade is Grade.SAME
    assert not dialog.list.item(0).icon().isNull(), "a thumbnail"
    assert "clip that the masks were made for" in dialog.warning.text()
    painted = saved.mask(0)
    press(saved, dialog)
    saved.wait(lambda: saved.view.shot.picture_index == 0)
    assert not saved.view.shot.media_problem and saved.workspace.files.relinking.dialog is None
    assert saved.document.clip is not None and saved.document.clip.path.endswith("A001.mp4")
    assert np.array_equal(saved.mask(0), painted)
    assert saved.view.shot.project.undo_label == "relink media"


def test_the_surest_is_first_and_what_does_not_fit_is_said_plainly(saved: WindowDriver, tmp_path: Path) -> None:
    footage = tmp_path / "footage"
    (footage / "plate.mp4").unlink()
    for name in ("v1", "v2"):
        (footage / name).mkdir()
    make_clip(footage / "v1" / "plate.mp4", frames=FRAMES, size=SIZE, indexed=False)
    make_clip(footage / "v2" / "plate.mp4", frames=5, size=(64, 96))
    dialog = open_without_clip(saved, tmp_path)
    assert ["same name and length" in rows(dialog)[0], "another clip" in rows(dialog)[1]] == [True, True]
    assert "may not lie where they should" in dialog.warning.text() and dialog.button.isEnabled()
    dialog.list.setCurrentRow(1)
    assert not dialog.button.isEnabled()
    assert "Another clip: the masks are for 160 × 96, 24 fps, 12 frames" in dialog.warning.text()
    dialog.list.setCurrentRow(0)
    press(saved, dialog)
    saved.wait(lambda: saved.view.shot.picture_index == 0)
    assert "not the file that the masks were made for" in saved.notice


def test_without_the_clip_masks_can_be_saved_and_exported(saved: WindowDriver, tmp_path: Path) -> None:
    (tmp_path / "footage" / "plate.mp4").unlink()
    dialog = open_without_clip(saved, tmp_path)
    assert "Nothing was found" in dialog.status.text() and not dialog.button.isEnabled()
    dialog.reject()
    assert "All masks are here" in saved.notice
    painted = saved.mask(0)
    saved.answers.path = tmp_path / "work" / "b.vosapp"
    saved.trigger("file.save_as")
    assert saved.view.shot.project.name == "b"
    exports = saved.workspace.exports
    saved.answers.path = tmp_path / "out"
    (tmp_path / "out").mkdir()
    saved.trigger("file.export")
    exports.choose_folder()
    exports.start()
    saved.wait(lambda: not exports.is_running)
    assert len(list((tmp_path / "out").rglob("*.png"))) == FRAMES, exports.display().result
    saved.trigger("file.close")
    saved.workspace.files.projects.open_path(tmp_path / "work" / "b.vosapp")
    saved.wait(lambda: saved.view.shot.media_problem != "")
    assert np.array_equal(saved.mask(0), painted)


def test_a_clip_beside_the_project_needs_no_search(saved: WindowDriver, tmp_path: Path) -> None:
    (tmp_path / "footage" / "plate.mp4").rename(tmp_path / "work" / "plate.mp4")
    saved.open(tmp_path / "work" / "a.vosapp")
    assert not saved.view.shot.media_problem and saved.workspace.files.relinking.dialog is None
    assert saved.document.clip is not None and saved.document.clip.path == str(tmp_path / "work" / "plate.mp4")


def test_another_file_at_the_same_place_is_noticed(saved: WindowDriver, tmp_path: Path) -> None:
    make_clip(tmp_path / "footage" / "plate.mp4", frames=FRAMES, size=SIZE, indexed=False)
    saved.open(tmp_path / "work" / "a.vosapp")
    assert "not the file that the masks were made for" in saved.notice
    make_clip(tmp_path / "footage" / "plate.mp4", frames=4, size=SIZE, indexed=False)
    saved.trigger("file.close")
    dialog = open_without_clip(saved, tmp_path)
    assert "another clip" in saved.notice
    assert "Another clip" in dialog.warning.text()


def test_a_folder_or_file_of_the_users_choice(saved: WindowDriver, tmp_path: Path) -> None:
    elsewhere = tmp_path.parent / f"{tmp_path.name} elsewhere"
    elsewhere.mkdir()
    (tmp_path / "footage" / "plate.mp4").rename(elsewhere / "found.mp4")
    dialog = open_without_clip(saved, tmp_path)
    assert not rows(dialog)
    saved.answers.path = elsewhere
    dialog.folder_asked.emit()
    saved.wait(lambda: not saved.workspace.files.relinking.is_searching)
    assert "found.mp4" in rows(dialog)[0] and "same content" in rows(dialog)[0]
    other = make_clip(elsewhere / "other.mp4", frames=FRAMES, size=SIZE, indexed=False)
    saved.answers.path = other
    dialog.file_asked.emit()
    saved.wait(lambda: not saved.workspace.files.relinking.is_searching)
    assert len(rows(dialog)) == 2 and "fits" in rows(dialog)[1]
    assert dialog.chosen is not None and dialog.chosen.path.name == "found.mp4"


def test_relinking_from_the_menu_can_be_undone(saved: WindowDriver, tmp_path: Path) -> None:
    saved.open(tmp_path / "work" / "a.vosapp")
    first = saved.view.shot.clip
    copy = Path(shutil.copy(tmp_path / "footage" / "plate.mp4", tmp_path / "footage" / "copy.mp4"))
    saved.trigger("file.relink")
    saved.wait(lambda: not saved.workspace.files.relinking.is_searching)
    dialog = saved.workspace.files.relinking.dialog
    assert dialog is not None and "Another place for plate.mp4" in dialog.missing.text()
    saved.wait(lambda: len(rows(dialog)) == 2)
    dialog.list.setCurrentRow([("copy.mp4" in row) for row in rows(dialog)].index(True))
    press(saved, dialog)
    saved.wait(lambda: saved.view.shot.picture_index == 0)
    assert saved.view.shot.clip is not None and saved.view.shot.clip.path == copy
    saved.trigger("edit.undo")
    saved.wait(lambda: saved.view.shot.clip == first)
    assert saved.document.clip is not None and saved.document.clip.path.endswith("plate.mp4")


def test_closing_stops_a_search(saved: WindowDriver, tmp_path: Path) -> None:
    (tmp_path / "footage" / "plate.mp4").unlink()
    for number in range(300):
        (tmp_path / "footage" / f"{number}").mkdir()
    saved.workspace.files.projects.open_path(tmp_path / "work" / "a.vosapp")
    saved.wait(lambda: saved.workspace.files.relinking.dialog is not None)
    saved.trigger("file.close")
    assert saved.workspace.files.relinking.dialog is None and not saved.workspace.files.relinking.is_searching


def test_the_window_opened_again_searches_although_the_search_before_has_not_ended(
    saved: WindowDriver, tmp_path: Path
) -> None:
    (tmp_path / "footage" / "plate.mp4").unlink()
    open_without_clip(saved, tmp_path).reject()
    relinking = saved.workspace.files.relinking
    relinking.show()
    assert relinking.dialog is not None
    relinking.dialog.reject()
    assert relinking.is_searching, "it looks whether to stop before the next folder"
    relinking.show()
    saved.wait(lambda: not relinking.is_searching)
    assert relinking.dialog is not None and "Nothing was found" in relinking.dialog.status.text()
    relinking.dialog.reject()


def test_a_path_on_another_computer_is_not_even_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(path: Path, context: JobContext) -> None:
        pytest.fail(f"{path} was opened")

    monkeypatch.setattr(project_files, "read_media", never)
    clip = ClipRef("//evil.example/share/shot.mov", 96, 160, 12, Fraction(24))
    result = Job(lambda context: project_files.find_media(clip, tmp_path / "a.vosapp", context)).run()
    assert isinstance(result.error, MediaError) and "shot.mov" in result.error.message
