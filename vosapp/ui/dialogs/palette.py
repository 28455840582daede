"""Command palette: type a few letters, press Enter."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QLineEdit, QTreeWidgetItem, QVBoxLayout, QWidget

from vosapp.presentation.actions import ACTIONS
from vosapp.presentation.command_search import search_commands
from vosapp.ui.action_set import ActionSet, translated
from vosapp.ui.dialogs.command_list import COMMAND, KEYS, MENU, command_list
from vosapp.ui.theme import TOKENS
from vosapp.ui.translation import tr

WIDTH_PX, HEIGHT_PX, ROW_PX = 560, 420, 28
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10}
_ID = Qt.ItemDataRole.UserRole


class CommandPalette(QFrame):
    """A popup with all commands, which a few letters narrow down. Greyed ones say why they cannot be used now."""

    def __init__(self, commands: ActionSet, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("Popover")
        self.setAccessibleName("Commands")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._commands = commands
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("Find a command"))
        self.field.setAccessibleName("Find a command")
        self.field.installEventFilter(self)
        self.list = command_list("Commands that were found")
        self.list.setObjectName("PopoverList")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHeaderHidden(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self.field)
        column.addWidget(self.list, 1)
        self.field.textChanged.connect(self._fill)
        self.list.itemClicked.connect(self._use)
        self._fill()

    def open_over(self, window: QWidget) -> None:
        """Opens in the upper half of a window."""
        width, height = min(WIDTH_PX, window.width() - 40), min(HEIGHT_PX, window.height() - 80)
        self.setFixedSize(width, height)
        self.move(window.mapToGlobal(QPoint((window.width() - width) // 2, 60)))
        self.show()
        self.field.setFocus()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Takes the keys that move in the list, and those that use a command or leave."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        key = event.key()
        if key in _STEPS:
            self._move_by(_STEPS[Qt.Key(key)])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._use(self.list.currentItem())
        elif key == Qt.Key.Key_Escape:
            self.close()
        else:
            return False
        return True

    def shown(self) -> list[str]:
        """Ids of the commands in the list, from the top."""
        rows = range(self.list.topLevelItemCount())
        return [item.data(COMMAND, _ID) for row in rows if (item := self.list.topLevelItem(row)) is not None]

    def _move_by(self, rows: int) -> None:
        current = self.list.currentItem()
        here = self.list.indexOfTopLevelItem(current) if current is not None else 0
        self._go_to(min(max(here + rows, 0), self.list.topLevelItemCount() - 1))

    def _go_to(self, row: int) -> None:
        item = self.list.topLevelItem(row)
        if item is not None:
            self.list.setCurrentItem(item)

    def _fill(self) -> None:
        self.list.clear()
        for spec in search_commands(self.field.text(), map(translated, ACTIONS)):
            action = self._commands[spec.id]
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            item = QTreeWidgetItem([action.text().rstrip("…"), spec.menu, keys])
            item.setData(COMMAND, _ID, spec.id)
            item.setSizeHint(COMMAND, QSize(0, ROW_PX))
            item.setIcon(COMMAND, action.icon())
            for column in (MENU, KEYS):
                item.setForeground(column, QColor(TOKENS.dim))
            for column in (COMMAND, MENU, KEYS):
                item.setToolTip(column, action.toolTip())
                if not action.isEnabled():
                    item.setForeground(column, QColor(TOKENS.faint))
            self.list.addTopLevelItem(item)
        self._go_to(0)

    def _use(self, item: QTreeWidgetItem | None) -> None:
        if item is None:
            return
        action = self._commands[item.data(COMMAND, _ID)]
        if action.isEnabled():
            self.close()
            action.trigger()
