"""Messages dialog: what the window said, with all details, to be read again and copied."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QListWidget, QListWidgetItem, QPlainTextEdit, QPushButton, QSplitter, QWidget

from vosapp.presentation.status import Message, NoticeKind
from vosapp.ui.icons import icon
from vosapp.ui.theme import TOKENS
from vosapp.ui.translation import tr
from vosapp.ui.widgets import button_row, dialog_column

WIDTH_PX, HEIGHT_PX, ROW_PX = 680, 460, 26
ICONS = {NoticeKind.INFO: "info", NoticeKind.GOOD: "check", NoticeKind.WARNING: "warning", NoticeKind.ERROR: "error"}


class MessagesDialog(QDialog):
    """Messages of this window, the newest first, and all of the one that is chosen."""

    def __init__(self, messages: Sequence[Message], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Messages"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._messages = list(reversed(messages))
        self.list = QListWidget()
        self.list.setAccessibleName("Messages")
        for message in self._messages:
            item = QListWidgetItem(f"{message.at:%H:%M:%S}   {tr(message.notice.text)}")
            item.setIcon(icon(ICONS[message.notice.kind], TOKENS.dim))
            item.setSizeHint(QSize(0, ROW_PX))
            self.list.addItem(item)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName("The whole message")
        self.copy_button = QPushButton(tr("Copy"))
        self.copy_button.setAutoDefault(False)
        self.copy_button.clicked.connect(self._copy)
        close = QPushButton(tr("Close"))
        close.setDefault(True)
        close.clicked.connect(self.accept)
        both = QSplitter(Qt.Orientation.Vertical)
        both.addWidget(self.list)
        both.addWidget(self.text)
        both.setSizes([HEIGHT_PX // 2, HEIGHT_PX // 2])
        column = dialog_column(self, 12)
        column.addWidget(both, 1)
        column.addLayout(button_row(close, left=[self.copy_button]))
        self.resize(WIDTH_PX, HEIGHT_PX)
        self.list.currentRowChanged.connect(self._show)
        self.list.setCurrentRow(0)
        self._show(self.list.currentRow())

    def _show(self, row: int) -> None:
        self.copy_button.setEnabled(row >= 0)
        self.text.setPlainText(message_text(self._messages[row]) if row >= 0 else tr("Nothing was said yet."))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())


def message_text(message: Message) -> str:
    """All of a message: when, what, what to do, and where in the program."""
    notice = message.notice
    return "\n\n".join(filter(None, (f"{message.at:%Y-%m-%d %H:%M:%S}  {notice.text}", notice.hint, notice.details)))
