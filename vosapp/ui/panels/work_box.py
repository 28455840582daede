"""Box with the progress of work on a file, and its cancel button."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QWidget

from vosapp.presentation.status import FileWork
from vosapp.ui.input_blocker import STAYS_OPEN
from vosapp.ui.translation import show_text, tr
from vosapp.ui.widgets import as_written, label

WIDTH_PX = 460
DELAY_MS = 250  # what is over sooner is not worth a look


class WorkBox(QFrame):
    """Lies at the bottom of its parent while there is something to show.

    Signals:
        cancelled: the user wants it to stop.
    """

    cancelled = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.setProperty("role", "notice")
        self.setProperty(STAYS_OPEN, True)
        self.title = label("")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setMaximumHeight(6)
        self.bar.setAccessibleName("Progress")
        self.button = QPushButton()
        show_text(self.button, "Cancel")
        self.button.clicked.connect(self.cancelled)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 8, 8)
        row.setSpacing(11)
        row.addWidget(self.title, 2)
        row.addWidget(self.bar, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setFixedWidth(WIDTH_PX)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._appear)
        parent.installEventFilter(self)
        self.hide()

    def show_work(self, work: FileWork | None) -> None:
        """Shows what goes on, or hides the box."""
        if work is None:
            self._timer.stop()
            self.hide()
            return
        title = tr(work.title)
        text = tr("Stopping…") if work.cancelling else f"{title}…"
        self.title.setText(self.title.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, WIDTH_PX - 190))
        self.title.setToolTip(as_written(title))
        self.bar.setRange(0, work.total)  # 0 to 0 moves without end
        self.bar.setValue(work.done)
        self.button.setVisible(work.can_cancel)
        self.button.setEnabled(not work.cancelling)
        if self.isHidden() and not self._timer.isActive():
            self._timer.start(DELAY_MS)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stays at its place when the parent changes size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _appear(self) -> None:
        self._place()
        self.show()
        self.raise_()

    def _place(self) -> None:
        self.adjustSize()
        self.move((self._over.width() - self.width()) // 2, self._over.height() - self.height() - 16)
