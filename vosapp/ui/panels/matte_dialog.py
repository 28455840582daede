"""Asks how an object's masks become a matte: grown or shrunk, and with how soft an edge."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDoubleSpinBox, QGridLayout, QPushButton, QWidget

from vosapp.core.document import MatteSettings, RotoObject
from vosapp.ui.widgets import button_row, dialog_column, label

LARGEST_PX = 200.0


class MatteDialog(QDialog):
    """Two numbers. What is set takes effect at once; undo takes all of it back in one step.

    Signals:
        changed: the `MatteSettings` as they are set now.
    """

    changed = Signal(object)

    def __init__(self, item: RotoObject, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Matte edge: {item.name}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.grow = _field(-LARGEST_PX, item.matte.grow_px, "Grow by, negative shrinks")
        self.feather = _field(0, item.matte.feather_px, "Width of the soft edge")
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        for row, (text, field) in enumerate((("Grow", self.grow), ("Feather", self.feather))):
            grid.addWidget(label(text, "dim"), row, 0)
            grid.addWidget(field, row, 1)
        grid.setColumnStretch(2, 1)
        close = QPushButton("Close")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        column = dialog_column(self, 14)
        column.addLayout(grid)
        column.addWidget(label("Exported mattes get this edge. The masks stay as they are.", "dim", wrap=True))
        column.addLayout(button_row(close))
        self.grow.valueChanged.connect(self._tell)
        self.feather.valueChanged.connect(self._tell)

    def _tell(self) -> None:
        self.changed.emit(MatteSettings(self.grow.value(), self.feather.value()))


def _field(least: float, value: float, name: str) -> QDoubleSpinBox:
    field = QDoubleSpinBox()
    field.setRange(least, LARGEST_PX)
    field.setDecimals(1)
    field.setSingleStep(0.5)
    field.setSuffix(" px")
    field.setValue(value)
    field.setMinimumWidth(110)
    field.setAccessibleName(name)
    return field
