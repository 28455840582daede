"""Changes tool, brush, view mode and zoom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject

from vosapp.core.errors import UserError
from vosapp.presentation.view_state import Backdrop, Tool, ViewMode
from vosapp.ui.panels.bars import ViewBar
from vosapp.ui.session import Session
from vosapp.ui.viewer.canvas import Canvas
from vosapp.ui.viewer.gestures import clamp_brush, stepped_brush


class ViewController(QObject):
    """Changes tool, brush, view mode and zoom."""

    def __init__(self, session: Session, canvas: Canvas, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = canvas
        settings = session.settings
        session.set(
            app=replace(
                session.app,
                brush_px=settings.get("tool.brush_px", float),
                opacity=settings.get("view.overlay_opacity", float),
                timecode=settings.get("view.timecode", bool),
            )
        )
        canvas.pen.stroke_started.connect(self.prepare_stroke)
        canvas.pen.brush_resized.connect(self.set_brush)

    def connect_panel(self, view_bar: ViewBar) -> None:
        """Follows the bar above the picture."""
        view_bar.brush_chosen.connect(self.set_brush)
        view_bar.opacity_chosen.connect(self.set_opacity)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids to handlers."""
        tools = {f"tool.{tool.value}": partial(self.choose_tool, tool) for tool in Tool}
        modes = {f"view.{mode.value}": partial(self.choose_mode, mode) for mode in ViewMode}
        return {
            **tools,
            **modes,
            "tool.smaller": self.smaller_brush,
            "tool.larger": self.larger_brush,
            "tool.pressure": self.toggle_pressure,
            "view.onion": self.toggle_onion,
            "view.timecode": self.toggle_timecode,
            "view.outlined": self.toggle_outlined,
            "view.magnifier": self.toggle_magnifier,
            "view.backdrop": self.next_backdrop,
            "view.fit": self._canvas.zoom_to_fit,
            "view.100": partial(self._canvas.zoom_to_scale, 1.0),
            "view.200": partial(self._canvas.zoom_to_scale, 2.0),
            "view.zoom_in": partial(self._canvas.zoom_by, 1.25),
            "view.zoom_out": partial(self._canvas.zoom_by, 1 / 1.25),
        }

    def choose_tool(self, tool: Tool) -> None:
        """Takes another tool."""
        self._session.set(app=replace(self._session.app, tool=tool))
        self._session.changed.emit()  # an action that was pressed again has unchecked itself

    def choose_mode(self, mode: ViewMode) -> None:
        """Shows masks in another way; the same mode again goes back to the overlay."""
        same = self._session.shot.mode is mode
        self._session.set(shot=replace(self._session.shot, mode=ViewMode.OVERLAY if same else mode))
        self._session.changed.emit()

    def next_backdrop(self) -> None:
        """Shows the cutout over the next background."""
        view = self._session.view
        if view.shot.mode is not ViewMode.CUTOUT:
            self._session.set(shot=replace(self._session.shot, mode=ViewMode.CUTOUT))
            return
        offered = [one for one in Backdrop if one is not Backdrop.PICTURE or view.app.has_backdrop_picture]
        place = offered.index(view.app.backdrop)
        self._session.set(app=replace(self._session.app, backdrop=offered[(place + 1) % len(offered)]))

    def toggle_onion(self) -> None:
        """Shows the active object's outlines on the neighbouring frames, or not."""
        self._session.set(app=replace(self._session.app, onion=not self._session.app.onion))

    def toggle_outlined(self) -> None:
        """Shows outlines over the overlay, or not."""
        self._session.set(app=replace(self._session.app, outlined=not self._session.app.outlined))

    def toggle_magnifier(self) -> None:
        """Shows what is under the pointer larger, or not."""
        self._session.set(app=replace(self._session.app, magnifier=not self._session.app.magnifier))

    def toggle_timecode(self) -> None:
        """Shows timecode on the ruler of the timeline, or frame numbers, and remembers it."""
        timecode = not self._session.app.timecode
        self._session.set(app=replace(self._session.app, timecode=timecode))
        try:
            self._session.settings.set("view.timecode", timecode)
        except UserError as error:
            self._session.fail(error)

    def set_brush(self, brush_px: float) -> None:
        """Sets the brush's diameter in picture pixels."""
        self._session.set(app=replace(self._session.app, brush_px=clamp_brush(brush_px)))

    def smaller_brush(self) -> None:
        """Makes the brush a step smaller."""
        self.set_brush(stepped_brush(self._session.app.brush_px, -1))

    def larger_brush(self) -> None:
        """Makes the brush a step larger."""
        self.set_brush(stepped_brush(self._session.app.brush_px, 1))

    def toggle_pressure(self) -> None:
        """Lets a tablet's pressure change the size, or not."""
        self._session.set(app=replace(self._session.app, pressure=not self._session.app.pressure))

    def set_opacity(self, opacity: float) -> None:
        """Sets the overlay's opacity, 0 to 1."""
        self._session.set(app=replace(self._session.app, opacity=min(max(opacity, 0.0), 1.0)))

    def peek(self, on: bool) -> None:
        """Shows the source alone while a key is held."""
        self._session.set(shot=replace(self._session.shot, peek=on))

    def prepare_stroke(self) -> None:
        """Makes sure that the user sees what is about to be painted."""
        session = self._session
        view = session.view
        mode = ViewMode.OVERLAY if view.shot.mode is ViewMode.SOURCE or view.shot.peek else view.shot.mode
        active = session.active
        hidden, solo = view.shot.hidden, view.shot.solo
        if active is not None and not view.shot.shows(active.id):
            hidden, solo = hidden - {active.id}, active.id if solo else 0
        session.set(shot=replace(session.shot, mode=mode, peek=False, hidden=hidden, solo=solo))
