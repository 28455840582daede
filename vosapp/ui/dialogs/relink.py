"""Dialog that lists candidates for missing media."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QWidget,
)

from vosapp.presentation.media_search import Found, Grade
from vosapp.ui.icons import icon
from vosapp.ui.theme import TOKENS
from vosapp.ui.translation import show_text
from vosapp.ui.widgets import as_written, button_row, dialog_column, label, set_role
from vosapp.video.source import RgbImage

ICON_SIZE = QSize(112, 64)
_SURE = {
    Grade.SAME: "same content",
    Grade.LIKELY: "same name and length",
    Grade.FITTING: "fits",
    Grade.OTHER: "another clip",
}


class RelinkDialog(QDialog):
    """Lists candidates, the best one chosen, and says plainly what does not fit.

    Signals:
        folder_asked: the user wants to choose a folder to search.
        file_asked: the user wants to choose a file or folder of images themselves.
        stop_asked: the search is to end.
        relink_asked: the `Found` that the user takes.
    """

    folder_asked = Signal()
    file_asked = Signal()
    stop_asked = Signal()
    relink_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Relink media")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._chose_self = False
        self.missing = label("", "heading", wrap=True)
        self.expected = label("", "dim", wrap=True)
        self.list = self._make_list()
        self.warning = label("", wrap=True)
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setMaximumHeight(6)
        self.progress.setTextVisible(False)
        self.status = label("", "dim")
        self.stop = QPushButton("Stop")
        self.button = QPushButton("Relink")
        self._lay_out()
        self.list.currentRowChanged.connect(self._show_warning)
        self.list.itemClicked.connect(self._user_chose)
        self.list.itemActivated.connect(self._activated)
        self.stop.clicked.connect(self.stop_asked)
        self.button.clicked.connect(self._take)
        self.resize(680, 470)

    def _make_list(self) -> QListWidget:
        made = QListWidget()
        made.setIconSize(ICON_SIZE)
        made.setAccessibleName("Clips that were found")
        made.setSpacing(3)
        return made

    def _lay_out(self) -> None:
        folder, file = QPushButton("Search a folder…"), QPushButton("Choose a file…")
        folder.clicked.connect(self.folder_asked)
        file.clicked.connect(self.file_asked)
        later = QPushButton("Not now")
        later.clicked.connect(self.reject)
        self.button.setProperty("role", "primary")
        self.button.setDefault(True)
        self.button.setEnabled(False)
        looking = QHBoxLayout()
        looking.addWidget(self.status, 1)
        looking.addWidget(self.stop)
        column = dialog_column(self, 9)
        for part in (self.missing, self.expected, self.list, self.warning, self.progress):
            column.addWidget(part, 1 if part is self.list else 0)
        column.addLayout(looking)
        column.addLayout(button_row(later, self.button, left=[folder, file]))

    def show_missing(self, name: str, path: str, facts: str, *, is_missing: bool) -> None:
        """Says which clip is looked for.

        Args:
            name, path: of the clip, where it was.
            facts: what it was like.
            is_missing: it cannot be opened, or else the user wants another copy of it.
        """
        show_text(self.missing, f"{name} is missing" if is_missing else f"Another place for {name}")
        show_text(self.expected, f"{facts}. It was {path}. The masks are all in the project, whatever happens here.")

    def show_found(self, found: list[Found]) -> None:
        """Lists what was found, the surest first; chooses the first that fits until the user chose."""
        kept = self.chosen.path if self.chosen is not None and self._chose_self else None
        self.list.blockSignals(True)
        self.list.clear()
        for one in found:
            self.list.addItem(_item(one))
        paths = [one.path for one in found]
        row = paths.index(kept) if kept in paths else 0 if found else -1
        self.list.setCurrentRow(row)
        self.list.blockSignals(False)
        self._show_warning()

    def show_search(self, text: str, *, searching: bool) -> None:
        """Says where the search is."""
        show_text(self.status, text)
        self.status.setToolTip(as_written(text))
        self.progress.setVisible(searching)
        self.stop.setVisible(searching)

    @property
    def chosen(self) -> Found | None:
        """The row that is chosen."""
        item = self.list.currentItem()
        found = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        return found if isinstance(found, Found) else None

    def _user_chose(self, _item: QListWidgetItem) -> None:
        self._chose_self = True

    def _show_warning(self, _row: int = 0) -> None:
        found = self.chosen
        self.button.setEnabled(found is not None and found.media is not None)
        if found is None:
            show_text(self.warning, "")
        elif found.media is None:
            set_role(self.warning, "error")
            show_text(self.warning, f"{found.reason}. It cannot take the place of the missing clip.")
        elif found.grade is Grade.SAME:
            set_role(self.warning, "dim")
            show_text(self.warning, "This is the clip that the masks were made for.")
        else:
            set_role(self.warning, "warning")
            show_text(self.warning, f"{found.reason}. The masks may not lie where they should: look before you go on.")

    def _activated(self, _item: QListWidgetItem) -> None:
        self._take()

    def _take(self) -> None:
        found = self.chosen
        if found is not None and found.media is not None:
            self.relink_asked.emit(found)


def _item(found: Found) -> QListWidgetItem:
    facts = f"{found.facts}   ·   " if found.facts else ""
    lines = (found.path.name, f"{facts}{_SURE[found.grade]}", _short(found.path.parent))
    item = QListWidgetItem("\n".join(lines))
    item.setIcon(_picture(found.thumbnail) if found.thumbnail is not None else icon("film", TOKENS.dim))
    item.setToolTip(as_written(f"{found.path}\n{found.reason}"))
    item.setData(Qt.ItemDataRole.UserRole, found)
    return item


def _picture(rgb: RgbImage) -> QIcon:
    image = np.ascontiguousarray(rgb)
    height, width = image.shape[:2]
    return QIcon(QPixmap.fromImage(QImage(image.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()))


def _short(folder: Path) -> str:
    text = str(folder)
    return text if len(text) <= 80 else f"{text[:20]} … {text[-56:]}"
