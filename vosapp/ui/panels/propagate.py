"""Propagate panel: engine, direction, range and button; progress while a run goes on."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from vosapp.core.timeline import Direction
from vosapp.presentation.choices import EngineChoice
from vosapp.presentation.engine_list import known_choice, title_of_choice
from vosapp.presentation.propagate_display import PropagateDisplay
from vosapp.presentation.status import WorkStatus
from vosapp.presentation.text.formatting import duration
from vosapp.presentation.view_state import Reach
from vosapp.ui.action_set import ActionSet
from vosapp.ui.icons import icon
from vosapp.ui.panels.engine_picker import EnginePicker
from vosapp.ui.theme import TOKENS
from vosapp.ui.translation import show_text, tr
from vosapp.ui.widgets import Segments, label, set_role

BUTTON_PX = 44
_ICONS = {Direction.FORWARD: "forward", Direction.BACKWARD: "backward", Direction.BOTH: "both"}
_REACHES = (
    (Reach.AS_NEEDED, "Auto", "", "After a correction only up to the next barriers, else to the ends of the clip"),
    (Reach.ALL, "To end", "", "To the first or last frame of the clip, whatever is there already"),
    (Reach.NEXT_ANCHOR, "To anchor", "", "Up to the next anchor"),
    (Reach.IN_OUT, "In–out", "", "Only between in and out (I and O)"),
)
_REACH_TEXTS = {reach: text.lower() for reach, text, *_ in _REACHES} | {Reach.ONE_FRAME: "auto"}
_DIRECTIONS = (
    (Direction.BACKWARD, "", "backward", "Backward (B)"),
    (Direction.BOTH, "", "both", "Both ways (Ctrl+Shift+F)"),
    (Direction.FORWARD, "", "forward", "Forward (F)"),
)
_SCOPES = ((True, "All objects", "", "Every object that has an anchor"), (False, "Active only", "", "Others stay"))


class PropagatePanel(QWidget):
    """Settings of a run and the button that starts it.

    Signals:
        engine_chosen: name with variants. import_asked: of weights. download_asked: of an engine's weights.
        direction_chosen: Direction. reach_chosen: Reach. scope_chosen: all objects or not.
    """

    engine_chosen = Signal(str)
    import_asked = Signal()
    download_asked = Signal(str)
    direction_chosen = Signal(object)
    reach_chosen = Signal(object)
    scope_chosen = Signal(object)

    def __init__(self, actions: ActionSet) -> None:
        super().__init__()
        self.setObjectName("Panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._actions = actions
        self.engine_button = _EngineButton()
        self.picker = EnginePicker(self)
        self._engine_note = label("", "dim", wrap=True)
        self._direction: Segments[Direction] = Segments(_DIRECTIONS)
        self._reach: Segments[Reach] = Segments(_REACHES)
        self._scope: Segments[bool] = Segments(_SCOPES)
        self.button = QPushButton()
        self._summary = label("", "dim", wrap=True)
        self._progress = _RunProgress(actions)
        self._stack = _Stack()
        self.fold_button = QToolButton()
        self._folded_text = label("", "dim", wrap=True)
        self._settings = QWidget()
        self._is_folded = False
        self._user_folded: bool | None = None  # None: as there is room
        self._build()
        self._connect()
        self._fold(False)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(8)
        column.addLayout(self._heading())
        column.addWidget(self._folded_text)
        settings = QVBoxLayout(self._settings)
        settings.setContentsMargins(0, 0, 0, 0)
        settings.setSpacing(8)
        for part in (self.engine_button, self._engine_note, self._direction, self._reach, self._scope):
            settings.addWidget(part)
        column.addWidget(self._settings)
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

    def _heading(self) -> QHBoxLayout:
        self.fold_button.setAutoRaise(True)
        self.fold_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.fold_button.setIconSize(QSize(14, 14))
        self.fold_button.setProperty("role", "tight")
        row = QHBoxLayout()
        row.addWidget(label("PROPAGATE", "heading"))
        row.addStretch(1)
        row.addWidget(self.fold_button)
        return row

    def unfolded_height(self) -> int:
        """The height that is needed with all settings in sight."""
        height = self.minimumSizeHint().height()
        if not self._is_folded:
            return height
        saved = self._settings.minimumSizeHint().height() - self._folded_text.minimumSizeHint().height()
        return height + saved + self._stack.whole_height() - self._stack.minimumSizeHint().height()

    def fold_for_room(self, on: bool) -> None:
        """Folds the settings where there is no room for them, or unfolds them, unless the user has chosen."""
        if self._user_folded is None:
            self._fold(on)

    def toggle_fold(self) -> None:
        """Folds or unfolds the settings as the user wants them."""
        self._user_folded = not self._is_folded
        self._fold(self._user_folded)

    def _fold(self, on: bool) -> None:
        self._is_folded = self._stack.is_tight = on
        self._settings.setVisible(not on)
        self._folded_text.setVisible(on)
        self._stack.updateGeometry()
        self.fold_button.setIcon(icon("down" if on else "up", TOKENS.dim))
        self.fold_button.setToolTip(tr("Show the settings" if on else "Fold the settings"))
        self.fold_button.setAccessibleName(self.fold_button.toolTip())

    def _connect(self) -> None:
        self.fold_button.clicked.connect(self.toggle_fold)
        self.engine_button.clicked.connect(self._open_picker)
        self.picker.chosen.connect(self.engine_chosen)
        self.picker.import_asked.connect(self.import_asked)
        self.picker.download_asked.connect(self.download_asked)
        self._direction.chosen.connect(self.direction_chosen)
        self._reach.chosen.connect(self.reach_chosen)
        self._scope.chosen.connect(self.scope_chosen)
        self.button.clicked.connect(self._actions["propagate.chosen"].trigger)

    def show_propagate(self, display: PropagateDisplay) -> None:
        """Shows settings and progress."""
        choice = display.choice
        self.picker.show_engines(display.engines, choice.engine)
        self._show_engine(display)
        self._direction.set_value(choice.direction)
        self._reach.set_value(choice.reach if choice.reach is not Reach.ONE_FRAME else Reach.AS_NEEDED)
        self._reach.set_choice_enabled(Reach.IN_OUT, display.has_in_out)
        self._scope.set_value(choice.all_objects)
        self._scope.setVisible(display.many_objects)
        self.button.setText(f"  {tr(display.button)}")
        self.button.setIcon(icon(_ICONS[choice.direction], TOKENS.accent_text))
        self.button.setEnabled(display.possible)
        self._summary.setText(tr(display.summary))
        self._summary.setToolTip(tr("Anchors and approved masks in this range are kept") if display.possible else "")
        self._stack.setCurrentIndex(0 if display.run is None else 1)
        for widget in (self.engine_button, self._direction, self._reach, self._scope):
            widget.setEnabled(display.run is None)
        if display.run is not None:
            self._progress.show_status(display.run)

    def _show_engine(self, display: PropagateDisplay) -> None:
        engine = known_choice(display.choice.engine, display.engines)
        show_text(self.engine_button, title_of_choice(display.choice.engine, display.engines) or "No engine")
        self._folded_text.setText(f"{self.engine_button.text()}, {tr(_REACH_TEXTS[display.choice.reach])}")
        ready = engine is None or engine.ready
        lack = "Needs weights: the list says how to get them."
        show_text(self._engine_note, _in_short(engine) if ready else lack)
        set_role(self._engine_note, "dim" if ready else "warning")
        tip = "Choose the engine, and how it runs"
        self.engine_button.setToolTip(tr(tip if engine is None else f"{engine.summary}\n{tip}"))

    def _open_picker(self) -> None:
        self.picker.open_beside(self.engine_button)


class _Stack(QStackedWidget):
    """Button or progress. As high as the higher one, so that nothing moves when a run starts, unless room is short.

    Attributes:
        is_tight: only as high as what is shown.
    """

    is_tight = False

    def minimumSizeHint(self) -> QSize:
        """The room for both pages, or for the one that is shown."""
        page = self.currentWidget()
        return page.minimumSizeHint() if self.is_tight and page is not None else super().minimumSizeHint()

    def whole_height(self) -> int:
        """The least height for both pages."""
        return super().minimumSizeHint().height()

    def sizeHint(self) -> QSize:
        """The same, as wished for."""
        page = self.currentWidget()
        return page.sizeHint() if self.is_tight and page is not None else super().sizeHint()

    def hasHeightForWidth(self) -> bool:
        """A summary that wraps asks for more height where it is narrow."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height at a width of what counts."""
        pages = [self.currentWidget()] if self.is_tight else [self.widget(place) for place in range(self.count())]
        layouts = [layout for page in pages if page is not None and (layout := page.layout()) is not None]
        return max(layout.totalHeightForWidth(width) for layout in layouts)


def _in_short(engine: EngineChoice | None) -> str:
    """Speed and memory of an engine in a few words; the list says more."""
    if engine is None:
        return ""
    speed = engine.speed.value.capitalize() if engine.speed else ""
    speed = f"{engine.measured} a frame here" if engine.measured else speed
    return " · ".join(part for part in (speed, dict(engine.facts).get("Memory", "")) if part)


class _EngineButton(QPushButton):
    """Shows the engine and opens the list of all."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "field")
        self.setAccessibleName("Engine")
        self.setToolTip("Choose the engine, and how it runs")
        self.setMinimumHeight(30)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the arrow of a list beside the text."""
        super().paintEvent(event)
        painter = QPainter(self)
        colour = TOKENS.dim if self.isEnabled() else TOKENS.faint
        icon("chevron", colour).paint(painter, QRect(self.width() - 25, (self.height() - 14) // 2, 14, 14))
        painter.end()


class _RunProgress(QWidget):
    """How far a run is, how quick, how long it will take, and Cancel."""

    def __init__(self, actions: ActionSet) -> None:
        super().__init__()
        self._title = label()
        self._rate = label("", "dim")
        self._left = label("", "dim")
        self._note = label("", "warning", wrap=True)
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
        column.addWidget(self._note)
        column.addWidget(self._cancel)

    def show_status(self, status: WorkStatus) -> None:
        """Shows numbers of a run."""
        show_text(self._title, progress_title(status))
        show_text(self._note, status.note)
        self._note.setVisible(bool(status.note))
        self._bar.setRange(0, max(status.total, 0))
        self._bar.setValue(status.done)
        show_text(self._rate, rate_note(status))
        show_text(self._left, "" if status.seconds_left is None else f"{duration(status.seconds_left)} left")
        self._cancel.setEnabled(not status.cancelling)
        show_text(self._cancel, "  Stopping after this frame…" if status.cancelling else "  Cancel")


def progress_title(status: WorkStatus) -> str:
    """What is being done and how far it is. Learning, which comes before the frames, counts steps of its own."""
    return f"{status.stage or status.title}: {progress_count(status)}"


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
    if status.stage:
        return f"{rate:.1f} steps/s"
    return f"{rate:.1f} frames/s" if rate >= 1 else f"{1 / rate:.1f} s a frame"
