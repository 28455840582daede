"""Gives commands their keys, and lets the user give them others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence

from vosapp.core.errors import UserError
from vosapp.ui.dialogs.keys import KeysDialog
from vosapp.ui.main_window import MainWindow
from vosapp.ui.session import Session


class KeysController(QObject):
    """Owner of the keys dialog.

    Attributes:
        dialog: while it is open.
    """

    def __init__(self, session: Session, window: MainWindow) -> None:
        """Gives the window's commands their keys; the window owns this."""
        super().__init__(window)
        self._session, self._window = session, window
        self.dialog: KeysDialog | None = None
        self._apply()

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids to handlers."""
        return {"edit.keys": self.show}

    def show(self) -> None:
        """Opens the dialog."""
        if self.dialog is None:
            self.dialog = KeysDialog(self._session.keys, self._window)
            self.dialog.flavour_chosen.connect(self.choose_flavour)
            self.dialog.bind_asked.connect(self.bind)
            self.dialog.reset_asked.connect(self.reset)
            self.dialog.finished.connect(self._closed)
        self.dialog.open()

    def choose_flavour(self, name: str) -> None:
        """Takes the keys of another program, and remembers it."""
        try:
            self._session.settings.set("keys.flavour", name)
        except UserError as error:
            self._session.fail(error)
        self.take_flavour()

    def take_flavour(self) -> None:
        """Takes the set of keys that the settings name now."""
        self._session.keys.flavour = self._session.settings.get("keys.flavour", str)
        self._apply()

    def bind(self, action_id: str, keys: list[str]) -> None:
        """Gives a command these keys, or says whose they are."""
        try:
            self._session.keys.bind(action_id, keys)
        except UserError as error:
            if self.dialog is not None:
                self.dialog.refuse(f"{error.message} {error.hint}".strip())
            return
        self._apply()

    def reset(self, action_id: str) -> None:
        """Gives a command, or all of them, the keys of the set back."""
        try:
            if action_id:
                self._session.keys.reset(action_id)
            else:
                self._session.keys.reset_all()
        except UserError as error:
            self._session.fail(error)
        self._apply()

    def _apply(self) -> None:
        specs = self._session.keys.specs()
        self._window.commands.set_keys(specs)
        native = {spec.id: self._window.commands[spec.id].shortcut() for spec in specs}
        written = {name: key.toString(QKeySequence.SequenceFormat.NativeText) for name, key in native.items()}
        self._session.set(app=replace(self._session.app, keys=written))
        if self.dialog is not None:
            self.dialog.show_keys()

    def _closed(self, _result: int) -> None:
        self.dialog = None
