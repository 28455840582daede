"""Strip with the step of the tour, above the line of hints."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from vosapp.presentation.tour import TourDisplay
from vosapp.ui.translation import show_text, tr
from vosapp.ui.widgets import label


class GuideStrip(QWidget):
    """Says what to do next in the tour.

    Signals:
        skipped: on to the next step.
        ended: no more of it.
    """

    skipped = Signal()
    ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("Guide")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Tour")
        self._count = label("", "heading")
        self._text = label("", wrap=True)
        self.skip_button = _button("Skip")
        self.end_button = _button("End the tour")
        self.skip_button.clicked.connect(self.skipped)
        self.end_button.clicked.connect(self.ended)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 7, 8, 7)
        row.setSpacing(12)
        row.addWidget(self._count)
        row.addWidget(self._text, 1)
        row.addWidget(self.skip_button)
        row.addWidget(self.end_button)
        self.hide()

    def show_tour(self, step: TourDisplay | None) -> None:
        """Shows a step, or nothing."""
        self.setVisible(step is not None)
        if step is not None:
            self._count.setText(f"{step.number} / {step.count}")
            self._text.setText(tr(step.text))
            self.skip_button.setVisible(step.number < step.count)

    @property
    def text(self) -> str:
        """The sentence of the step."""
        return self._text.text()


def _button(text: str) -> QPushButton:
    button = QPushButton()
    show_text(button, text)
    button.setProperty("role", "flat")
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button
