"""Message over the viewer, with a button for what it offers."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from vosapp.presentation.status import Notice, NoticeKind
from vosapp.ui.icons import icon
from vosapp.ui.theme import TOKENS
from vosapp.ui.translation import tr
from vosapp.ui.widgets import Sign, label, set_role

WIDEST_PX = 620
SHOWN_MS = 5000
OFFERED_MS = 15_000  # with something to press
_ICONS = {
    NoticeKind.INFO: ("info", TOKENS.accent_hover),
    NoticeKind.GOOD: ("check", TOKENS.good),
    NoticeKind.WARNING: ("warning", TOKENS.warning),
    NoticeKind.ERROR: ("error", TOKENS.error),
}


class NoticeBox(QFrame):
    """Message box at the top of its parent.

    Errors and warnings stay until closed; what offers something goes after a while, and the others soon, but none
    while nobody is there to read it: the pointer has not moved since, rests on it, or another window is the active one.

    Signals:
        closed: the user closed it, or its time was over.
        acted: id of the action on its button.
        details_asked: the user wants to see all of it.
    """

    closed = Signal()
    acted = Signal(str)
    details_asked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self._below: QWidget | None = None
        self.setProperty("role", "notice")
        self._icon = Sign(size_px=18)
        self._text = label("", wrap=True)
        self._hint = label("", "dim", wrap=True)
        close = QPushButton()
        close.setIcon(icon("cancel", TOKENS.dim))
        close.setProperty("role", "flat")
        close.setToolTip("Close")
        close.setAccessibleName("Close message")
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.clicked.connect(self._close)
        self.button = QPushButton()
        self.button.setAccessibleName("Do what the message offers")
        self.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.button.clicked.connect(self._act)
        self.details_button = QPushButton("Details…")
        self.details_button.setProperty("role", "flat")
        self.details_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.details_button.clicked.connect(self.details_asked)
        self._action = ""
        self._pointer = QCursor.pos()  # when it was shown
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._time_is_over)
        text = QVBoxLayout()
        text.setSpacing(2)
        text.addWidget(self._text)
        text.addWidget(self._hint)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(14, 9, 8, 9)
        row.setSpacing(11)
        row.addWidget(self._icon)
        row.addLayout(text, 1)
        row.addWidget(self.details_button, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignVCenter)
        parent.installEventFilter(self)
        self.hide()

    def show_notice(self, notice: Notice | None) -> None:
        """Shows a message, or hides the box."""
        self._timer.stop()
        if notice is None:
            self.hide()
            return
        name, colour = _ICONS[notice.kind]
        self._icon.show_icon(name, colour)
        self._text.setText(tr(notice.text))
        self._hint.setText(tr(notice.hint))
        self._hint.setVisible(bool(notice.hint))
        self._action = notice.action
        self.details_button.setVisible(bool(notice.details))
        self._pointer = QCursor.pos()
        self.button.setText(tr(notice.verb))
        self.button.setVisible(bool(notice.action))
        set_role(self, notice.kind.value, "kind")
        self._place()
        self.show()
        self.raise_()
        if notice.action and notice.kind is not NoticeKind.ERROR:
            self._timer.start(OFFERED_MS)
        elif notice.kind in (NoticeKind.INFO, NoticeKind.GOOD):
            self._timer.start(SHOWN_MS)

    def place_over(self, widget: QWidget) -> None:
        """Lies at the top of a widget within the parent from now on."""
        self._below = widget
        if self.isVisible():
            self._place()

    @property
    def text(self) -> str:
        """The sentence shown."""
        return self._text.text()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stays at its place when the parent changes size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        below = self._below or self._over
        corner = below.mapTo(self._over, QPoint(0, 0)) if below is not self._over else QPoint(0, 0)
        width = min(WIDEST_PX, max(below.width() - 32, 200))
        self.setFixedWidth(width)
        self._row.activate()
        height = self._row.heightForWidth(width) if self._row.hasHeightForWidth() else self.sizeHint().height()
        self.setFixedHeight(max(height + 2 * self.frameWidth(), 40))
        self.move(corner + QPoint((below.width() - width) // 2, 12))

    def _time_is_over(self) -> None:
        """Goes, or waits again as long for somebody to read it."""
        was_seen = QCursor.pos() != self._pointer and self.window().isActiveWindow() and not self.underMouse()
        if was_seen:
            self._close()
        else:
            self._timer.start()

    def _act(self) -> None:
        self.acted.emit(self._action)

    def _close(self) -> None:
        self._timer.stop()
        self.hide()
        self.closed.emit()
