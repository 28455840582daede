"""One number of a matte: its name, a slider and a field that hold the same value."""

from __future__ import annotations

import math

from PySide6.QtCore import QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QSlider, QWidget

from vosapp.presentation.matte.fields import MatteField
from vosapp.ui.widgets import indent_number, label

_FIELD_PX = 76


class MatteNumber(QObject):
    """A number with its widgets, which whoever lays them out owns.

    A value beyond the slider's ends leaves the slider at its end and stays as it was typed.

    Signals:
        changed: name and value, when the user changed it.
    """

    changed = Signal(str, float)

    def __init__(self, field: MatteField) -> None:
        super().__init__()
        self.field = field
        self.name = label(field.title, "dim")
        self.name.setToolTip(field.tip)
        self.spin = QDoubleSpinBox()
        self.spin.setRange(field.least, field.most)
        self.spin.setDecimals(2 if field.step < 0.1 else 1)
        self.spin.setSingleStep(field.step)
        self.spin.setSuffix(field.unit)
        self.spin.setFixedWidth(_FIELD_PX)
        self.spin.setAccessibleName(field.title)
        self.spin.setToolTip(field.tip)
        self.spin.setKeyboardTracking(False)
        indent_number(self.spin)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(round(field.slides_from / field.step), round(field.slides_to / field.step))
        self.slider.setAccessibleName(field.title)
        self.slider.setToolTip(field.tip)
        self.slider.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.slider.valueChanged.connect(self._slid)
        self.spin.valueChanged.connect(self._typed)

    def widgets(self) -> tuple[QWidget, ...]:
        """Name, slider and field, from left to right."""
        return self.name, self.slider, self.spin

    def show_value(self, value: float) -> None:
        """Shows a value; tells nobody. A field in which the user types keeps what is typed."""
        with QSignalBlocker(self.spin), QSignalBlocker(self.slider):
            if not math.isclose(self.spin.value(), value, abs_tol=1e-9):
                self.spin.setValue(value)
            self.slider.setValue(round(value / self.field.step))

    def set_usable(self, usable: bool) -> None:
        """Greys it where it does nothing."""
        for widget in self.widgets():
            widget.setEnabled(usable)

    def _slid(self, tick: int) -> None:
        self.changed.emit(self.field.name, round(tick * self.field.step, 4))

    def _typed(self, value: float) -> None:
        self.changed.emit(self.field.name, round(value, 4))
