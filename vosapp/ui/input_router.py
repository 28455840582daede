"""Routes keys to the focused text field, or by what is on the screen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

from vosapp.ui.controllers.editing.group import EditingControllers
from vosapp.ui.controllers.networks.group import NetworkControllers
from vosapp.ui.controllers.viewing.view import ViewController
from vosapp.ui.main_window import MainWindow
from vosapp.ui.session import Session
from vosapp.ui.space_key import SpaceKey

_FIELDS = (QLineEdit, QAbstractSpinBox, QTextEdit, QPlainTextEdit)
_COMMAND_KEYS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
PEEK_KEY = Qt.Key.Key_QuoteLeft
_PLAIN_COMMANDS = range(Qt.Key.Key_F1, Qt.Key.Key_F35 + 1)


class InputRouter(QObject):
    """Decides which controller or field gets a key.

    While a text field has the focus, every key belongs to it but function keys and those with Ctrl, Alt or Meta that
    do not edit text: Qt would give Enter, Esc, Delete and the digits to the window's commands first.
    """

    def __init__(
        self,
        session: Session,
        window: MainWindow,
        *,
        editing: EditingControllers,
        networks: NetworkControllers,
        view: ViewController,
    ) -> None:
        """Makes the router of a window; the controllers are those that a key may be for."""
        super().__init__(window)
        self._session = session
        self._window = window
        self._pen = window.canvas.pen
        self._masks, self._objects, self._transform = editing.masks, editing.objects, editing.transform
        self._runs, self._select, self._suggest = networks.runs, networks.select, networks.suggest
        self._view = view
        SpaceKey(window)  # before this one, which is asked first
        window.installEventFilter(self)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._watch_field)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """The actions that mean different things at different times."""
        digits = {f"object.select_{n}": partial(self.press_digit, n - 1) for n in range(1, 10)}
        return {
            **digits,
            "edit.anchor": self.enter,
            "propagate.cancel": self.escape,
            "tool.take_back": self.take_back,
        }

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keeps the window's commands from taking a field's keys, and a tap on Alt from opening the menu bar.

        Alt is held while painting: it erases. Alt with a letter opens a menu as ever.
        """
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return watched is self._window and self._peeks(event)
        if isinstance(watched, _FIELDS):
            mine = belongs_to_field(event)
            event.setAccepted(mine or event.isAccepted())
            return mine
        return event.key() == Qt.Key.Key_Alt

    def _peeks(self, event: QEvent) -> bool:
        """Shows the source while a key is held; a window that is left meanwhile never hears that it was let go."""
        kind = event.type()
        if kind == QEvent.Type.ActivationChange and not self._window.isActiveWindow():
            self._view.peek(False)
        if kind not in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease) or not isinstance(event, QKeyEvent):
            return False
        if event.key() != PEEK_KEY or event.isAutoRepeat():
            return False
        self._view.peek(kind == QEvent.Type.KeyPress)
        return True

    def _watch_field(self, old: QWidget | None, new: QWidget | None) -> None:
        if isinstance(old, _FIELDS):
            old.removeEventFilter(self)
        if isinstance(new, _FIELDS):  # of dialogs as well: the window behind may still count as the active one
            new.installEventFilter(self)

    def enter(self) -> None:
        """Enter closes a shape, takes what was transformed, selected or suggested, or makes the frame an anchor."""
        if self._session.shot.polygon_points:
            self._pen.shapes.close()
        elif self._session.shot.transforming:
            self._transform.take()
        elif self._select.is_shown:
            self._select.take()
        elif self._suggest.is_shown:
            self._suggest.accept()
        else:
            self._masks.make_anchor()

    def escape(self) -> None:
        """Esc gives up a shape, a transform or a selection, or discards suggestions, or cancels the run."""
        if self._session.shot.polygon_points:
            self._pen.shapes.drop()
        elif self._session.shot.transforming:
            self._transform.drop()
        elif self._session.shot.selection is not None:
            self._select.drop()
        elif self._suggest.is_open:
            self._suggest.discard()
        else:
            self._runs.cancel()

    def take_back(self) -> None:
        """Backspace takes back the last corner of a polygon, or the last mark of a selection."""
        if self._session.shot.polygon_points:
            self._pen.shapes.take_back()
        else:
            self._select.take_back()

    def press_digit(self, place: int) -> None:
        """A digit chooses the suggestion of that rank while there are some on the screen, else the object there."""
        if self._suggest.is_shown:
            self._suggest.toggle(place)
        else:
            self._objects.pick_place(place)


def belongs_to_field(event: QKeyEvent) -> bool:
    """Whether a key that is pressed in a text field is for the field itself."""
    return not event.modifiers() & _COMMAND_KEYS and event.key() not in _PLAIN_COMMANDS
