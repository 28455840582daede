"""Handles the window's messages, full screen and help."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from vosapp.presentation.diagnostics import diagnostics_text
from vosapp.presentation.doctor import Finding
from vosapp.ui.dialogs.about import about_box
from vosapp.ui.dialogs.messages import MessagesDialog
from vosapp.ui.dialogs.palette import CommandPalette
from vosapp.ui.dialogs.shortcuts import ShortcutSheet
from vosapp.ui.main_window import MainWindow
from vosapp.ui.session import Session


class WindowController(QObject):
    """Handles messages, full screen and help."""

    def __init__(self, session: Session, window: MainWindow) -> None:
        """Follows the window, which owns it."""
        super().__init__(window)
        self._session = session
        self._window = window
        self._is_alone = False  # the picture fills the screen without panels
        window.notice.closed.connect(session.dismiss)
        window.notice.acted.connect(self.act)
        window.notice.details_asked.connect(self.show_messages)
        window.transport.left.connect(window.canvas.setFocus)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids to handlers."""
        return {
            "view.full_screen": self.toggle_full_screen,
            "view.picture_alone": self.toggle_picture_alone,
            "file.quit": self._window.close,
            "help.palette": self.show_palette,
            "help.messages": self.show_messages,
            "help.doctor": self.show_doctor,
            "help.shortcuts": self.show_shortcuts,
            "help.about": self.show_about,
        }

    def act(self, action_id: str) -> None:
        """Does what the button of a message offers."""
        self._window.commands[action_id].trigger()
        self._session.dismiss()

    def toggle_full_screen(self) -> None:
        """Fills the screen, or goes back to what the window was: maximised or not, with its panels."""
        self._fill(not self._window.isFullScreen(), alone=False)

    def toggle_picture_alone(self) -> None:
        """Fills the screen with the picture, without panels and timeline, or goes back."""
        self._fill(not self._is_alone, alone=not self._is_alone)

    def _fill(self, full: bool, *, alone: bool) -> None:
        window = self._window
        self._is_alone = alone
        window.show_panels(not alone)
        if full and not window.isFullScreen():
            window.was_maximised = window.isMaximized()
            window.showFullScreen()
        elif not full and window.isFullScreen():
            if window.was_maximised:
                window.showMaximized()
            else:
                window.showNormal()
            window.was_maximised = False
        window.commands["view.full_screen"].setChecked(window.isFullScreen())
        window.commands["view.picture_alone"].setChecked(alone)

    def show_shortcuts(self) -> None:
        """Shows what the keys do."""
        ShortcutSheet(self._session.keys.specs(), self._window).open()

    def show_palette(self) -> None:
        """Lets the user find a command by its words."""
        CommandPalette(self._window.commands, self._window).open_over(self._window)

    def show_messages(self) -> None:
        """Shows what was said, with all details."""
        MessagesDialog(self._session.messages, self._window).open()

    def show_doctor(self) -> None:
        """Shows what works on this computer; a file with that and more can be saved."""
        from vosapp.ui.dialogs.doctor import DoctorBox

        DoctorBox(self._window, describe=self._describe).open()

    def _describe(self, found: Sequence[Finding]) -> str:
        session = self._session
        return diagnostics_text(found, session.settings, session.keys.own, list(session.messages))

    def show_about(self) -> None:
        """Says what this program is."""
        about_box(self._window).open()
