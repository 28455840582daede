"""The wipe: masks left of a line, the source or the masks before the last run right of it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QImage

from tests.gui.window_driver import NONE, WindowDriver
from vosapp.presentation.view_state import ViewMode, Wipe

LEFT, RIGHT = (60.0, 50.0), (100.0, 50.0)  # on either side of the line when it stands in the middle


@pytest.fixture
def painted(shot: WindowDriver) -> WindowDriver:
    """A stroke from side to side."""
    shot.workspace.viewing.view.set_brush(12)
    shot.drag([(40, 50), (120, 50)])
    return shot


def colour(driver: WindowDriver, at: tuple[float, float]) -> QColor:
    """What the viewer shows at a point of the picture."""
    return driver.canvas.viewport().grab().toImage().pixelColor(driver.canvas.to_view(at).toPoint())


def test_the_right_side_shows_the_source(painted: WindowDriver) -> None:
    masked = {at: colour(painted, at) for at in (LEFT, RIGHT)}
    painted.trigger("view.source")
    plain = {at: colour(painted, at) for at in (LEFT, RIGHT)}
    painted.trigger("view.wipe")
    assert painted.view.shot.mode is ViewMode.OVERLAY, "there is nothing to compare in the source view"
    assert colour(painted, LEFT) == masked[LEFT] != plain[LEFT]
    assert colour(painted, RIGHT) == plain[RIGHT] != masked[RIGHT]
    painted.trigger("view.wipe")
    assert colour(painted, RIGHT) == masked[RIGHT]


def test_the_line_is_dragged_and_painting_ends_the_wipe(painted: WindowDriver) -> None:
    plain_view = colour(painted, LEFT)
    painted.trigger("view.wipe")
    before = painted.document
    painted.mouse(QEvent.Type.MouseMove, (80, 20), button=NONE, held=NONE)
    assert painted.canvas.viewport().cursor().shape() == Qt.CursorShape.SizeHorCursor
    painted.drag([(80, 20), (40, 30), (20, 30)])
    assert painted.view.shot.wipe_at == pytest.approx(20 / 160, abs=0.01)
    assert painted.document is before, "the line was dragged, nothing was painted"
    assert colour(painted, LEFT) != plain_view
    painted.drag([(100, 80)])
    assert painted.view.shot.wipe is Wipe.OFF and painted.document is not before


def test_the_line_goes_from_top_to_bottom_also_on_a_fine_screen(painted: WindowDriver) -> None:
    painted.trigger("view.wipe")
    view = painted.canvas.viewport()
    image = QImage(view.size() * 2, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(2.0)
    view.render(image)
    for y in (3, 92):
        at = painted.canvas.to_view((80.0, y)) * 2
        row = [image.pixelColor(round(at.x()) + dx, round(at.y())).lightness() for dx in (-2, -1, 0, 1, 2)]
        assert max(row) > 220, f"no line at row {y} of the picture"


def test_the_masks_before_the_last_run_are_kept_to_compare_with(painted: WindowDriver) -> None:
    assert not painted.window.commands["view.wipe_run"].isEnabled()
    painted.trigger("propagate.forward")
    painted.finish_run()
    painted.go(2)
    masked = colour(painted, RIGHT)
    painted.go(0)
    painted.trigger("tool.eraser")
    painted.drag([(40, 50), (120, 50)])
    painted.trigger("propagate.forward")
    painted.finish_run()
    painted.go(2)
    gone = colour(painted, RIGHT)
    assert gone != masked
    painted.trigger("view.wipe_run")
    assert colour(painted, RIGHT) == masked and colour(painted, LEFT) != masked
    painted.trigger("view.matte")
    assert colour(painted, RIGHT) == QColor("white") and colour(painted, LEFT) == QColor("black")
    painted.trigger("file.close")
    assert painted.view.shot.before_run is None
