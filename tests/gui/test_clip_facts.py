"""The clip's facts in the window: what was decided, and choosing an input space or a layer of an EXR."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import OpenEXR
import pytest

from tests.clips import make_clip, make_sequence
from tests.gui.source_wrapper import SourceAround
from tests.gui.window_driver import PATIENCE_MS, WindowDriver
from vosapp.core.errors import ProjectError
from vosapp.core.project import Project
from vosapp.presentation.requests.export_choice import ExportChoice
from vosapp.ui.dialogs.clip_facts import ClipFactsDialog
from vosapp.video.lazy_open import open_clip
from vosapp.video.source import VideoSource
from vosapp.video.stills.images import write_png


@pytest.fixture(autouse=True)
def no_studio(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OCIO", raising=False)


def shown_facts(driver: WindowDriver) -> ClipFactsDialog:
    driver.trigger("file.clip_facts")
    dialog = driver.workspace.files.clip_choices.dialog
    assert dialog is not None
    return dialog


def choose(driver: WindowDriver, menu: object, name: str) -> None:
    place = menu.findData(name)  # type: ignore[attr-defined]
    assert place >= 0
    menu.setCurrentIndex(place)  # type: ignore[attr-defined]
    menu.activated.emit(place)  # type: ignore[attr-defined]


def level(driver: WindowDriver) -> int:
    """Of the picture that is shown, in its middle."""
    picture = driver.workspace.viewing.pictures.picture
    return -1 if picture is None else int(picture[picture.shape[0] // 2, picture.shape[1] // 2, 1])


@pytest.fixture
def plates(tmp_path: Path) -> Path:
    """Two frames of 18 % grey in REDLog3G10: a third of full scale."""
    folder = tmp_path / "plates"
    folder.mkdir()
    for number in range(2):
        write_png(folder / f"p.{number}.png", np.full((72, 96, 3), round(65535 / 3), np.uint16))
    return folder


def test_an_input_space_is_shown_stored_and_undone(driver: WindowDriver, plates: Path, tmp_path: Path) -> None:
    driver.open(plates)
    driver.drag([(40, 40), (60, 50)])
    driver.wait(lambda: level(driver) == 85)
    dialog = shown_facts(driver)
    assert dialog.space.currentData() == ""
    choose(driver, dialog.space, "redlog3g10")
    driver.wait(lambda: level(driver) == 118)  # 18 % by the curve of sRGB
    assert driver.document.clip is not None
    assert driver.document.clip.input_space == "redlog3g10"
    assert driver.cell(0) is not None
    project = driver.workspace.session.project
    assert project is not None
    project.flush()
    copy = Project.open(project.path, read_only=True)
    assert copy.editor.document.clip == driver.document.clip
    copy.abandon()
    driver.trigger("edit.undo")
    driver.wait(lambda: level(driver) == 85)
    driver.trigger("edit.redo")
    driver.wait(lambda: level(driver) == 118)
    assert dialog.space.currentData() == "redlog3g10"
    dialog.accept()


def test_the_clip_shown_is_that_of_the_document_however_quickly_undo_and_redo_follow(
    driver: WindowDriver, plates: Path
) -> None:
    driver.open(plates)
    dialog = shown_facts(driver)
    choose(driver, dialog.space, "redlog3g10")
    driver.wait(lambda: level(driver) == 118)
    driver.workspace.editing.masks.undo()
    driver.workspace.editing.masks.redo()  # before the clip was read anew
    driver.settle()
    driver.wait(lambda: level(driver) != -1)
    assert driver.document.clip is not None and driver.view.shot.clip is not None
    assert driver.document.clip.input_space == driver.view.shot.clip.input_space == "redlog3g10"
    assert level(driver) == 118
    dialog.accept()


class GatedSource(SourceAround):
    """Reads a frame for each permission."""

    def __init__(self, inner: VideoSource, gate: threading.Semaphore, reached: threading.Event) -> None:
        super().__init__(inner)
        self._gate, self._reached = gate, reached

    def reading(self, index: int) -> None:
        self._reached.set()
        assert self._gate.acquire(timeout=PATIENCE_MS / 1000)


def test_another_input_space_changes_the_picture_and_nothing_else(
    driver: WindowDriver, plates: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The project was left on its last frame; since then the user has gone elsewhere."""
    driver.open(plates)
    driver.drag([(40, 40)])
    driver.answers.path = tmp_path / "a.vosapp"
    driver.trigger("file.save_as")
    driver.go(1)
    driver.close_clip()
    driver.open(tmp_path / "a.vosapp")
    assert driver.view.shot.frame_index == 1
    driver.go(0)
    driver.workspace.viewing.view.set_brush(44)
    exports = driver.workspace.exports
    monkeypatch.setattr(exports, "_next", lambda: None)
    exports.choose(ExportChoice(folder=str(tmp_path)))
    exports.start()
    assert len(exports.display().waiting) == 1
    dialog = shown_facts(driver)
    choose(driver, dialog.space, "redlog3g10")
    driver.wait(lambda: level(driver) == 118)
    dialog.accept()
    assert (driver.view.shot.frame_index, driver.view.app.brush_px) == (0, 44)
    assert len(exports.display().waiting) == 1 and exports.choice.folder == str(tmp_path)


def test_small_pictures_that_are_read_are_those_of_the_clip_shown(
    driver: WindowDriver, plates: Path, tmp_path: Path
) -> None:
    def levels() -> list[int]:
        return [int(picture[50, 50, 1]) for picture in driver.window.timeline._pictures.values()]

    driver.open(plates)
    driver.trigger("view.thumbnails")
    driver.wait(lambda: levels() == [85, 85])
    dialog = shown_facts(driver)
    choose(driver, dialog.space, "redlog3g10")
    driver.wait(lambda: levels() == [118, 118])
    dialog.accept()
    other = tmp_path / "other"
    other.mkdir()
    for number in range(2):
        write_png(other / f"p.{number}.png", np.full((72, 96, 3), 200, np.uint8))
    driver.open(other)  # as long, with nothing on it: the timeline is the same
    driver.wait(lambda: levels() == [200, 200])


@pytest.fixture
def gate(driver: WindowDriver) -> Iterator[threading.Semaphore]:
    """Closed until the test opens it, open in the end."""
    gate = threading.Semaphore(0)
    yield gate
    gate.release(1000)


@pytest.mark.parametrize("agrees", [True, False])
def test_no_small_pictures_are_read_while_the_clip_is_left(
    driver: WindowDriver, plates: Path, gate: threading.Semaphore, monkeypatch: pytest.MonkeyPatch, agrees: bool
) -> None:
    """The window would wait for them, however long that takes; where the user stays, they come."""
    reached, opened = threading.Event(), []

    def open_gated(path: str, space: str) -> VideoSource:
        opened.append(space)
        return GatedSource(open_clip(path, space), gate, reached)

    def failing(*_arguments: object, **_named: object) -> None:
        raise ProjectError("p.vosapp is not written.", "Try again.")

    driver.open(plates)
    monkeypatch.setattr("vosapp.ui.controllers.viewing.thumbnails.open_clip", open_gated)
    driver.trigger("view.thumbnails")
    driver.wait(reached.is_set)
    driver.answers.agrees = agrees
    with monkeypatch.context() as patch:
        if not agrees:
            patch.setattr("vosapp.presentation.project_files.close", failing)
        driver.window.close()
        gate.release()
        if agrees:
            driver.wait(lambda: not driver.window.isVisible())
            assert len(opened) == 1
            return
        driver.wait(lambda: bool(driver.answers.asked) and not driver.workspace.files.projects.leaving.is_leaving)
    gate.release(100)
    driver.trigger("mark.in")
    driver.wait(lambda: set(driver.window.timeline._pictures) == {0, 1})


def test_small_pictures_that_are_being_read_go_on_with_the_clip(
    driver: WindowDriver, plates: Path, gate: threading.Semaphore, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, spaces = threading.Event(), []

    def opened(path: str, space: str) -> VideoSource:
        spaces.append(space)
        return GatedSource(open_clip(path, space), gate, reached)

    driver.open(plates)
    monkeypatch.setattr("vosapp.ui.controllers.viewing.thumbnails.open_clip", opened)
    driver.trigger("view.thumbnails")
    driver.wait(reached.is_set)
    driver.workspace.files.rates.set_rate(Fraction(30), False)  # the pictures are the same
    gate.release()
    driver.wait(lambda: set(driver.window.timeline._pictures) == {0})
    dialog = shown_facts(driver)
    choose(driver, dialog.space, "redlog3g10")
    driver.wait(lambda: level(driver) == 118)
    gate.release()
    driver.wait(lambda: spaces == ["", "redlog3g10"])
    gate.release(100)
    driver.wait(lambda: [picture[50, 50, 1] for picture in driver.window.timeline._pictures.values()] == [118, 118])
    assert spaces == ["", "redlog3g10"]
    dialog.accept()


def test_a_bad_studio_configuration_is_said_and_the_menu_has_ours(
    driver: WindowDriver, plates: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCIO", str(tmp_path / "nowhere.ocio"))
    driver.open(plates)
    dialog = shown_facts(driver)
    assert "nowhere.ocio" in driver.notice
    assert dialog.space.findData("acescg") > 0
    choose(driver, dialog.space, "acescg")
    driver.wait(lambda: dialog.space.currentData() == "")  # it could not be had, and the menu says so
    dialog.accept()


def test_a_layer_is_chosen_from_a_menu(driver: WindowDriver, tmp_path: Path) -> None:
    folder = tmp_path / "render"
    folder.mkdir()
    for number in range(2):
        channels = {name: np.full((72, 96), 0.1, np.float32) for name in "RGB"}
        channels |= {f"spec.{name}": np.full((72, 96), 0.9, np.float32) for name in "RGB"}
        header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
        OpenEXR.File(header, channels).write(str(folder / f"r.{number:04}.exr"))
    driver.open(folder)
    driver.wait(lambda: level(driver) == 89)
    dialog = shown_facts(driver)
    assert [dialog.layer.itemText(place) for place in range(dialog.layer.count())] == ["plain channels", "spec"]
    choose(driver, dialog.layer, "spec")
    driver.wait(lambda: level(driver) == 243)
    choose(driver, dialog.layer, "")
    driver.wait(lambda: level(driver) == 89)
    driver.trigger("edit.undo")
    driver.wait(lambda: level(driver) == 243)
    assert dialog.layer.currentData() == "spec"
    dialog.accept()


def test_what_was_found_in_a_file_is_listed(driver: WindowDriver, tmp_path: Path) -> None:
    times = [0, 40, 100, 130, 270, 300]
    clip = make_clip(tmp_path / "c.mp4", frames=6, times=times, time_base=None, timecode="01:00:00:00")
    driver.open(clip)
    dialog = shown_facts(driver)
    assert dialog.value("Rate").startswith("varies, ")
    assert dialog.value("Track") == "1"
    assert dialog.value("Alpha") == "none"
    assert dialog.value("Damaged") == "none found so far"
    assert dialog.value("Timecode") == "starts at 01:00:00:00"
    assert dialog.value("Sound") == ""
    dialog.accept()


def test_damage_is_listed_as_it_is_found(driver: WindowDriver, tmp_path: Path) -> None:
    folder = make_sequence(tmp_path / "s", frames=6, missing=(2,))
    (folder / "00004.png").write_bytes(b"no picture")
    driver.open(folder)
    dialog = shown_facts(driver)
    driver.go(4)
    driver.wait(lambda: dialog.value("Damaged") == "2 frames: 2, 4")
    assert dialog.value("Frames").startswith("6, numbered 0 to 5")
    dialog.accept()
