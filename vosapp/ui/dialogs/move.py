"""Dialog that asks which masks to move where."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QGridLayout, QPushButton, QSpinBox, QWidget

from vosapp.core.document import Document, RotoObject
from vosapp.core.timeline import FrameRange
from vosapp.ui.translation import show_text
from vosapp.ui.widgets import button_row, dialog_column, indent_number, label


class MoveDialog(QDialog):
    """A range, the frame that its first mask goes to, and the object that gets the masks.

    Signals:
        confirmed: (FrameRange 0-based, frames to move by, id of the object).
    """

    confirmed = Signal(object, int, int)

    def __init__(
        self, document: Document, mover: RotoObject, proposed: FrameRange, *, here: int, parent: QWidget | None = None
    ) -> None:
        """Asks with a proposal.

        Args:
            document: with its clip.
            mover: the object whose masks are moved.
            proposed: what the fields hold at first.
            here: where the masks go at first.
            parent: the window.
        """
        super().__init__(parent)
        self.setWindowTitle(f"Move masks: {mover.name}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        clip = document.clip
        self._offset = clip.first_number if clip else 0
        self._count = clip.frame_count if clip else 1
        self._mover = mover
        self.first = self._field(proposed.first, "First frame")
        self.last = self._field(proposed.last, "Last frame")
        self.goal = self._field(here, "Frame that the first one goes to")
        self.object = QComboBox()
        self.object.setAccessibleName("Object that gets the masks")
        for one in document.objects:
            if not one.locked:
                self.object.addItem(one.name, one.id)
        self.object.setCurrentIndex(self.object.findData(mover.id))
        self._note = label("", "dim", wrap=True)
        self.button = QPushButton("Move")
        self.button.setProperty("role", "primary")
        self.button.setDefault(True)
        self._lay_out()
        for field in (self.first, self.last, self.goal):
            field.valueChanged.connect(self._check)
        self.object.currentIndexChanged.connect(self._check)
        self.button.clicked.connect(self._confirm)
        self._check()

    def _lay_out(self) -> None:
        cancel = QPushButton("Cancel")
        cancel.clicked.connect(self.reject)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        fields = (self.first, self.last, self.goal, self.object)
        texts = ("First frame", "Last frame", "New first frame", "To object")
        for place, (text, field) in enumerate(zip(texts, fields, strict=True)):
            grid.addWidget(label(text, "dim"), place // 2, 2 * (place % 2))
            grid.addWidget(field, place // 2, 2 * (place % 2) + 1)
        column = dialog_column(self, 14)
        column.addLayout(grid)
        column.addWidget(self._note)
        column.addLayout(button_row(cancel, self.button))

    def _field(self, frame: int, name: str) -> QSpinBox:
        field = QSpinBox()
        field.setRange(self._offset, self._offset + self._count - 1)
        field.setValue(frame + self._offset)
        field.setMinimumWidth(90)
        field.setAccessibleName(name)
        indent_number(field)
        return field

    @property
    def _frames(self) -> range:
        return range(self.first.value() - self._offset, self.last.value() - self._offset + 1)

    @property
    def _by(self) -> int:
        return self.goal.value() - self.first.value()

    def _check(self) -> None:
        masks = [frame for frame in self._frames if frame in self._mover.cells]
        staying = sum(1 for frame in masks if not 0 <= frame + self._by < self._count)
        moves = self._by != 0 or self.object.currentData() != self._mover.id
        self.button.setEnabled(len(masks) > staying and moves)
        text = f"{len(masks) - staying} mask{'s' * (len(masks) - staying != 1)} are moved."
        text = text.replace("1 mask are", "1 mask is")
        if staying:
            text += f" {staying} would lie outside of the clip and stay."
        show_text(self._note, text if moves else "They are there already.")

    def _confirm(self) -> None:
        frames, by, goal = self._frames, self._by, int(self.object.currentData())
        self.accept()
        self.confirmed.emit(FrameRange(frames.start, frames.stop - 1), by, goal)
