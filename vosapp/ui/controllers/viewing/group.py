"""Makes the controllers of what is looked at and connects them with each other and their widgets."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from vosapp.ui.controllers.viewing.clip_facts import ClipFactsController
from vosapp.ui.controllers.viewing.compare import CompareController
from vosapp.ui.controllers.viewing.pictures import PictureController
from vosapp.ui.controllers.viewing.playback import PlaybackController
from vosapp.ui.controllers.viewing.presence import PresenceController
from vosapp.ui.controllers.viewing.strip import StripController
from vosapp.ui.controllers.viewing.thumbnails import Thumbnails
from vosapp.ui.controllers.viewing.view import ViewController
from vosapp.ui.main_window import MainWindow
from vosapp.ui.session import Session


class ViewingControllers(QObject):
    """Controllers of viewing, connected with each other and their widgets.

    Attributes:
        pictures: decodes the frame shown, and finds out about the clip.
        clip_facts: keeps what became known of it.
        playback: owns the playhead.
        view: tools, view modes and zoom.
        compare: owns the wipe.
        thumbnails: reads small pictures.
        strip: owns the strip of frames above the timeline.
        presence: owns the grid of objects over time.
    """

    def __init__(self, session: Session, window: MainWindow, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.pictures = PictureController(session, parent=self)
        self.clip_facts = ClipFactsController(session, self)
        self.playback = PlaybackController(session, parent=self)
        self.view = ViewController(session, window.canvas, self)
        self.compare = CompareController(session, self)
        self.thumbnails = Thumbnails(session, self)
        self.strip = StripController(session, playback=self.playback, thumbnails=self.thumbnails, parent=self)
        self.strip.connect_panels(window.strip, window.timeline)
        self.presence = PresenceController(session, window, self.playback)
        self.pictures.described.connect(self.clip_facts.take_facts)
        self.pictures.damage_found.connect(self.clip_facts.take_damage)
        self.playback.connect_panels(window.transport, window.timeline)
        self.view.connect_panel(window.view_bar)
        self.compare.connect_canvas(window.canvas)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids of all its controllers to handlers."""
        return {
            **self.playback.handlers(),
            **self.view.handlers(),
            **self.compare.handlers(),
            **self.strip.handlers(),
            **self.presence.handlers(),
        }
