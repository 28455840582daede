"""Where the window lies and how a project was left: kept at the end, taken up at the next start."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QRect
from PySide6.QtGui import QGuiApplication

from vosapp.presentation.window_memory import ShotPlace, WindowMemory, WindowPlace, first_size
from vosapp.ui.main_window import MainWindow
from vosapp.ui.session import Session
from vosapp.ui.viewer.gestures import clamp_brush


def rooms() -> list[QRect]:
    """The part of each screen where windows may lie, the primary one first."""
    primary = QGuiApplication.primaryScreen()
    others = [one for one in QGuiApplication.screens() if one is not primary]
    return [one.availableGeometry() for one in (primary, *others)]


def timeline_px(window_px: int) -> int:
    """Height of the part with the timeline in a first window: on a low screen the picture and the panels need it."""
    return min(max(round(0.26 * window_px), 150), 200)


class PlacesController(QObject):
    """Gives the window its place and each project its brush, opacity, playhead and what is shown of its objects."""

    def __init__(self, session: Session, window: MainWindow) -> None:
        """Follows the window, which owns it."""
        super().__init__(window)
        self._session = session
        self._window = window
        self._memory = WindowMemory()
        self._place_window()
        session.opened.connect(self._recall_shot)
        window.close_asked.connect(self._keep_window)

    def _place_window(self) -> None:
        window, place = self._window, self._memory.window()
        screens = rooms()
        first = first_size((screens[0].width(), screens[0].height()))
        if place is None:
            window.resize(*first)
            window.share_out(0, timeline_px(first[1]))
            return
        wanted = QRect(place.x, place.y, place.width, place.height)
        if any(one.contains(wanted) for one in screens):  # else that screen is gone, or has become smaller
            window.setGeometry(wanted)
        else:
            window.resize(min(place.width, first[0]), min(place.height, first[1]))
        window.share_out(place.side_px, place.below_px)
        if place.maximised:
            window.showMaximized()

    def _keep_window(self) -> None:
        window = self._window
        inside = window.normalGeometry() if window.isMaximized() or window.isFullScreen() else window.geometry()
        side_px, below_px = window.shares()
        self._memory.keep_window(
            WindowPlace(
                inside.x(),
                inside.y(),
                max(inside.width(), 1),
                max(inside.height(), 1),
                window.isMaximized() or window.was_maximised,
                side_px,
                below_px,
            )
        )

    def keep_shot(self) -> None:
        """Remembers how the project is left."""
        project = self._session.project
        if project is not None:
            app, shot = self._session.app, self._session.shot
            sought = shot.cuts_sought is not False
            hidden = tuple(sorted(shot.hidden))
            place = ShotPlace(app.brush_px, app.opacity, shot.frame_index, sought, hidden, shot.styles)
            self._memory.keep_shot(project.project_id, place)

    def _recall_shot(self) -> None:
        session, project = self._session, self._session.project
        place = self._memory.shot(project.project_id) if project is not None else None
        if place is not None:
            session.set(
                app=replace(session.app, brush_px=clamp_brush(place.brush_px), opacity=place.opacity),
                shot=replace(
                    session.shot,
                    frame_index=min(place.frame_index, session.last_frame),
                    cuts_sought=place.cuts_sought,
                    hidden=frozenset(place.hidden),
                    styles=place.styles,
                ),
            )
