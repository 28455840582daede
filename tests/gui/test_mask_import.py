"""Importing masks of many frames in the window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.gui.window_driver import WindowDriver
from vosapp.core.mask_import import ImportRequest, ImportRole, MaskMeaning
from vosapp.ui.dialogs.import_masks import ImportChoice, ImportMasksDialog
from vosapp.video.stills.images import write_png


@pytest.fixture
def folder(shot: WindowDriver, tmp_path: Path) -> Path:
    clip = shot.document.clip
    assert clip is not None
    masks = tmp_path / "masks"
    masks.mkdir()
    for frame in range(clip.frame_count - 1):
        picture = np.zeros((clip.height, clip.width), np.uint8)
        picture[20:40, 30 + frame : 60 + frame] = 255
        write_png(masks / f"m.{frame + clip.first_number:04}.png", picture)
    return masks


def test_a_folder_becomes_anchors_in_one_step_and_spares_what_was_drawn(shot: WindowDriver, folder: Path) -> None:
    shot.drag([(80, 70)])
    drawn = shot.mask(0).copy()
    active = shot.document.objects[0].id
    shot.answers.masks = ImportChoice(folder, None, ImportRequest(target=active))
    shot.trigger("file.import_masks")
    shot.wait(lambda: shot.cell(3) is not None)
    assert np.array_equal(shot.mask(0), drawn)
    assert shot.mask(3)[25, 40] and not shot.mask(3)[25, 20]
    assert "stays on frame 0" in shot.notice
    shot.trigger("edit.undo")
    assert shot.cell(3) is None and np.array_equal(shot.mask(0), drawn)


def test_a_hold_out_comes_in_front(shot: WindowDriver, folder: Path) -> None:
    shot.drag([(80, 70)])
    shot.answers.masks = ImportChoice(folder, None, ImportRequest(ImportRole.HOLD_OUT))
    shot.trigger("file.import_masks")
    shot.wait(lambda: len(shot.document.objects) == 2)
    assert [item.name for item in shot.document.objects] == ["Hold-out", "Object 1"]


def test_what_cannot_be_read_is_said(shot: WindowDriver, tmp_path: Path) -> None:
    shot.answers.masks = ImportChoice(tmp_path / "nothing", None, ImportRequest())
    shot.trigger("file.import_masks")
    shot.wait(lambda: "nothing" in shot.notice)
    assert shot.document.objects == ()


def test_the_dialog_says_what_was_chosen(shot: WindowDriver, qtbot: QtBot, tmp_path: Path) -> None:
    shot.drag([(80, 70)])
    item = shot.document.objects[0]
    dialog = ImportMasksDialog(
        shot.document, item.id, here=4, ask_folder=lambda: tmp_path, ask_file=lambda: None, parent=shot.window
    )
    choices: list[ImportChoice] = []
    dialog.confirmed.connect(choices.append)
    dialog.open()
    assert not dialog.button.isEnabled() and not dialog.first.isEnabled()
    dialog._choose_folder()
    dialog._choose_file()
    dialog.role.chosen.emit(ImportRole.APPROVED)
    dialog.numbered.chosen.emit(False)
    dialog.meaning.chosen.emit(MaskMeaning.ALPHA)
    dialog.replace.click()
    dialog.button.click()
    assert choices == [ImportChoice(tmp_path, 4, ImportRequest(ImportRole.APPROVED, item.id, True), MaskMeaning.ALPHA)]


def test_what_a_mask_was_taken_for_is_said_and_can_be_chosen(shot: WindowDriver, tmp_path: Path) -> None:
    clip = shot.document.clip
    assert clip is not None
    picture = np.full((clip.height, clip.width, 4), 255, np.uint8)
    picture[:50, :, :3] = 0  # white below, opaque at the left
    picture[:, 80:, 3] = 0
    path = tmp_path / "both.png"
    write_png(path, picture)
    shot.answers.path = path
    shot.trigger("file.import_mask")
    shot.wait(lambda: shot.cell(0) is not None)
    assert "It was read as 1 object, hard mask" in shot.notice
    assert shot.mask(0)[20, 20] and not shot.mask(0)[70, 120]
    request = ImportRequest(target=shot.document.objects[0].id, replace=True)
    shot.answers.masks = ImportChoice(path, 0, request, MaskMeaning.LUMA)
    shot.trigger("file.import_masks")
    shot.wait(lambda: bool(shot.mask(0)[70, 120]))
    assert not shot.mask(0)[20, 20]
    assert "They were read as 1 object, hard mask" in shot.notice


def test_a_locked_object_gets_no_masks_and_that_is_said(shot: WindowDriver, folder: Path) -> None:
    shot.drag([(80, 70)])
    item = shot.document.objects[0]
    shot.trigger("object.lock")
    drawn = shot.mask(0).copy()
    shot.answers.masks = ImportChoice(folder, None, ImportRequest(target=item.id, replace=True))
    shot.trigger("file.import_masks")
    shot.wait(lambda: bool(shot.notice))
    assert shot.notice.startswith("No mask was imported.") and "Object 1 is locked and stays as it is." in shot.notice
    assert shot.view.shot.project.undo_label == "lock object", "no step"
    shot.workspace.session.dismiss()
    shot.workspace.editing.masks.import_mask(folder / "m.0001.png")  # as when it is dropped on the window
    shot.wait(lambda: bool(shot.notice))
    assert "was not imported: Object 1 is locked" in shot.notice
    assert np.array_equal(shot.mask(0), drawn) and shot.cell(1) is None
    dialog = ImportMasksDialog(shot.document, item.id, here=0, ask_folder=lambda: None, ask_file=lambda: None)
    assert [dialog.object.itemText(place) for place in range(dialog.object.count())] == ["A new object"]
    dialog.deleteLater()
