"""Dialog for the sizes of holes and specks."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDoubleSpinBox, QGridLayout, QPushButton, QWidget

from vosapp.ui.translation import show_text
from vosapp.ui.widgets import button_row, dialog_column, indent_number, label

LARGEST_PX = 2000.0


class CleanUpDialog(QDialog):
    """Two sizes, what they find on the frame shown, and a button for each. The window behind stays usable.

    Signals:
        changed: diameters of holes and of specks in picture pixels.
        fill_asked, remove_asked: holes are to be filled, specks to be removed.
    """

    changed = Signal(float, float)
    fill_asked = Signal()
    remove_asked = Signal()

    def __init__(self, holes_px: float, specks_px: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Clean up this frame")
        self.holes, self.specks = _field(holes_px, "Largest hole"), _field(specks_px, "Largest speck")
        self.fill, self.remove = QPushButton("Fill"), QPushButton("Remove")
        self._found = [label("", "dim"), label("", "dim")]
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(10)
        rows = (("Holes up to", self.holes, self.fill), ("Specks up to", self.specks, self.remove))
        for row, (text, field, button) in enumerate(rows):
            grid.addWidget(label(text, "dim"), row, 0)
            grid.addWidget(field, row, 1)
            grid.addWidget(self._found[row], row, 2)
            grid.addWidget(button, row, 3)
            button.setAutoDefault(False)
            field.valueChanged.connect(self._tell)
        grid.setColumnStretch(2, 1)
        close = QPushButton("Close")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        column = dialog_column(self, 14)
        column.addLayout(grid)
        note = "The size is that of a disk with as many pixels. C does both with these sizes on any frame."
        column.addWidget(label(note, "dim", wrap=True))
        column.addLayout(button_row(close))
        self.setFixedWidth(420)
        self.fill.clicked.connect(self.fill_asked)
        self.remove.clicked.connect(self.remove_asked)

    def show_found(self, counts: tuple[int, int] | None) -> None:
        """Shows how many holes and specks there are on the frame; None: there is no mask."""
        for place, button in enumerate((self.fill, self.remove)):
            count = 0 if counts is None else counts[place]
            show_text(self._found[place], "no mask here" if counts is None else f"{count} here")
            button.setEnabled(count > 0)

    def _tell(self) -> None:
        self.changed.emit(self.holes.value(), self.specks.value())


def _field(value: float, name: str) -> QDoubleSpinBox:
    field = QDoubleSpinBox()
    field.setRange(0, LARGEST_PX)
    field.setDecimals(0)
    field.setSuffix(" px")
    field.setFixedWidth(92)
    field.setAccessibleName(name)
    field.setValue(value)
    indent_number(field)
    return field
