"""Closes the window after all work has ended and the project is saved, without blocking."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from vosapp.presentation.shutdown_deadline import ShutdownDeadline
from vosapp.ui.controllers.editing.backdrops import BackdropController
from vosapp.ui.controllers.files.group import FileControllers
from vosapp.ui.controllers.files.leaving import LeaveRequest
from vosapp.ui.controllers.viewing.group import ViewingControllers
from vosapp.ui.input_blocker import InputBlocker
from vosapp.ui.jobs.background_task import BackgroundTask
from vosapp.ui.jobs.live_mattes import LiveMattes
from vosapp.ui.jobs.stopping import Stopping
from vosapp.ui.main_window import MainWindow


class ClosingController(QObject):
    """Ends everything when the window is asked to close, then closes it; the user may still stay."""

    def __init__(
        self,
        window: MainWindow,
        *,
        files: FileControllers,
        viewing: ViewingControllers,
        mattes: LiveMattes,
        backdrops: BackdropController,
        others: Sequence[BackgroundTask],
    ) -> None:
        """Follows the window, which owns it; `others` are tasks that may outlive a clip."""
        super().__init__(window)
        self._window = window
        self._projects = files.projects
        self._viewing = viewing
        self._mattes = mattes
        self._backdrops = backdrops
        self._others = others
        self._is_closing = False
        window.close_asked.connect(self.close)

    def close(self) -> None:
        """Begins to close. Asked again meanwhile it goes on as it is."""
        if not self._is_closing:
            self._is_closing = True
            self._projects.leaving.leave_soon(LeaveRequest(self._end_the_rest, self._stay))

    def _stay(self) -> None:
        self._is_closing = False

    def _end_the_rest(self) -> None:
        """The project is closed: ends what has nothing to do with it."""
        self._blocker = InputBlocker()
        self._deadline = ShutdownDeadline()
        went_well = False
        try:
            self._viewing.playback.stop()
            self._viewing.pictures.ask_to_close()
            self._projects.io.drop_all()
            self._projects.lists.drop()
            tasks = (*self._others, self._projects.io.task, self._projects.lists.task)
            Stopping(tasks, self._close_window, self).begin()
            went_well = True
        finally:
            if not went_well:  # an error of the program must not leave a window that cannot be closed
                self._blocker.release()
                self._stay()

    def _close_window(self) -> None:
        self._blocker.release()
        self._mattes.close()
        self._backdrops.close(self._deadline.left_s())
        self._viewing.pictures.close(self._deadline)
        self._window.close_now()
