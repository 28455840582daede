"""Banner over the picture: damaged, missing, or waited for."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from vosapp.ui.theme import TOKENS
from vosapp.ui.translation import tr
from vosapp.ui.widgets import Sign, label

ABOVE_EDGE_PX = 14


class Banner(QFrame):
    """Lies at the foot of a widget within its parent and lets the mouse through."""

    def __init__(self, parent: QWidget, over: QWidget) -> None:
        super().__init__(parent)
        self._parent = parent
        self._over = over
        self.setProperty("role", "notice")
        self.setProperty("kind", "warning")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("State of the picture")
        sign = Sign("warning", TOKENS.warning)
        self._text = label("")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 7, 14, 7)
        row.setSpacing(9)
        row.addWidget(sign)
        row.addWidget(self._text)
        over.installEventFilter(self)
        parent.installEventFilter(self)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence shown, "" when hidden."""
        return self._text.text()

    def show_text(self, text: str) -> None:
        """Shows a sentence, or hides the line."""
        self._text.setText(tr(text))
        self.setVisible(bool(text))
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stays at its place when what it lies over moves or changes size."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide):
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        if not self.text:
            return
        self.adjustSize()
        below = self._over if self._over.isVisible() else self._parent
        corner = below.mapTo(self._parent, QPoint(0, 0)) if below is not self._parent else QPoint(0, 0)
        x = (below.width() - self.width()) // 2
        self.move(corner + QPoint(max(x, 0), below.height() - self.height() - ABOVE_EDGE_PX))
        self.raise_()
