"""Leads through the demo shot, one step after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer

from vosapp.presentation.tour import STEPS, is_step_done
from vosapp.ui.main_window import MainWindow
from vosapp.ui.session import Session


class TourController(QObject):
    """Opens the demo shot and goes on when what a step asks for was done; another clip ends it."""

    def __init__(self, session: Session, window: MainWindow, open_demo: Callable[[], None]) -> None:
        """Follows the session; the window owns this."""
        super().__init__(window)
        self._session, self._open_demo = session, open_demo
        self._begins = False
        self._soon = QTimer(self)  # when what changes now has settled: a run that ends also brings the playhead back
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._check)
        session.changed.connect(self._follow)
        session.opened.connect(self._opened)
        window.guide.skipped.connect(self.skip)
        window.guide.ended.connect(self.end)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids to handlers."""
        return {"help.tour": self.begin}

    def begin(self) -> None:
        """Opens the demo shot; the tour begins when it is there."""
        self._begins = True
        self._open_demo()

    def skip(self) -> None:
        """On to the next step."""
        number = self._session.app.tour
        self._go_to(number + 1 if number < len(STEPS) else 0)

    def end(self) -> None:
        """No more of it."""
        self._go_to(0)

    def _opened(self) -> None:
        begins, self._begins = self._begins, False
        self._go_to(1 if begins else 0)

    def _follow(self) -> None:
        if self._session.app.tour:
            self._soon.start()

    def _check(self) -> None:
        if is_step_done(self._session.document, self._session.view):
            self.skip()

    def _go_to(self, number: int) -> None:
        self._session.set(app=replace(self._session.app, tour=number))
