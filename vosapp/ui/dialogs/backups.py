"""Dialog that lists automatic backups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QWidget,
)

from vosapp.presentation.text.formatting import when
from vosapp.ui.translation import tr
from vosapp.ui.widgets import button_row, dialog_column, label

if TYPE_CHECKING:
    from vosapp.core.storage.backup import Backup

ROW_PX = 28


class BackupDialog(QDialog):
    """Lists backups, the newest first.

    Signals:
        chosen: the path of the backup that the user wants to open.
    """

    chosen = Signal(object)

    def __init__(self, backups: list[Backup], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Open backup")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.list = QListWidget()
        self.list.setAccessibleName("Backups")
        for backup in backups:
            item = QListWidgetItem(tr(backup_text(backup)))
            item.setData(Qt.ItemDataRole.UserRole, backup.path)
            item.setSizeHint(QSize(0, ROW_PX))
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.button = QPushButton("Open")
        self.button.setProperty("role", "primary")
        self.button.setDefault(True)
        cancel = QPushButton("Cancel")
        column = dialog_column(self, 12)
        column.addWidget(label("A backup opens for reading. Save it under a name of its own to go on with it.", "dim"))
        column.addWidget(self.list, 1)
        column.addLayout(button_row(cancel, self.button))
        self.list.itemActivated.connect(self._open)
        self.button.clicked.connect(self._open)
        cancel.clicked.connect(self.reject)
        self.resize(520, 340)

    def _open(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            path = item.data(Qt.ItemDataRole.UserRole)
            self.accept()
            self.chosen.emit(path)


def backup_text(backup: Backup) -> str:
    """A backup in words: when, of what, how large."""
    return f"{when(backup.made_at)}   {backup.name}   {backup.size_bytes / 2**20:.1f} MB"
