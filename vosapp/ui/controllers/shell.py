"""Makes the controllers of the window itself: commands and their keys, menus, settings, the tour, and staying awake."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from vosapp.ui.controllers.appearance import AppearanceController
from vosapp.ui.controllers.awake import AwakeController
from vosapp.ui.controllers.batch import BatchController
from vosapp.ui.controllers.editing.group import EditingControllers
from vosapp.ui.controllers.files.group import FileControllers
from vosapp.ui.controllers.keys import KeysController
from vosapp.ui.controllers.menus import MenuController
from vosapp.ui.controllers.networks.group import NetworkControllers
from vosapp.ui.controllers.settings import SettingsController
from vosapp.ui.controllers.tour import TourController
from vosapp.ui.controllers.viewing.group import ViewingControllers
from vosapp.ui.controllers.window import WindowController
from vosapp.ui.main_window import MainWindow
from vosapp.ui.session import Session


class ShellControllers(QObject):
    """What a window has whatever is open in it.

    Attributes:
        appearance: lets another theme or language hold.
        awake: keeps the computer awake while work goes on.
        keys: gives commands their keys.
        settings: shows the settings, and lets changes count at once.
        tour: leads through the demo shot.
    """

    def __init__(  # noqa: PLR0913 - the subjects that settings and menus are about
        self,
        session: Session,
        window: MainWindow,
        *,
        viewing: ViewingControllers,
        editing: EditingControllers,
        networks: NetworkControllers,
        files: FileControllers,
        batch: BatchController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.awake = AwakeController(session, batch, self)
        self.keys = KeysController(session, window)
        self.appearance = AppearanceController(session, window)
        self.settings = SettingsController(
            session,
            window,
            viewing=viewing,
            files=files,
            networks=networks,
            keys=self.keys,
            awake=self.awake,
            appearance=self.appearance,
        )
        self.tour = TourController(session, window, files.open_demo)
        self._window = WindowController(session, window)
        MenuController(session, window, go=viewing.playback.go, pick=editing.objects.pick)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids of all its controllers to handlers."""
        parts = (self.tour, self.keys, self.settings, self._window)
        return {action: handler for part in parts for action, handler in part.handlers().items()}
