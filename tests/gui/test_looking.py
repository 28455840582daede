"""Outlines over the overlay, marked changes, flicker and the magnifier: what is on the screen."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor

from tests.gui.window_driver import NONE, WindowDriver
from vosapp.core import edits
from vosapp.core.mask import Mask
from vosapp.presentation.viewer.changes import LESS, MORE, difference_labels, flicker_labels


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
    before = colour(boxes, (60, 50)), colour(boxes, (90, 50))
    boxes.trigger("view.outlined")
    assert boxes.canvas.outlines.isVisible()
    assert colour(boxes, (60, 50)) != before[0] and colour(boxes, (90, 50)) == before[1]
    boxes.drag([(100, 50), (110, 55)], lift=False)
    assert not boxes.canvas.outlines.isVisible(), "not while the area is painted on"
    boxes.lift((110, 55))
    assert boxes.canvas.outlines.isVisible()
    boxes.trigger("view.matte")
    assert not boxes.canvas.outlines.isVisible()


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
