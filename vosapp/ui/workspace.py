"""Workspace: composes session, controllers, keys and presenter of one window."""

from __future__ import annotations

from PySide6.QtCore import QObject

from vosapp.core.settings import Settings
from vosapp.ui.controllers.batch import BatchController
from vosapp.ui.controllers.closing import ClosingController
from vosapp.ui.controllers.editing.group import EditingControllers
from vosapp.ui.controllers.exports import ExportController
from vosapp.ui.controllers.files.drops import DropController
from vosapp.ui.controllers.files.group import FileControllers
from vosapp.ui.controllers.networks.group import NetworkControllers
from vosapp.ui.controllers.networks.runs import MakeBody
from vosapp.ui.controllers.places import PlacesController
from vosapp.ui.controllers.shell import ShellControllers
from vosapp.ui.controllers.viewing.group import ViewingControllers
from vosapp.ui.dialogs.system import Dialogs
from vosapp.ui.input_router import InputRouter
from vosapp.ui.main_window import MainWindow
from vosapp.ui.presenter import Presenter
from vosapp.ui.session import Session


class Workspace(QObject):
    """One window of the program with everything behind it.

    Attributes:
        window: the main window; its closing ends everything here.
        session: what is open and shown.
        viewing, editing, networks, files, exports, batch: who changes it, by subject; each connects its own widgets.
        shell: what the window has whatever is open: keys, menus, settings, tour.
        places: gives the window its place, and each project its brush, opacity and playhead.
        presenter: brings the window up to date.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        dialogs: Dialogs | None = None,
        make_body: MakeBody | None = None,
    ) -> None:
        """Makes the window without showing it.

        Args:
            settings: of the user; None reads their file.
            dialogs: asks the user; tests put answers in its place.
            make_body: makes the body of a run, None the real one; tests put a fake engine in its place.
        """
        super().__init__()
        session = self.session = Session(settings or Settings(), self)
        window = self.window = MainWindow()
        dialogs = dialogs or Dialogs(window)
        self.viewing = ViewingControllers(session, window, self)
        self.files = FileControllers(session, window, dialogs, self)
        self.editing = EditingControllers(session, window, dialogs, io=self.files.projects.io, parent=self)
        self.networks = NetworkControllers(
            session, window, dialogs, playback=self.viewing.playback, make_body=make_body, parent=self
        )
        self.exports = ExportController(session, dialogs, window, self)
        self.batch = BatchController(session, dialogs, window, open_path=self.files.projects.open_path, parent=self)
        self.shell = ShellControllers(
            session,
            window,
            viewing=self.viewing,
            editing=self.editing,
            networks=self.networks,
            files=self.files,
            batch=self.batch,
            parent=self,
        )
        self._bind_commands()
        self.presenter = Presenter(session, window, cached_picture=self.viewing.pictures.cached, parent=self)
        self.viewing.pictures.shown.connect(self.presenter.show_picture)
        self.shell.appearance.changed.connect(self.presenter.show_anew)
        self.places = PlacesController(session, window)
        self.files.projects.opened_path.connect(self.editing.cuts.begin)
        self._follow_closing()
        self.presenter.refresh()
        for problem in session.settings.problems:
            session.notify(problem)

    def _bind_commands(self) -> None:
        session, window, masks = self.session, self.window, self.editing.masks
        DropController(session, window, open_path=self.files.projects.open_path, import_mask=masks.import_mask)
        keys = InputRouter(session, window, editing=self.editing, networks=self.networks, view=self.viewing.view)
        for part in (
            self.viewing,
            self.editing,
            self.networks,
            self.files,
            self.exports,
            self.batch,
            self.shell,
            keys,
        ):
            window.commands.bind(part.handlers())

    def _follow_closing(self) -> None:
        files, networks = self.files, self.networks
        files.projects.leaving.workers = (
            files.check,
            files.relinking,
            self.editing.cuts,
            self.viewing.thumbnails,
            networks.suggest,
            networks.select,
            networks.runs,
            networks.runs.keeping,
            self.exports,
            self.exports.look_over,
            self.exports.sampler,
        )
        files.projects.leaving.leaving.connect(self.places.keep_shot)
        files.projects.leaving.leaving.connect(self.viewing.playback.stop)
        files.projects.leaving.stays.connect(self.viewing.thumbnails.go_on)
        files.projects.leaving.stays.connect(self.exports.sampler.go_on)
        others = (networks.weights.task, self.batch.task, self.exports.look_over.task)
        ClosingController(
            self.window,
            files=files,
            viewing=self.viewing,
            mattes=self.presenter.mattes,
            backdrops=self.editing.backdrops,
            others=others,
        )
