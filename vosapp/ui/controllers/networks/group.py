"""Makes the controllers of engines and networks and connects them with each other and their widgets."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from vosapp.ui.controllers.networks.runs import MakeBody, RunController
from vosapp.ui.controllers.networks.select import SelectController
from vosapp.ui.controllers.networks.suggest import SuggestController
from vosapp.ui.controllers.networks.weights import WeightsController
from vosapp.ui.controllers.viewing.playback import PlaybackController
from vosapp.ui.dialogs.system import Dialogs
from vosapp.ui.main_window import MainWindow
from vosapp.ui.session import Session


class NetworkControllers(QObject):
    """Controllers of engines and networks, connected with each other and their widgets.

    Attributes:
        runs: owns the one propagation that there can be.
        suggest: owns the one search for objects.
        select: owns the one selection by marks.
        weights: imports what both need.
    """

    def __init__(
        self,
        session: Session,
        window: MainWindow,
        dialogs: Dialogs,
        *,
        playback: PlaybackController,
        make_body: MakeBody | None = None,
        parent: QObject | None = None,
    ) -> None:
        """Makes the controllers.

        Args:
            session: what is open.
            window: whose panels they follow.
            dialogs: asks the user.
            playback: brings the user to a frame.
            make_body: makes the body of a run, None the real one.
            parent: owner.
        """
        super().__init__(parent)
        self._session = session
        self._playback = playback
        self.runs = RunController(session, make_body, self)
        self.suggest = SuggestController(session, self)
        self.select = SelectController(session, window.canvas, self)
        self.weights = WeightsController(session, dialogs, self)
        self.runs.connect_panel(window.propagate, window.canvas.pen)
        self.suggest.connect_panel(window.suggest, window.canvas)
        self.select.connect_bar(window.view_bar)
        window.suggest.back_asked.connect(self.go_to_suggestions)
        window.propagate.import_asked.connect(self.weights.ask)
        window.propagate.download_asked.connect(self.weights.ask_download)
        window.suggest.import_asked.connect(self.weights.ask)
        self.weights.imported.connect(self._weights_came)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids of all its controllers to handlers."""
        return {
            **self.runs.handlers(),
            "object.suggest": self.suggest_objects,
            "propagate.import_weights": self.weights.ask,
            "propagate.stop_download": self.weights.cancel,
        }

    def suggest_objects(self) -> None:
        """Stands still and searches for objects on the frame shown."""
        self._playback.stop()
        self.suggest.start()

    def go_to_suggestions(self) -> None:
        """Goes back to the frame on which objects were suggested."""
        found = self._session.shot.suggestions
        if found is not None:
            self._playback.go(found.frame_index)

    def _weights_came(self) -> None:
        """Shows the engines that there are now; a search that lacked them begins."""
        self.runs.renew_engines()
        self.suggest.renew_choices()
        self.select.renew_choices()
        if self._session.shot.network_help:
            self.suggest.start()
