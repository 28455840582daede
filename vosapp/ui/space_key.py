"""The space bar: a tap plays, and while it is held the left button moves the picture."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget

from vosapp.ui.main_window import MainWindow

TAP_MS = 400  # held longer without moving the picture, it was meant for the hand
_SPACE = QKeySequence(Qt.Key.Key_Space)


class SpaceKey(QObject):
    """Keeps the space bar from its command until it is let go, and gives it to the hand meanwhile.

    The command is whichever has the key. While that one is greyed, or a text field has the focus, the key goes its way.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._pen = window.canvas.pen
        self._focus: QWidget | None = None  # what would else take the key for itself, as a button does
        self._pressed_at_ms = 0
        self._is_held = False
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Takes the key's events; a window that is left meanwhile never hears that it was let go."""
        kind = event.type()
        if kind == QEvent.Type.ActivationChange and self._is_held and not self._window.isActiveWindow():
            self._end()
        if not isinstance(event, QKeyEvent) or event.key() != Qt.Key.Key_Space:
            return False
        if kind == QEvent.Type.ShortcutOverride and watched is self._window:
            return self._claims(event)
        if kind == QEvent.Type.KeyPress and self._is_held:
            return True
        if kind == QEvent.Type.KeyRelease and self._is_held:
            if not event.isAutoRepeat():
                self._let_go(event)
            return True
        return False

    def _claims(self, event: QKeyEvent) -> bool:
        if event.modifiers() or (not self._is_held and self._command() is None):
            return False
        if not self._is_held:
            self._begin(event)
        event.accept()  # so that the command does not come before the key is let go
        return True

    def _begin(self, event: QKeyEvent) -> None:
        focus = QApplication.focusWidget()
        if focus is not None and focus is not self._window and self._window.isAncestorOf(focus):
            self._focus = focus
            focus.installEventFilter(self)
        self._is_held, self._pressed_at_ms = True, event.timestamp()
        self._pen.hold_hand(True)

    def _let_go(self, event: QKeyEvent) -> None:
        command, moved = self._command(), self._pen.has_panned
        self._end()
        if command is not None and not moved and event.timestamp() - self._pressed_at_ms <= TAP_MS:
            command.trigger()

    def _end(self) -> None:
        self._is_held = False
        if self._focus is not None:
            self._focus.removeEventFilter(self)
            self._focus = None
        self._pen.hold_hand(False)

    def _command(self) -> QAction | None:
        """The command that has the key and could be used now."""
        return next((a for a in self._window.actions() if _SPACE in a.shortcuts() and a.isEnabled()), None)
