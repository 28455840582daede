"""Transport bar: frame number, timecode and playback buttons."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolTip

from vosapp.presentation.display import TransportDisplay
from vosapp.presentation.view_state import Playback
from vosapp.ui.action_set import ActionSet
from vosapp.ui.icons import icon
from vosapp.ui.panels.yielding_bar import YieldingBar
from vosapp.ui.translation import show_text, tr
from vosapp.ui.widgets import as_written, label, set_role, tool_button


class Transport(YieldingBar):
    """Frame number, timecode, play and jump buttons, and how well the clip plays.

    Signals:
        frame_typed: what was typed into the frame field; whoever hears it accepts or refuses it.
        left: the field is done with, by Enter or Esc, and the keys are the viewer's again.
    """

    frame_typed = Signal(str)
    left = Signal()

    def __init__(self, actions: ActionSet) -> None:
        super().__init__()
        self.setObjectName("Transport")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._frame = _FrameField()
        self._last = label("", "dim")
        self._timecode = label("", "timecode")
        self._in_out = label("", "dim")
        self._review = label("", "warning")
        self._rate = label("", "dim")
        self._clip = label("", "dim")
        self._play = tool_button(actions["play.toggle"], 24)
        self._speed = 0
        self._frame_text = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 12, 4)
        row.setSpacing(3)
        # two equal halves around the play button, so that it stays where it is whatever stands beside it
        row.addLayout(self._left(actions), 1)
        for action_id in ("go.first", "go.previous_anchor", "go.previous"):
            row.addWidget(tool_button(actions[action_id]))
        row.addWidget(self._play)
        for action_id in ("go.next", "go.next_anchor", "go.last", "play.loop"):
            row.addWidget(tool_button(actions[action_id]))
        row.addLayout(self._right(actions), 1)
        self.let_yield(self._clip, self._rate, self._in_out)
        self._frame.returnPressed.connect(self._typed)
        self._frame.given_up.connect(self._give_up)

    def _left(self, actions: ActionSet) -> QHBoxLayout:
        row = _half()
        row.addWidget(self._frame)
        row.addWidget(self._last)
        row.addSpacing(14)
        row.addWidget(self._timecode)
        row.addSpacing(14)
        row.addWidget(tool_button(actions["mark.in"]))
        row.addWidget(tool_button(actions["mark.out"]))
        row.addWidget(self._in_out)
        row.addStretch(1)
        return row

    def _right(self, actions: ActionSet) -> QHBoxLayout:
        row = _half()
        row.addStretch(1)
        row.addSpacing(8)
        row.addWidget(self._review)
        row.addWidget(tool_button(actions["go.next_doubt"]))
        row.addSpacing(14)
        row.addWidget(self._rate)
        row.addSpacing(14)
        row.addWidget(self._clip)
        return row

    def show_transport(self, display: TransportDisplay) -> None:
        """Shows place, marks and playback."""
        self._frame_text = display.frame_text
        if not self._frame.hasFocus():
            self._frame.setText(display.frame_text)
        self._last.setText(f"/ {display.last_text}" if display.last_text else "")
        self._timecode.setText(display.timecode)
        show_text(self._in_out, display.in_out_text)
        show_text(self._review, display.review_text)
        show_text(self._clip, display.clip_text)
        self._clip.setToolTip(as_written(tr(display.clip_facts)))
        show_text(self._rate, playback_note(display.playback))
        set_role(self._rate, "warning" if display.playback.dropped else "dim")
        if display.playback.speed != self._speed:
            self._speed = display.playback.speed
            self._play.setIcon(icon("pause" if self._speed else "play"))

    def accept_entry(self) -> None:
        """What was typed was good: the keys are the viewer's again."""
        self._frame.show_problem("")
        self.left.emit()

    def refuse_entry(self, problem: str) -> None:
        """Says at the field why what was typed leads nowhere, and lets the user type again."""
        self._frame.show_problem(problem)

    def _typed(self) -> None:
        self.frame_typed.emit(self._frame.text())

    def _give_up(self) -> None:
        self._frame.setText(self._frame_text)
        self.accept_entry()


def _half() -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(3)
    return row


class _FrameField(QLineEdit):
    """Where a frame can be typed.

    Attributes:
        problem: why what stands there leads nowhere, "" while nothing is wrong.

    Signals:
        given_up: Esc was pressed.
    """

    given_up = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(86)
        self.setMaxLength(20)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.problem = ""
        self.textEdited.connect(self._edited)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName("Frame")
        self.setToolTip("Type a frame number, +20 or -5 from here, or a timecode such as 1:12, and press Enter")

    def show_problem(self, problem: str) -> None:
        """Marks what stands there as wrong and says why below it; "" takes that away."""
        self.problem = problem
        set_role(self, "wrong" if problem else "")
        self.setAccessibleDescription(problem)
        if problem:
            self.selectAll()
            QToolTip.showText(self.mapToGlobal(QPoint(0, self.height())), problem, self)
        elif QToolTip.isVisible():
            QToolTip.hideText()

    def _edited(self, _text: str) -> None:
        if self.problem:
            self.show_problem("")

    def focusInEvent(self, event: QFocusEvent) -> None:
        """What stands there is replaced by what is typed."""
        super().focusInEvent(event)
        QTimer.singleShot(0, self.selectAll)  # after the click that brought the focus has set the cursor

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc gives up; no other key is passed on to the window."""
        if event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        else:
            super().keyPressEvent(event)
            event.accept()


def playback_note(playback: Playback) -> str:
    """Measured rate and dropped frames while and after playing."""
    if playback.speed == 0 and not playback.dropped:
        return ""
    speed = f"{playback.speed:+d}×  " if abs(playback.speed) > 1 or playback.speed < 0 else ""
    rate = f"{playback.measured_rate:.1f} fps" if playback.speed else ""
    dropped = f"{playback.dropped} dropped" if playback.dropped else ""
    return speed + "  ".join(part for part in (rate, dropped) if part)
