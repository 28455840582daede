"""Makes the controllers of files and connects them with each other and their widgets."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from vosapp.core.errors import UserError
from vosapp.ui.controllers.files.clip_choices import ClipChoicesController
from vosapp.ui.controllers.files.mask_check import MaskCheck
from vosapp.ui.controllers.files.projects import ProjectController
from vosapp.ui.controllers.files.rates import RateController
from vosapp.ui.controllers.files.relinking import RelinkController
from vosapp.ui.controllers.files.saving import SavingController
from vosapp.ui.dialogs.system import Dialogs
from vosapp.ui.main_window import MainWindow
from vosapp.ui.session import Session


class FileControllers(QObject):
    """Controllers of files, connected with each other and their widgets.

    Attributes:
        projects: owns what is open.
        saving: writes it to other places.
        relinking: finds media that moved.
        clip_choices: shows the clip's facts, and what can be chosen about it.
        rates: how fast image sequences play.
        check: reads the open project's masks, to tell of damage.
    """

    def __init__(self, session: Session, window: MainWindow, dialogs: Dialogs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.projects = ProjectController(session, dialogs, self)
        self.clip_choices = ClipChoicesController(session, window, self.projects.io, self)
        self.rates = RateController(session, window, self)
        self.clip_choices.rate_asked.connect(self.rates.ask)
        self.check = MaskCheck(session, self)
        self.saving = SavingController(session, dialogs, window, projects=self.projects, check=self.check)
        self.relinking = RelinkController(session, dialogs, window, self)
        self.projects.connect_panels(window.start_page, window.work, window.recent)
        self.projects.opened_project.connect(self.check.start)
        self.projects.media_missing.connect(self.relinking.show)
        self.projects.leaving.leaving.connect(self.relinking.leave)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids of all its controllers to handlers."""
        return {
            **self.projects.handlers(),
            **self.saving.handlers(),
            **self.clip_choices.handlers(),
            **self.rates.handlers(),
            "file.relink": self.relinking.show,
            "help.demo": self.open_demo,
        }

    def open_demo(self) -> None:
        """Opens the shot that comes with the program."""
        from vosapp.data.demo.files import demo_clip

        try:
            self.projects.open_path(demo_clip())
        except UserError as error:
            self._session.fail(error)
