"""The propagate panel: engine, direction, range, and the one button that cannot be missed. While a run goes on the
same place shows how far it is and how to stop it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QProgressBar, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from vosapp.core.timeline import Direction
from vosapp.ui.action_set import ActionSet
from vosapp.ui.display import PropagateDisplay
from vosapp.ui.icons import icon
from vosapp.ui.theme import TOKENS
from vosapp.ui.units import duration
from vosapp.ui.view_state import EngineChoice, Reach, WorkStatus
from vosapp.ui.widgets import Segments, label, set_role

BUTTON_PX = 44
_ICONS = {Direction.FORWARD: "forward", Direction.BACKWARD: "backward", Direction.BOTH: "both"}
_REACHES = (
    (Reach.ALL, "To the end", "", "To the first or last frame of the clip"),
    (Reach.NEXT_ANCHOR, "To anchor", "", "Up to the next anchor"),
    (Reach.IN_OUT, "In–out", "", "Only between in and out (I and O)"),
)
_DIRECTIONS = (
    (Direction.BACKWARD, "", "backward", "Backward (B)"),
    (Direction.BOTH, "", "both", "Both ways (Ctrl+Shift+F)"),
    (Direction.FORWARD, "", "forward", "Forward (F)"),
)
_SCOPES = ((True, "All objects", "", "Every object that has an anchor"), (False, "Active only", "", "Others stay"))


class PropagatePanel(QWidget):
    """Settings of a run and the button that starts it.

    Signals:
        engine_chosen: name. direction_chosen: Direction. reach_chosen: Reach. scope_chosen: all objects or not.
    """

    engine_chosen = Signal(str)
    direction_chosen = Signal(object)
    reach_chosen = Signal(object)
    scope_chosen = Signal(object)

    def __init__(self, actions: ActionSet) -> None:
        super().__init__()
        self.setObjectName("Panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._actions = actions
        self._engines: tuple[EngineChoice, ...] = ()
        self._engine = QComboBox()
        self._engine.setAccessibleName("Engine")
        self._engine_note = label("", "dim", wrap=True)
        self._direction: Segments[Direction] = Segments(_DIRECTIONS)
        self._reach: Segments[Reach] = Segments(_REACHES)
        self._scope: Segments[bool] = Segments(_SCOPES)
        self.button = QPushButton()
        self._summary = label("", "dim", wrap=True)
        self._progress = _RunProgress(actions)
        self._stack = QStackedWidget()
        self._build()
        self._connect()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(8)
        column.addWidget(label("PROPAGATE", "heading"))
        column.addWidget(self._engine)
        column.addWidget(self._engine_note)
        column.addWidget(self._direction)
        column.addWidget(self._reach)
        column.addWidget(self._scope)
        self.button.setProperty("role", "primary")
        self.button.setMinimumHeight(BUTTON_PX)
        self.button.setIconSize(QSize(20, 20))
        self.button.setObjectName("PropagateButton")
        self.button.setToolTip("Carry the masks to the other frames (Ctrl+Return)")
        start = QWidget()
        start_column = QVBoxLayout(start)
        start_column.setContentsMargins(0, 2, 0, 0)
        start_column.setSpacing(6)
        start_column.addWidget(self.button)
        start_column.addWidget(self._summary)
        start_column.addStretch(1)
        self._stack.addWidget(start)
        self._stack.addWidget(self._progress)
        column.addWidget(self._stack)

    def _connect(self) -> None:
        self._engine.activated.connect(self._engine_activated)
        self._direction.chosen.connect(self.direction_chosen)
        self._reach.chosen.connect(self.reach_chosen)
        self._scope.chosen.connect(self.scope_chosen)
        self.button.clicked.connect(self._actions["propagate.chosen"].trigger)

    def show_propagate(self, display: PropagateDisplay) -> None:
        """Shows settings and progress."""
        if display.engines != self._engines:
            self._fill_engines(display.engines)
        choice = display.choice
        self._engine.setCurrentIndex(max(0, self._engine.findData(choice.engine)))
        self._show_engine_note(choice.engine)
        self._direction.set_value(choice.direction)
        self._reach.set_value(choice.reach if choice.reach is not Reach.ONE_FRAME else Reach.ALL)
        self._reach.set_choice_enabled(Reach.IN_OUT, display.has_in_out)
        self._scope.set_value(choice.all_objects)
        self._scope.setVisible(display.many_objects)
        self.button.setText(f"  {display.button}")
        self.button.setIcon(icon(_ICONS[choice.direction], TOKENS.accent_text))
        self.button.setEnabled(display.possible)
        self._summary.setText(display.summary)
        self._stack.setCurrentIndex(0 if display.run is None else 1)
        for widget in (self._engine, self._direction, self._reach, self._scope):
            widget.setEnabled(display.run is None)
        if display.run is not None:
            self._progress.show_status(display.run)

    def _fill_engines(self, engines: tuple[EngineChoice, ...]) -> None:
        self._engines = engines
        self._engine.clear()
        for engine in engines:
            self._engine.addItem(engine.title if engine.ready else f"{engine.title} (not ready)", engine.name)
            place = self._engine.count() - 1
            self._engine.setItemData(place, engine.reason or engine.summary, Qt.ItemDataRole.ToolTipRole)
        model = self._engine.model()
        if isinstance(model, QStandardItemModel):
            for place, engine in enumerate(engines):
                model.item(place).setEnabled(engine.ready)

    def _show_engine_note(self, name: str) -> None:
        engine = next((e for e in self._engines if e.name == name), None)
        self._engine_note.setText("" if engine is None else engine.reason or engine.summary)
        set_role(self._engine_note, "dim" if engine is None or engine.ready else "warning")

    def _engine_activated(self, place: int) -> None:
        self.engine_chosen.emit(self._engine.itemData(place))


class _RunProgress(QWidget):
    """How far a run is, how quick, how long it will take, and Cancel."""

    def __init__(self, actions: ActionSet) -> None:
        super().__init__()
        self._title = label()
        self._rate = label("", "dim")
        self._left = label("", "dim")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._cancel = QPushButton("  Cancel")
        self._cancel.setIcon(icon("cancel"))
        self._cancel.setObjectName("CancelButton")
        self._cancel.setToolTip("Stop; finished frames stay (Esc)")
        self._cancel.clicked.connect(actions["propagate.cancel"].trigger)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._title)
        column.addWidget(self._bar)
        facts = QHBoxLayout()
        facts.addWidget(self._rate)
        facts.addStretch(1)
        facts.addWidget(self._left)
        column.addLayout(facts)
        column.addWidget(self._cancel)

    def show_status(self, status: WorkStatus) -> None:
        """Shows numbers of a run."""
        self._title.setText(f"{status.title}: {progress_count(status)}")
        self._bar.setRange(0, max(status.total, 0))
        self._bar.setValue(status.done)
        self._rate.setText(rate_note(status))
        self._left.setText("" if status.seconds_left is None else f"{duration(status.seconds_left)} left")
        self._cancel.setEnabled(not status.cancelling)
        self._cancel.setText("  Stopping after this frame…" if status.cancelling else "  Cancel")


def progress_count(status: WorkStatus) -> str:
    """How many frames are done, or what is being done before the first."""
    if status.total == 0:
        return status.message or "starting…"
    return f"{status.done} of {status.total}"


def rate_note(status: WorkStatus) -> str:
    """Frames a second, or seconds a frame when it takes longer than one."""
    rate = status.frames_per_second
    if rate <= 0:
        return ""
    return f"{rate:.1f} frames/s" if rate >= 1 else f"{1 / rate:.1f} s a frame"
