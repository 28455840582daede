"""Asks with which engine an object is propagated."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QPushButton, QWidget

from vosapp.presentation.choices import EngineChoice
from vosapp.presentation.engine_list import known_choice, title_of_choice
from vosapp.ui.translation import tr
from vosapp.ui.widgets import button_row, dialog_column, label


class ObjectEngineDialog(QDialog):
    """The engines that are ready, and first the one that all objects of the shot take.

    Signals:
        confirmed: name of the engine, "" for the shot's.
    """

    confirmed = Signal(str)

    def __init__(
        self, name: str, current: str, engines: Sequence[EngineChoice], *, usual: str, parent: QWidget | None = None
    ) -> None:
        """Makes the dialog of an object.

        Args:
            name: of the object.
            current: its engine, with variants; "" for the shot's.
            engines: that there are.
            usual: the shot's engine, with variants.
            parent: the window.
        """
        super().__init__(parent)
        self.setWindowTitle(f"Engine of {name}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.field = QComboBox()
        self.field.setAccessibleName("Engine of the object")
        self.field.addItem(tr(f"The shot's: {title_of_choice(usual, engines)}"), "")
        for one in engines:
            if one.ready:
                self.field.addItem(one.title, one.name)
        if current and self.field.findData(current) < 0:  # with variants, or one that cannot run here
            known = known_choice(current, engines)
            lack = "" if known is not None and known.ready else ", which cannot run here"
            self.field.addItem(f"{title_of_choice(current, engines)}{lack}", current)
        self.field.setCurrentIndex(max(self.field.findData(current), 0))
        button, cancel = QPushButton("Set"), QPushButton("Cancel")
        button.setProperty("role", "primary")
        button.setDefault(True)
        button.clicked.connect(self._confirm)
        cancel.clicked.connect(self.reject)
        column = dialog_column(self, 14)
        column.addWidget(self.field)
        note = "A run makes the masks of objects with different engines one engine after the other."
        column.addWidget(label(note, "dim", wrap=True))
        column.addLayout(button_row(cancel, button))
        self.setMinimumWidth(380)

    def _confirm(self) -> None:
        name = self.field.currentData()
        self.accept()
        self.confirmed.emit(name)
