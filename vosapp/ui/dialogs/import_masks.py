"""Dialog that asks which masks to import and as what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)

from vosapp.core.document import Document, ObjectId
from vosapp.core.mask_import import ImportRequest, ImportRole, MaskMeaning
from vosapp.ui.translation import show_text, tr
from vosapp.ui.widgets import Segments, button_row, dialog_column, indent_number, label

_SAID = {
    ImportRole.ANCHORS: "Runs start from them, as from masks that you draw.",
    ImportRole.APPROVED: "No run changes them; runs may start from them.",
    ImportRole.HOLD_OUT: "An object in front of all others, for what hides them.",
}
_MEANT = (
    "An indexed image in colours and a grey one of flat areas hold object ids; anything else is one soft mask, alpha "
    "where it varies, else the grey"
)


@dataclass(frozen=True, slots=True)
class ImportChoice:
    """What the user asked for.

    Attributes:
        path: a folder, an image or a movie.
        at: index of the frame of the first mask; None goes by the numbers in the names.
        request: what the masks become.
        meaning: what the numbers of images mean.
    """

    path: Path
    at: int | None
    request: ImportRequest
    meaning: MaskMeaning = MaskMeaning.AUTO


class ImportMasksDialog(QDialog):
    """Where the masks are, what they become, whose they are, and where they begin.

    Signals:
        confirmed: an `ImportChoice`.
    """

    confirmed = Signal(object)

    def __init__(
        self,
        document: Document,
        active: ObjectId | None,
        *,
        here: int,
        ask_folder: Callable[[], Path | None],
        ask_file: Callable[[], Path | None],
        parent: QWidget | None = None,
    ) -> None:
        """Asks.

        Args:
            document: with its clip.
            active: the object that is proposed.
            here: the frame that is proposed, where the names do not number the masks.
            ask_folder, ask_file: ask for what holds the masks; None when the user cancelled.
            parent: the window.
        """
        super().__init__(parent)
        self.setWindowTitle("Import masks")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(560)
        clip = document.clip
        self._offset = clip.first_number if clip is not None else 0
        self.path = QLineEdit()
        self.path.setPlaceholderText("A folder, an image of a sequence, or a movie")
        self.path.setAccessibleName("Masks")
        self._ask_folder, self._ask_file = ask_folder, ask_file
        self.role: Segments[ImportRole] = Segments(
            (
                (ImportRole.ANCHORS, "Anchors", "", _SAID[ImportRole.ANCHORS]),
                (ImportRole.APPROVED, "Approved frames", "", _SAID[ImportRole.APPROVED]),
                (ImportRole.HOLD_OUT, "Hold-out", "", _SAID[ImportRole.HOLD_OUT]),
            )
        )
        self._role = ImportRole.ANCHORS
        self.meaning: Segments[MaskMeaning] = Segments(
            (
                (MaskMeaning.AUTO, "As it looks", "", _MEANT),
                (MaskMeaning.IDS, "Object ids", "", "Every number but 0 is an object"),
                (MaskMeaning.ALPHA, "Alpha", "", "One mask, inside from half opaque on"),
                (MaskMeaning.LUMA, "Brightness", "", "One mask, inside from half white on"),
            )
        )
        self._meaning = MaskMeaning.AUTO
        self._said = label(_SAID[self._role], "dim", wrap=True)
        self.object = QComboBox()
        self.object.setAccessibleName("Object of masks without number or name")
        self.object.addItem(tr("A new object"), None)
        for one in document.objects:
            if not one.locked:
                self.object.addItem(one.name, one.id)
        self.object.setCurrentIndex(max(self.object.findData(active), 0))
        self.numbered: Segments[bool] = Segments(
            (
                (True, "As the names say", "", "The numbers in the names are the clip's frames"),
                (False, "At frame", "", "The first mask belongs to this frame"),
            )
        )
        self._by_name = True
        self.first = QSpinBox()
        self.first.setRange(self._offset, self._offset + (clip.frame_count if clip is not None else 1) - 1)
        self.first.setValue(here + self._offset)
        self.first.setAccessibleName("Frame of the first mask")
        indent_number(self.first)
        self.replace = QCheckBox("Also replace what was drawn, painted or approved")
        self.button = QPushButton("Import")
        self._lay_out()
        self.role.set_value(self._role)
        self.meaning.set_value(self._meaning)
        self.numbered.set_value(True)
        self._check()

    def _lay_out(self) -> None:
        folder, file, cancel = QPushButton("Folder…"), QPushButton("File…"), QPushButton("Cancel")
        place = QHBoxLayout()
        place.setSpacing(6)
        for widget, stretch in ((self.path, 1), (folder, 0), (file, 0)):
            place.addWidget(widget, stretch)
        begin = QHBoxLayout()
        begin.setSpacing(6)
        begin.addWidget(self.numbered, 1)
        begin.addWidget(self.first)
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(9)
        grid.setColumnStretch(1, 1)
        rows: tuple[tuple[str, QWidget], ...] = (
            ("Read as", self.meaning),
            ("Become", self.role),
            ("", self._said),
            ("Of", self.object),
        )
        grid.addWidget(label("Masks", "dim"), 0, 0)
        grid.addLayout(place, 0, 1)
        for row, (text, field) in enumerate(rows, start=1):
            grid.addWidget(label(text, "dim"), row, 0)
            grid.addWidget(field, row, 1)
        grid.addWidget(label("Begin", "dim"), 5, 0)
        grid.addLayout(begin, 5, 1)
        note = label(
            "Numbers and names of objects in the masks count; without them the masks are of this object.", "dim"
        )
        note.setWordWrap(True)
        grid.addWidget(self.replace, 6, 1)
        grid.addWidget(note, 7, 1)
        column = dialog_column(self, 16)
        column.addLayout(grid)
        column.addLayout(button_row(cancel, self.button))
        self.button.setProperty("role", "primary")
        self.button.setDefault(True)
        folder.clicked.connect(self._choose_folder)
        file.clicked.connect(self._choose_file)
        cancel.clicked.connect(self.reject)
        self.button.clicked.connect(self._confirm)
        self.path.textChanged.connect(self._check)
        self.role.chosen.connect(self._take_role)
        self.numbered.chosen.connect(self._take_numbered)
        self.meaning.chosen.connect(self._take_meaning)

    def _choose_folder(self) -> None:
        self._take_path(self._ask_folder())

    def _choose_file(self) -> None:
        self._take_path(self._ask_file())

    def _take_path(self, path: Path | None) -> None:
        if path is not None:
            self.path.setText(str(path))

    def _take_role(self, role: ImportRole) -> None:
        self._role = role
        show_text(self._said, _SAID[role])
        self._check()

    def _take_meaning(self, meaning: MaskMeaning) -> None:
        self._meaning = meaning

    def _take_numbered(self, by_name: bool) -> None:
        self._by_name = by_name
        self._check()

    def _check(self) -> None:
        self.button.setEnabled(bool(self.path.text().strip()))
        self.first.setEnabled(not self._by_name)
        self.object.setEnabled(self._role is not ImportRole.HOLD_OUT)

    def _confirm(self) -> None:
        at = None if self._by_name else self.first.value() - self._offset
        request = ImportRequest(self._role, self.object.currentData(), self.replace.isChecked())
        choice = ImportChoice(Path(self.path.text().strip()), at, request, self._meaning)
        self.accept()
        self.confirmed.emit(choice)
