"""Asks how many frames a second an image sequence has."""

from __future__ import annotations

from fractions import Fraction

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QPushButton, QWidget

from vosapp.core.errors import UserError
from vosapp.core.frame_rate import COMMON_RATES, parse_rate
from vosapp.presentation.text.formatting import rate_text
from vosapp.ui.translation import show_text
from vosapp.ui.widgets import button_row, dialog_column, label


class RateDialog(QDialog):
    """A list of common rates in which any other can be typed.

    Signals:
        confirmed: (Fraction, whether sequences that say nothing get it from now on).
    """

    confirmed = Signal(object, bool)

    def __init__(self, rate: Fraction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Frame rate")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.field = QComboBox()
        self.field.setEditable(True)
        self.field.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.field.setAccessibleName("Frames a second")
        self.field.addItems([rate_text(one) for one in COMMON_RATES])
        self.field.setEditText(rate_text(rate))
        self.always = QCheckBox("Assume it for images that I open from now on")
        self._note = label("", "dim", wrap=True)
        self.button = QPushButton("Set")
        self.button.setProperty("role", "primary")
        self.button.setDefault(True)
        cancel = QPushButton("Cancel")
        cancel.clicked.connect(self.reject)
        column = dialog_column(self, 14)
        column.addWidget(label("Frames a second of this image sequence", "dim"))
        column.addWidget(self.field)
        column.addWidget(self.always)
        column.addWidget(self._note)
        column.addLayout(button_row(cancel, self.button))
        self.setMinimumWidth(380)
        self.field.editTextChanged.connect(self._check)
        self.button.clicked.connect(self._confirm)
        self._check()
        line = self.field.lineEdit()
        if line is not None:
            line.selectAll()

    def _check(self) -> None:
        try:
            rate = parse_rate(self.field.currentText())
        except UserError as error:
            show_text(self._note, error.hint)
            self.button.setEnabled(False)
            return
        exact = f"{rate.numerator}/{rate.denominator} exactly. " if rate.denominator != 1 else ""
        show_text(self._note, f"{exact}Playback, timecode and exports follow; masks stay on their frames.")
        self.button.setEnabled(True)

    def _confirm(self) -> None:
        rate, always = parse_rate(self.field.currentText()), self.always.isChecked()
        self.accept()
        self.confirmed.emit(rate, always)
