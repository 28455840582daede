"""Dialog that asks for a range of frames."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QGridLayout, QPushButton, QSpinBox, QWidget

from vosapp.core.timeline import FrameRange
from vosapp.ui.translation import show_text
from vosapp.ui.widgets import button_row, dialog_column, indent_number, label


class RangeDialog(QDialog):
    """Two numbers in the source's own numbering and a button that says what will happen.

    Signals:
        confirmed: the FrameRange, 0-based.
    """

    confirmed = Signal(object)

    def __init__(
        self,
        title: str,
        verb: str,
        proposed: FrameRange,
        *,
        frame_count: int,
        first_number: int,
        parent: QWidget | None = None,
    ) -> None:
        """Asks with a proposal.

        Args:
            title: of the dialog.
            verb: on the button, "Delete".
            proposed: what the fields hold at first.
            frame_count: of the clip.
            first_number: number of frame 0.
            parent: the window.
        """
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._offset = first_number
        self.first = self._field(proposed.first, frame_count, "First frame")
        self.last = self._field(proposed.last, frame_count, "Last frame")
        self._note = label("", "dim")
        self.button = QPushButton(verb)
        self.button.setProperty("role", "primary")
        self.button.setDefault(True)
        cancel = QPushButton("Cancel")
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.addWidget(label("From frame", "dim"), 0, 0)
        grid.addWidget(self.first, 0, 1)
        grid.addWidget(label("to frame", "dim"), 0, 2)
        grid.addWidget(self.last, 0, 3)
        self.whole_start = self._shortcut("Clip start", self._begin_at_first)
        self.whole_end = self._shortcut("Clip end", self._end_at_last)
        grid.addWidget(self.whole_start, 1, 1)
        grid.addWidget(self.whole_end, 1, 3)
        column = dialog_column(self, 18)
        column.addLayout(grid)
        column.addLayout(button_row(cancel, self.button, left=[self._note]))
        self.first.valueChanged.connect(self._check)
        self.last.valueChanged.connect(self._check)
        cancel.clicked.connect(self.reject)
        self.button.clicked.connect(self._confirm)
        self._check()

    def _field(self, frame: int, frame_count: int, name: str) -> QSpinBox:
        field = QSpinBox()
        field.setRange(self._offset, self._offset + frame_count - 1)
        field.setValue(frame + self._offset)
        field.setMinimumWidth(90)
        field.setAccessibleName(name)
        indent_number(field)
        return field

    def _shortcut(self, text: str, do: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("role", "flat")
        button.setAutoDefault(False)
        button.clicked.connect(do)
        return button

    def _begin_at_first(self) -> None:
        self.first.setValue(self.first.minimum())

    def _end_at_last(self) -> None:
        self.last.setValue(self.last.maximum())

    def _check(self) -> None:
        count = self.last.value() - self.first.value() + 1
        self.button.setEnabled(count > 0)
        show_text(
            self._note, f"{count} frame{'s' * (count != 1)}" if count > 0 else "The first frame is after the last."
        )

    def _confirm(self) -> None:
        chosen = FrameRange(self.first.value() - self._offset, self.last.value() - self._offset)
        self.accept()
        self.confirmed.emit(chosen)
