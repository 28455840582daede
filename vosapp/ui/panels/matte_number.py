"""One number of a matte: its name, a slider and a field that hold the same value."""

from __future__ import annotations

import math

from PySide6.QtCore import QObject, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QSlider, QToolButton, QWidget

from vosapp.core.document import KEYED_NUMBERS
from vosapp.presentation.matte.fields import MatteField
from vosapp.ui.icons import icon
from vosapp.ui.theme import TOKENS
from vosapp.ui.translation import show_text, tr
from vosapp.ui.widgets import indent_number, label

_FIELD_PX = 66
_KEY_PX = 22
_LEAST_SLIDER_PX = 60


class MatteNumber(QObject):
    """A number with its widgets, which whoever lays them out owns.

    A value beyond the slider's ends leaves the slider at its end and stays as it was typed.

    Signals:
        changed: name and value, when the user changed it.
        key_toggled: its name, when a key on this frame is to come or to go.
    """

    changed = Signal(str, float)
    key_toggled = Signal(str)

    def __init__(self, field: MatteField) -> None:
        super().__init__()
        self.field = field
        self.name = label(field.label, "dim")
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
        self.slider.setMinimumWidth(_LEAST_SLIDER_PX)
        self.slider.setAccessibleName(field.title)
        self.slider.setToolTip(field.tip)
        self.slider.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.key = _key_button(field.title) if field.name in KEYED_NUMBERS else None
        if self.key is not None:
            self.key.clicked.connect(self._toggle_key)
        self.slider.valueChanged.connect(self._slid)
        self.spin.valueChanged.connect(self._typed)

    def widgets(self) -> tuple[QWidget, ...]:
        """Name, slider, field and, where it may change over time, the button of its key, from left to right."""
        return (self.name, self.slider, self.spin, *((self.key,) if self.key is not None else ()))

    def show_keys(self, *, is_keyed: bool, is_here: bool) -> None:
        """Shows whether the number changes over time, and has a key on this frame."""
        if self.key is None:
            return
        self.key.setIcon(icon("key-here" if is_here else "key", TOKENS.accent_hover if is_keyed else TOKENS.dim))
        do = "Take the key of this frame away" if is_here else "Set a key on this frame"
        more = "" if is_keyed else ": the number then changes over time, evenly from key to key"
        show_text(self.key, f"{do}{more}", "setToolTip")
        self.key.setAccessibleName(f"{tr(self.field.title)}: {tr(do)}")

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

    def _toggle_key(self) -> None:
        self.key_toggled.emit(self.field.name)

    def _slid(self, tick: int) -> None:
        self.changed.emit(self.field.name, round(tick * self.field.step, 4))

    def _typed(self, value: float) -> None:
        self.changed.emit(self.field.name, round(value, 4))


def _key_button(title: str) -> QToolButton:
    button = QToolButton()
    button.setAutoRaise(True)
    button.setStyleSheet("padding: 2px")  # or the icon is squeezed
    button.setFixedSize(_KEY_PX, _KEY_PX)
    button.setIconSize(QSize(16, 16))
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    button.setAccessibleName(title)
    return button
