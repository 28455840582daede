"""Outlines over the overlay, marked changes, flicker and the magnifier: what is on the screen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor

from tests.gui.window_driver import NONE, WindowDriver
from vosapp.core import edits
from vosapp.core.mask import Mask
from vosapp.presentation.view_state import ObjectStyle
from vosapp.presentation.viewer.changes import LESS, MORE, difference_labels, flicker_labels
from vosapp.ui.panels.objects import BUTTON_PX


def colour(driver: WindowDriver, point: tuple[float, float]) -> QColor:
    """The colour on the screen over a picture point."""
    view = driver.canvas.to_view(point).toPoint()
    return driver.canvas.viewport().grab().toImage().pixelColor(view)


def is_greenish(seen: QColor) -> bool:
    return seen.green() > seen.red() + 40 and seen.green() > seen.blue() + 40


def is_magenta(seen: QColor) -> bool:
    return seen.red() > seen.green() + 60 and seen.blue() > seen.green() + 40


def box(left: int, right: int) -> Mask:
    mask = np.zeros((96, 160), bool)
    mask[30:70, left:right] = True
    return Mask.from_array(mask)


@pytest.fixture
def boxes(shot: WindowDriver) -> WindowDriver:
    """A mask on each of three frames; the middle one is wider on the right and narrower on the left."""
    editor = shot.workspace.session.editor
    document, object_id = edits.add_object(shot.document)
    for frame, mask in enumerate((box(40, 80), box(60, 120), box(40, 80))):
        document = edits.set_mask(document, editor.store, object_id, frame, mask)
    editor.apply("boxes", document)
    shot.go(1)
    return shot


def test_flicker_marks_what_one_frame_has_or_lacks_alone(boxes: WindowDriver) -> None:
    boxes.trigger("view.flicker")
    assert boxes.window.commands["view.flicker"].isChecked()
    assert is_greenish(colour(boxes, (100, 50))) and is_magenta(colour(boxes, (50, 50)))
    assert not is_greenish(colour(boxes, (70, 50)))
    boxes.go(0)
    assert not boxes.canvas.changes.isVisible(), "there is no frame before the first"
    boxes.go(1)
    boxes.trigger("view.flicker")
    assert not boxes.canvas.changes.isVisible()


def test_changes_since_the_run(shot: WindowDriver) -> None:
    assert not shot.window.commands["view.changes"].isEnabled()
    shot.drag([(40, 60)])
    shot.trigger("propagate.forward")
    shot.finish_run()
    shot.go(4)
    shot.trigger("propagate.forward")
    shot.finish_run()
    shot.go(4)
    shot.trigger("view.changes")
    assert not shot.canvas.changes.labels.any(), "the second run changed nothing"
    shot.drag([(110, 40)])
    assert is_greenish(colour(shot, (110, 40)))


def test_labels_of_changes() -> None:
    now, before, after = (mask.array() for mask in (box(60, 120), box(40, 80), box(40, 80)))
    labels = difference_labels(now, before)
    assert labels[50, 100] == MORE and labels[50, 50] == LESS and labels[50, 70] == 0
    assert np.array_equal(flicker_labels(now, before, after), labels)
    moving = flicker_labels(box(50, 90).array(), box(40, 80).array(), box(60, 100).array())
    assert not moving.any(), "an edge that moves on does not flicker"


def test_outlines_over_the_overlay(boxes: WindowDriver) -> None:
    edge, area = colour(boxes, (60, 50)), colour(boxes, (90, 50))
    boxes.trigger("view.outlined")
    outline = colour(boxes, (60, 50))
    assert outline != edge and colour(boxes, (90, 50)) == area
    boxes.workspace.viewing.view.set_brush(20)
    boxes.drag([(60, 50)], lift=False)
    assert colour(boxes, (60, 50)) != outline == colour(boxes, (50.5, 50)), "what is painted has its outline at once"
    boxes.lift((60, 50))
    assert colour(boxes, (50.5, 50)) == outline
    boxes.trigger("view.matte")
    assert colour(boxes, (50.5, 50)) == QColor("white")


@pytest.fixture
def two(boxes: WindowDriver) -> WindowDriver:
    """A second object beside the first, on the same frame."""
    editor = boxes.workspace.session.editor
    document, object_id = edits.add_object(boxes.document)
    editor.apply("another", edits.set_mask(document, editor.store, object_id, 1, box(130, 155)))
    return boxes


def look(driver: WindowDriver) -> list[QColor]:
    """Colours on outline and area of the first object, then of the second."""
    return [colour(driver, at) for at in ((60.5, 50), (90, 50), (130.5, 50), (142, 50))]


def click_style(driver: WindowDriver, place: int) -> None:
    """Clicks the button in an object's row that draws it in the next way."""
    panel = driver.window.objects
    row = panel.row_rect(place)
    at = QPoint(row.right() - 2 * BUTTON_PX - BUTTON_PX // 2 - 8, row.center().y())
    driver.qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_an_object_is_drawn_in_a_way_of_its_own(two: WindowDriver) -> None:
    area = look(two)
    bare = two.canvas.frame[50, 142]
    two.workspace.editing.objects.pick(1)
    for expected in (ObjectStyle.OVERLAY, ObjectStyle.OUTLINE):
        click_style(two, 1)
        assert two.view.shot.styles == {2: expected}
    assert two.workspace.session.active is not None and two.workspace.session.active.id == 1, "no row was picked"
    seen = look(two)
    assert seen[:2] == area[:2] and seen[2] != area[2]
    assert (seen[3].red(), seen[3].green(), seen[3].blue()) == tuple(bare), "only its outline is drawn"
    outline = seen[2]
    click_style(two, 1)
    assert look(two) == [*area[:2], outline, area[3]], "overlay and outline"
    two.trigger("view.outline")
    assert look(two)[2:] == [outline, area[3]] and look(two)[1] != area[1], "the view is about the others"
    two.trigger("view.overlay")
    click_style(two, 1)
    assert look(two) == area and not two.view.shot.styles


def test_the_way_an_object_is_drawn_is_a_command_and_stays_with_the_project(two: WindowDriver, tmp_path: Path) -> None:
    two.workspace.editing.objects.pick(2)
    commands = two.window.commands
    assert commands["object.as_view"].isChecked()
    two.trigger("object.as_both")
    assert commands["object.as_both"].isChecked() and not commands["object.as_view"].isChecked()
    assert not two.workspace.session.editor.can_redo and two.view.shot.project.undo_label == "another", "no step"
    two.workspace.editing.objects.toggle_visible(1)
    two.answers.path = tmp_path / "shot.vosapp"
    two.trigger("file.save")
    two.close_clip()
    two.open(tmp_path / "shot.vosapp")
    assert two.view.shot.styles == {2: ObjectStyle.BOTH} and two.view.shot.hidden == {1}


def test_the_magnifier_follows_the_pointer_out_of_its_way(boxes: WindowDriver) -> None:
    magnifier = boxes.canvas.magnifier
    boxes.trigger("view.magnifier")
    boxes.mouse(QEvent.Type.MouseMove, (120, 50), button=NONE, held=NONE)
    assert magnifier.isVisible() and magnifier.x() < 50
    image = magnifier.grab().toImage()
    left, right = image.pixelColor(60, 60), image.pixelColor(160, 60)
    assert left.red() > right.red() + 20, "the edge of the mask is in its middle"
    boxes.mouse(QEvent.Type.MouseMove, (2, 2), button=NONE, held=NONE)
    assert magnifier.x() > 200
    boxes.trigger("view.magnifier")
    assert not magnifier.isVisible()
    assert magnifier.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
