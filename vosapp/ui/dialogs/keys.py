"""Keys dialog: every command with its keys; press others, or take them away."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeySequence
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QKeySequenceEdit,
    QLineEdit,
    QPushButton,
    QTreeWidgetItem,
    QWidget,
)

from vosapp.presentation.actions import ACTIONS
from vosapp.presentation.command_search import search_commands
from vosapp.presentation.key_bindings import KeyBindings
from vosapp.presentation.key_flavours import FLAVOURS
from vosapp.ui.action_set import translated
from vosapp.ui.dialogs.command_list import COMMAND, KEYS, MENU, command_list
from vosapp.ui.theme import TOKENS
from vosapp.ui.translation import tr
from vosapp.ui.widgets import button_row, dialog_column, label, set_role

WIDTH_PX, HEIGHT_PX, ROW_PX = 640, 560, 26
_ID = Qt.ItemDataRole.UserRole


class KeysDialog(QDialog):
    """Lists commands and takes their keys.

    Signals:
        flavour_chosen: name of a set of keys.
        bind_asked: (id of an action, its keys from now on).
        reset_asked: an action's id, "" for all.
    """

    flavour_chosen = Signal(str)
    bind_asked = Signal(str, list)
    reset_asked = Signal(str)

    def __init__(self, keys: KeyBindings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keys"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._keys = keys
        self.flavour = QComboBox()
        self.flavour.setAccessibleName("Set of keys")
        for name, (title, _) in FLAVOURS.items():
            self.flavour.addItem(tr(title), name)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find a command"))
        self.search.setAccessibleName("Find a command")
        self.list = command_list("Commands")
        self.list.setHeaderLabels([tr("Command"), tr("Menu"), tr("Keys")])
        self.field = QKeySequenceEdit()
        self.field.setMaximumSequenceLength(1)
        self.field.setAccessibleName("Key of the command")
        self.note = label("", "dim", wrap=True)
        self.add_button = _button("Add", "Gives the command this key beside those that it has")
        self.set_button = _button("Set", "Gives the command this key alone")
        self.remove_button = _button("No key", "Takes all keys of the command away")
        self.reset_button = _button("Reset", "Gives the command the keys of the set back")
        self.reset_all_button = _button("Reset all", "Forgets all keys of your own")
        self._lay_out()
        self._connect()
        self.show_keys()

    def _lay_out(self) -> None:
        close = _button("Close", "")
        close.clicked.connect(self.accept)
        top = QHBoxLayout()
        top.addWidget(self.flavour)
        top.addWidget(self.search, 1)
        change = QHBoxLayout()
        change.addWidget(label("Press a key", "dim"))
        change.addWidget(self.field, 1)
        for button in (self.set_button, self.add_button, self.remove_button, self.reset_button):
            change.addWidget(button)
        column = dialog_column(self, 10)
        column.addLayout(top)
        column.addWidget(self.list, 1)
        column.addLayout(change)
        column.addWidget(self.note)
        column.addLayout(button_row(close, left=[self.reset_all_button]))
        self.resize(WIDTH_PX, HEIGHT_PX)

    def _connect(self) -> None:
        self.flavour.activated.connect(self._choose_flavour)
        self.search.textChanged.connect(self.show_keys)
        self.list.currentItemChanged.connect(self._show_current)
        self.field.keySequenceChanged.connect(self._show_buttons)
        self.set_button.clicked.connect(self._set)
        self.add_button.clicked.connect(self._add)
        self.remove_button.clicked.connect(self._remove)
        self.reset_button.clicked.connect(self._reset)
        self.reset_all_button.clicked.connect(self._reset_all)

    def show_keys(self) -> None:
        """Shows the keys as they are now, of the commands that are looked for."""
        current = self.current()
        self.flavour.setCurrentIndex(self.flavour.findData(self._keys.flavour))
        self.list.clear()
        own = self._keys.own
        for spec in search_commands(self.search.text(), map(translated, ACTIONS)):
            keys = self._keys.keys(spec.id)
            item = QTreeWidgetItem([spec.text.rstrip("…"), spec.menu, "   ".join(map(_native, keys))])
            item.setData(COMMAND, _ID, spec.id)
            item.setSizeHint(COMMAND, QSize(0, ROW_PX))
            item.setForeground(MENU, QColor(TOKENS.dim))
            item.setForeground(KEYS, QColor(TOKENS.accent_hover if spec.id in own else TOKENS.text))
            self.list.addTopLevelItem(item)
        self.choose(current)
        self.reset_all_button.setEnabled(bool(own))

    def choose(self, action_id: str) -> None:
        """Goes to a command; to the first one where it is not in the list."""
        rows = [self.list.topLevelItem(row) for row in range(self.list.topLevelItemCount())]
        found = next((item for item in rows if item is not None and item.data(COMMAND, _ID) == action_id), None)
        item = found or (rows[0] if rows else None)
        if item is not None:
            self.list.setCurrentItem(item)
        self._show_current()

    def current(self) -> str:
        """Id of the command whose keys are changed, "" for none."""
        item = self.list.currentItem()
        return str(item.data(COMMAND, _ID)) if item is not None else ""

    def refuse(self, sentence: str) -> None:
        """Says why a key was not taken."""
        self.note.setText(sentence)
        set_role(self.note, "warning")

    def _show_current(self) -> None:
        self.field.clear()
        self.note.setText(tr("Keys of your own are blue. A key that another command has is refused."))
        set_role(self.note, "dim")
        self._show_buttons()

    def _show_buttons(self) -> None:
        action_id, pressed = self.current(), not self.field.keySequence().isEmpty()
        self.set_button.setEnabled(pressed and bool(action_id))
        self.add_button.setEnabled(pressed and bool(action_id) and bool(self._keys.keys(action_id)))
        self.remove_button.setEnabled(bool(action_id) and bool(self._keys.keys(action_id)))
        self.reset_button.setEnabled(action_id in self._keys.own)

    def _pressed(self) -> str:
        return self.field.keySequence().toString(QKeySequence.SequenceFormat.PortableText)

    def _choose_flavour(self) -> None:
        self.flavour_chosen.emit(self.flavour.currentData())

    def _set(self) -> None:
        self.bind_asked.emit(self.current(), [self._pressed()])

    def _add(self) -> None:
        self.bind_asked.emit(self.current(), [*self._keys.keys(self.current()), self._pressed()])

    def _remove(self) -> None:
        self.bind_asked.emit(self.current(), [])

    def _reset(self) -> None:
        self.reset_asked.emit(self.current())

    def _reset_all(self) -> None:
        self.reset_asked.emit("")


def _native(key: str) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(tr(text))
    button.setToolTip(tr(tip))
    button.setAutoDefault(False)  # Enter is a key that can be given
    return button
