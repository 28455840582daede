"""The softness of the object's edge from the brush: keys, Ctrl+drag, the rings and the bar."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QToolButton

from tests.gui.window_driver import WindowDriver

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def soft_px(shot: WindowDriver) -> float:
    return shot.document.objects[0].matte.feather_px


def edge_text(shot: WindowDriver) -> str:
    buttons = shot.window.view_bar.findChildren(QToolButton)
    return next(b.text() for b in buttons if b.accessibleName() == "Softness of the edge")


@pytest.fixture
def painted(shot: WindowDriver) -> WindowDriver:
    shot.workspace.viewing.view.set_brush(30)
    shot.drag([(60, 50), (100, 50)])
    return shot


def test_keys_soften_and_harden_the_edge_in_one_step(painted: WindowDriver) -> None:
    mask = painted.mask(0)
    for _ in range(3):
        painted.qtbot.keyClick(painted.canvas, Qt.Key.Key_BracketRight, SHIFT)
    assert soft_px(painted) == 3 and edge_text(painted) == "Soft 3 px"
    painted.qtbot.keyClick(painted.canvas, Qt.Key.Key_BracketLeft, SHIFT)
    assert soft_px(painted) == 2
    assert np.array_equal(painted.mask(0), mask)  # the mask stays as it was drawn
    painted.trigger("edit.undo")
    assert soft_px(painted) == 0 and edge_text(painted) == "Hard"


def test_ctrl_drag_up_softens_and_leaves_the_size(painted: WindowDriver) -> None:
    start = painted.canvas.to_view((60, 50))
    up, aside = (painted.canvas.to_picture(start + QPointF(*by)) for by in ((0, -50), (30, -60)))
    painted.drag([(60, 50), up, aside], keys=CTRL)
    assert soft_px(painted) == pytest.approx(12, abs=1)
    assert painted.view.app.brush_px == 30
    assert painted.canvas.pen.look.ring.soft_px == soft_px(painted)
    painted.trigger("edit.undo")
    assert soft_px(painted) == 0


def test_the_matte_view_shows_the_soft_edge(painted: WindowDriver) -> None:
    painted.trigger("view.matte")
    painted.workspace.editing.mattes.soften(8)
    labels = painted.canvas.overlay
    painted.wait(lambda: bool(((labels.labels > 0) & (labels.labels < 255)).any()))  # made beside the window
    assert painted.canvas.is_soft


def test_without_an_object_there_is_no_edge(shot: WindowDriver) -> None:
    assert not shot.window.commands["tool.softer"].isEnabled()
    start = shot.canvas.to_view((60, 50))
    shot.drag([(60, 50), shot.canvas.to_picture(start - QPointF(0, 50))], keys=CTRL)
    assert not shot.document.objects and not shot.view.shot.project.undo_label
