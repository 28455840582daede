"""Controllers of what is open and where it is kept: clips, projects, media that moved, files dropped on the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from vosapp.core.errors import UserError
from vosapp.ui.controllers.clip_choices import ClipChoicesController
from vosapp.ui.controllers.mask_check import MaskCheck
from vosapp.ui.controllers.projects import ProjectController
from vosapp.ui.controllers.relinking import RelinkController
from vosapp.ui.controllers.saving import SavingController
from vosapp.ui.main_window import MainWindow
from vosapp.ui.session import Session
from vosapp.ui.system_dialogs import Dialogs


class FileControllers(QObject):
    """Makes them and connects them with each other.

    Attributes:
        projects: owns what is open.
        saving: writes it to other places.
        relinking: finds media that moved.
        clip_choices: shows the clip's facts, and what can be chosen about it.
        check: reads the open project's masks, to tell of damage.
    """

    def __init__(self, session: Session, window: MainWindow, dialogs: Dialogs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.projects = ProjectController(session, dialogs, self)
        self.clip_choices = ClipChoicesController(session, window, self.projects.disk, self)
        self.check = MaskCheck(session, self)
        self.saving = SavingController(session, dialogs, window, projects=self.projects, check=self.check)
        self.relinking = RelinkController(session, dialogs, window, self)
        self.projects.connect_panels(window.start_page, window.work)
        self.projects.opened_project.connect(self.check.start)
        self.projects.media_missing.connect(self.relinking.show)
        self.projects.leaving.connect(self.relinking.leave)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What their actions do."""
        return {
            **self.projects.handlers(),
            **self.saving.handlers(),
            **self.clip_choices.handlers(),
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


class DropController(QObject):
    """Opens what is dropped on the window; an image dropped on a clip is a mask for this frame."""

    def __init__(
        self,
        session: Session,
        window: MainWindow,
        *,
        open_path: Callable[[Path], None],
        import_mask: Callable[[Path], None],
    ) -> None:
        """Follows the window, which owns it."""
        super().__init__(window)
        self._session = session
        self._open_path = open_path
        self._import_mask = import_mask
        window.dropped.connect(self.take)

    def take(self, paths: list[Path]) -> None:
        """Takes the first of the paths."""
        from vosapp.video.images import IMAGE_SUFFIXES

        path = paths[0]
        if self._session.document.clip is not None and path.suffix.lower() in IMAGE_SUFFIXES and path.is_file():
            self._import_mask(path)
        else:
            self._open_path(path)
