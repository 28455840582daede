"""Dialog for the edge of an object's matte."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QDialog, QDoubleSpinBox, QGridLayout, QPushButton, QSlider, QWidget

from vosapp.core.document import MatteSettings, RotoObject
from vosapp.ui.widgets import button_row, dialog_column, indent_number, label

LARGEST_PX = 200.0
SLIDER_PX = 40  # larger edges can be typed
_STEPS_A_PX = 2


class MatteDialog(QDialog):
    """Two numbers with sliders that take effect at once; undo takes them back in one step.

    The window behind stays usable, so that the edge can be looked at on other frames.

    Signals:
        changed: the `MatteSettings` as they are set now.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._shown = MatteSettings()
        self.grow = _field(-LARGEST_PX, "Grow by, negative shrinks")
        self.feather = _field(0, "Width of the soft edge")
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(10)
        for row, (text, field) in enumerate((("Grow", self.grow), ("Feather", self.feather))):
            grid.addWidget(label(text, "dim"), row, 0)
            grid.addWidget(_slider_of(field), row, 1)
            grid.addWidget(field, row, 2)
        close = QPushButton("Close")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        column = dialog_column(self, 14)
        column.addLayout(grid)
        note = "The matte and cutout views show the edge as it is exported. The masks stay as they are."
        column.addWidget(label(note, "dim", wrap=True))
        column.addLayout(button_row(close))
        self.setFixedWidth(400)
        self.grow.valueChanged.connect(self._tell)
        self.feather.valueChanged.connect(self._tell)

    def show_object(self, item: RotoObject) -> None:
        """Shows the settings of an object; tells nobody."""
        self._shown = item.matte
        self.setWindowTitle(f"Matte edge: {item.name}")
        for field, value in ((self.grow, item.matte.grow_px), (self.feather, item.matte.feather_px)):
            if field.value() != value:
                with QSignalBlocker(self):
                    field.setValue(value)

    def _tell(self) -> None:
        # What this dialog does not show stays as it is.
        self.changed.emit(replace(self._shown, grow_px=self.grow.value(), feather_px=self.feather.value()))


def _field(least: float, name: str) -> QDoubleSpinBox:
    field = QDoubleSpinBox()
    field.setRange(least, LARGEST_PX)
    field.setDecimals(1)
    field.setSingleStep(0.5)
    field.setSuffix(" px")
    field.setFixedWidth(84)
    field.setAccessibleName(name)
    indent_number(field)
    return field


def _slider_of(field: QDoubleSpinBox) -> QSlider:
    """A slider that moves with a field. A value beyond its ends leaves it there."""
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(-SLIDER_PX * _STEPS_A_PX if field.minimum() < 0 else 0, SLIDER_PX * _STEPS_A_PX)
    slider.setAccessibleName(field.accessibleName())
    pair = _Pair(slider, field)
    slider.valueChanged.connect(pair.take_slider)
    field.valueChanged.connect(pair.take_field)
    return slider


class _Pair(QObject):
    """Keeps a slider and a field on the same value; lives as long as the slider."""

    def __init__(self, slider: QSlider, field: QDoubleSpinBox) -> None:
        super().__init__(slider)
        self._slider, self._field = slider, field

    def take_slider(self, step: int) -> None:
        """The slider was moved."""
        self._field.setValue(step / _STEPS_A_PX)

    def take_field(self, value: float) -> None:
        """The field has another value."""
        with QSignalBlocker(self._slider):
            self._slider.setValue(round(value * _STEPS_A_PX))
