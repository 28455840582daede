"""Starts the window."""

from __future__ import annotations

import logging
import os
import sys
import threading
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from vosapp.core.crash_reports import ReportHandler, begin_watch, collect_fatal, crash_folder, end_watch
from vosapp.core.errors import UserError
from vosapp.core.garbage_collection import spare_loaded
from vosapp.core.settings import Settings
from vosapp.presentation.status import Notice, NoticeKind
from vosapp.ui import style, translation
from vosapp.ui.icons import icon_folder
from vosapp.ui.jobs.job_thread import hangs
from vosapp.ui.workspace import Workspace

logger = logging.getLogger("vosapp")

SWITCH_S = 1e-3
"""After so long a thread that computes in Python gives way to the window's; 5 ms is Python's own. The window's thread
asks for its turn a dozen times while it paints one frame, each time after a call that let others in."""


def main(argv: Sequence[str]) -> int:
    """Opens the window, with a clip or project when one is given, and returns the exit code."""
    settings = Settings()
    application = make_application(argv, language=settings.get("view.language", str))
    workspace = Workspace(settings)
    errors = ErrorReporter(workspace)
    sys.excepthook, threading.excepthook = errors.take, errors.take_from_thread
    logger.addHandler(errors.reports)
    errors.tell_of_last_time()
    begin_watch()
    workspace.window.show()
    spare_loaded()
    if argv:
        workspace.files.projects.open_path(Path(argv[0]))
    code = application.exec()
    sys.excepthook, threading.excepthook = sys.__excepthook__, threading.__excepthook__
    logger.removeHandler(errors.reports)
    end_watch()
    return end(code)


def end(code: int) -> int:
    """The exit code of the program, whose window has closed; all is saved.

    Does not return while a thread that was left behind still runs: it cannot be joined, and Qt aborts when it is
    deleted. The process ends here then.
    """
    if hangs():
        logging.shutdown()
        sys.stdout.flush()
        os._exit(code)
    return code


def make_application(argv: Sequence[str] = (), *, language: str = "en") -> QApplication:
    """The application with its look and language; the one that exists when there is one."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(["vosapp", *argv])
    sys.setswitchinterval(SWITCH_S)
    application.setApplicationName("vosapp")
    application.setDesktopFileName("vosapp")
    style.apply(application, icon_folder())
    if existing is None:
        translation.install(application, language)
    return application


class ErrorReporter(QObject):
    """Shows errors that nobody caught, once each, and keeps the window open: the user's work comes first.

    Attributes:
        reports: writes a report of each error of the program, once it is added to the program's logger.
    """

    _reported = Signal(str, str, str)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._shown: set[str] = set()
        self.reports = ReportHandler()
        self._reported.connect(self._show)

    def tell_of_last_time(self) -> None:
        """Says so when the program ended by a fault the last time."""
        if collect_fatal() is not None:
            text = "vosapp ended by a fault the last time; what you had done is kept."
            self._show(text, f"Read the report in {crash_folder()} and send it with what you did.")

    def take(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """The program's exception hook; may be called in any thread."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        if isinstance(error, UserError):
            self._reported.emit(error.message, error.hint, "")
            return
        logger.error("Uncaught error", exc_info=(kind, error, trace))
        text = f"Something went wrong in the program: {error or kind.__name__}"
        where = f"Read {self.reports.last} and send it" if self.reports.last else "Please report this"
        details = "".join(traceback.format_exception(kind, error, trace))
        self._reported.emit(text, f"Your work so far is kept. {where} with what you did.", details)

    def take_from_thread(self, args: threading.ExceptHookArgs) -> None:
        """The exception hook of threads of Python, whose own only prints: there may be nobody who sees that."""
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            self.take(args.exc_type, args.exc_value, args.exc_traceback)

    def _show(self, text: str, hint: str, details: str = "") -> None:
        if text not in self._shown:
            self._shown.add(text)
            self._workspace.session.show_notice(Notice(text, hint, NoticeKind.ERROR, details=details))


def use_offscreen_without_display() -> None:
    """Lets the window open in memory where there is no display to show it on."""
    has_display = sys.platform in ("win32", "darwin") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if not has_display:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
