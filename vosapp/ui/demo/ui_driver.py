"""Drives the window in the demo: moves the mouse, uses commands, answers dialogs, and waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent

from vosapp.core.errors import UserError
from vosapp.core.mask import BoolImage
from vosapp.presentation.viewer.raster import Point
from vosapp.ui.dialogs.system import Dialogs
from vosapp.ui.workspace import Workspace

_LOOK_MS = 20  # how often a wait looks whether it is over
_SETTLE_MS = 150  # for the window to draw what changed


class DemoDialogs(Dialogs):
    """Answers the questions of the window instead of its user."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.export_folder = folder

    def ask_save(self, proposed: str) -> Path | None:
        """The demo's project."""
        return self.folder / "demo.vosapp"

    def ask_folder(self, title: str, folder: str) -> Path | None:
        """Where the export of this scene goes."""
        return self.export_folder

    def confirm(
        self,
        question: str,
        explanation: str,
        verb: str,
        *,
        agreed: Callable[[], object],
        refused: Callable[[], object] | None = None,
    ) -> None:
        """Yes: an earlier demo may be replaced."""
        agreed()


class UiDriver:
    """Sends mouse events and commands to a window."""

    def __init__(self, workspace: Workspace) -> None:
        self._window = workspace.window
        self._canvas = workspace.window.canvas

    def wait(self, condition: Callable[[], bool], *, seconds: float = 1800) -> None:
        """Lets the window work until a condition holds.

        Raises:
            UserError: it did not come true in time.
        """
        loop, clock = QEventLoop(), QTimer()
        looks_left = int(seconds * 1000 / _LOOK_MS)

        def look() -> None:
            nonlocal looks_left
            looks_left -= 1
            if condition() or looks_left <= 0:
                loop.quit()

        clock.timeout.connect(look)
        clock.start(_LOOK_MS)
        loop.exec()
        clock.stop()
        if not condition() and looks_left <= 0:
            raise UserError("The demo waited too long for the window.", "Try it again on a quieter computer.")

    def settle(self) -> None:
        """Gives the window the time to draw."""
        loop = QEventLoop()
        QTimer.singleShot(_SETTLE_MS, loop.quit)
        loop.exec()

    def trigger(self, action_id: str) -> None:
        """Uses a command as its menu entry would.

        Raises:
            UserError: it is greyed.
        """
        self.settle()
        action = self._window.commands[action_id]
        if not action.isEnabled():
            raise UserError(f"The demo cannot go on: {action.text()} is not possible now.")
        action.trigger()

    def lasso(self, outline: Sequence[Point], *, erase: bool = False) -> None:
        """Draws round an area with the polygon tool; Alt takes it out instead of putting it in."""
        keys = Qt.KeyboardModifier.AltModifier if erase else Qt.KeyboardModifier.NoModifier
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        self._send(QEvent.Type.MouseButtonPress, outline[0], left, left, keys)
        for point in outline[1:]:
            self._send(QEvent.Type.MouseMove, point, none, left, keys)
        self._send(QEvent.Type.MouseButtonRelease, outline[-1], left, none, keys)
        self.settle()

    def outlines(self, area: BoolImage, smallest_px: int = 0) -> list[list[Point]]:
        """The outlines of the parts of an area that are larger than some pixels, in picture coordinates."""
        import cv2

        found, _ = cv2.findContours(area.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        # A contour runs through the middle of border pixels; half a pixel outward includes them.
        return [
            [(float(x) + 0.5, float(y) + 0.5) for x, y in contour[:, 0]]
            for contour in found
            if len(contour) >= 12 and cv2.contourArea(contour) >= smallest_px
        ]

    def _send(
        self, kind: QEvent.Type, at: Point, button: Qt.MouseButton, held: Qt.MouseButton, keys: Qt.KeyboardModifier
    ) -> None:
        viewport = self._canvas.viewport()
        place = self._canvas.to_view(at)
        event = QMouseEvent(kind, place, QPointF(viewport.mapToGlobal(place.toPoint())), button, held, keys)
        QCoreApplication.sendEvent(viewport, event)
