"""Matte panel: how the active object's masks become its matte, seen live. It takes the place of the propagate panel."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vosapp.core.trimap import TrimapKind
from vosapp.matte.settings_facts import DRAWN, FAST, QUALITY
from vosapp.presentation.matte.display import EDGE_TIPS, EDGE_TITLES, NO_REFINER, PAINT_TIPS, PAINT_TITLES, MatteDisplay
from vosapp.presentation.matte.fields import EDGE, FIELDS, SECTIONS
from vosapp.presentation.matte.presets import PRESETS
from vosapp.ui.action_set import ActionSet
from vosapp.ui.icons import icon
from vosapp.ui.panels.matte_number import MatteNumber
from vosapp.ui.panels.matte_others import MatteOthers
from vosapp.ui.theme import TOKENS
from vosapp.ui.translation import NAME, show_text, tr
from vosapp.ui.widgets import ElidedLabel, Segments, label, tool_button

_EDGES = (DRAWN, FAST, QUALITY)
_LEAST_PX = 150  # of the numbers, which scroll


class MattePanel(QWidget):
    """Shows the stack of a matte and lets it be set; everything takes effect at once.

    Signals:
        number_set: name of a setting and its value.
        key_toggled: name of a setting that gets or loses a key on this frame.
        edge_chosen: where the edge comes from.
        preset_chosen: title of a preset.
        copy_asked: ids of the objects that get the same settings.
        joins_set: which objects go into the matte, a tuple of `MatteJoin`.
        paint_chosen: what the pen paints over the edge, None for the mask.
        unpaint_asked: what is painted there on this frame is to go.
        carry_asked: what is painted there is to be carried to the next frames.
        reset_asked, close_asked: to the mask as it is; of the panel.
    """

    number_set = Signal(str, float)
    key_toggled = Signal(str)
    edge_chosen = Signal(object)
    preset_chosen = Signal(str)
    copy_asked = Signal(object)
    joins_set = Signal(object)
    paint_chosen = Signal(object)
    unpaint_asked = Signal()
    carry_asked = Signal()
    reset_asked = Signal()
    close_asked = Signal()

    def __init__(self, actions: ActionSet) -> None:
        super().__init__()
        self.setObjectName("Panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Matte")
        self._shown = MatteDisplay()
        self._name = ElidedLabel()
        self._name.setProperty(NAME, True)
        self.edge: Segments[str] = Segments([(edge, EDGE_TITLES[edge], "", EDGE_TIPS[edge]) for edge in _EDGES])
        self.paint: Segments[TrimapKind | None] = Segments(
            [(kind, title, "", PAINT_TIPS[kind]) for kind, title in PAINT_TITLES.items()]
        )
        self.unpaint_button = _paint_button(
            "trash",
            "Clear the edge paint of this frame",
            "Takes away all that is painted over the edge on this frame",
        )
        self.carry_button = _paint_button(
            "forward",
            "Carry the edge paint on",
            "Carries what is painted over the edge to the next frames, along the motion in the picture",
        )
        self.numbers = {field.name: MatteNumber(field) for field in FIELDS}
        self.others = MatteOthers()
        self.preset_button = _menu_button("Preset")
        self.copy_button = _menu_button("Copy")
        self.reset_button = QPushButton("Reset")
        self.reset_button.setToolTip("Back to the mask as it is")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addLayout(self._head())
        column.addLayout(self._views(actions))
        column.addLayout(self._buttons())
        column.addWidget(self._scroller(), 1)
        self._connect()
        self.hide()

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label("MATTE", "heading"))
        row.addWidget(self._name, 1)
        close = QToolButton()
        close.setIcon(icon("cancel", TOKENS.dim))
        close.setAutoRaise(True)
        close.setToolTip("Close the matte panel (Ctrl+M)")
        close.setAccessibleName("Close the matte panel")
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.clicked.connect(self.close_asked)
        row.addWidget(close)
        return row

    def _views(self, actions: ActionSet) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(2)
        row.addWidget(label("View", "dim"))
        row.addStretch(1)
        for name in ("overlay", "matte", "band", "cutout"):
            row.addWidget(tool_button(actions[f"view.{name}"]))
        row.addSpacing(8)
        for name in ("backdrop", "wipe_matte"):
            row.addWidget(tool_button(actions[f"view.{name}"]))
        return row

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        for button in (self.preset_button, self.copy_button, self.reset_button):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setStyleSheet(
                "padding-left: 6px; padding-right: 6px"
            )  # or longer words than English ones are cut off
            is_preset = button is self.preset_button
            # A long name of a preset must not make the panel wider; the others are as wide as their words.
            across = QSizePolicy.Policy.Ignored if is_preset else QSizePolicy.Policy.Minimum
            button.setSizePolicy(across, QSizePolicy.Policy.Fixed)
            row.addWidget(button, int(is_preset))
        return row

    def _paint_head(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(2)
        line.addWidget(label("Brush and shapes paint", "dim"), 1)
        for button in (self.carry_button, self.unpaint_button):
            line.addWidget(button)
        return line

    def _scroller(self) -> QScrollArea:
        inner = QWidget()
        grid = QGridLayout(inner)
        grid.setContentsMargins(0, 0, 6, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        row = 0
        for section in SECTIONS:
            grid.addWidget(label(section, "dim"), row, 0, 1, 4)
            row += 1
            if section == EDGE:
                grid.addWidget(self.edge, row, 0, 1, 4)
                row += 1
            for number in (one for one in self.numbers.values() if one.field.section == section):
                for place, widget in enumerate(number.widgets()):
                    grid.addWidget(widget, row, place)
                row += 1
            if section == EDGE:
                grid.addLayout(self._paint_head(), row, 0, 1, 4)
                grid.addWidget(self.paint, row + 1, 0, 1, 4)
                row += 2
        grid.addWidget(label("With other objects", "dim"), row, 0, 1, 4)
        grid.addWidget(self.others, row + 1, 0, 1, 4)
        grid.setRowStretch(row + 2, 1)
        area = QScrollArea()
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setMinimumHeight(_LEAST_PX)
        area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        for widget in (area.viewport(), inner):
            widget.setAutoFillBackground(False)
        return area

    def _connect(self) -> None:
        for number in self.numbers.values():
            number.changed.connect(self.number_set)
            number.key_toggled.connect(self.key_toggled)
        self.others.changed.connect(self.joins_set)
        self.edge.chosen.connect(self.edge_chosen)
        self.paint.chosen.connect(self.paint_chosen)
        self.unpaint_button.clicked.connect(self.unpaint_asked)
        self.carry_button.clicked.connect(self.carry_asked)
        self.preset_button.clicked.connect(self._open_presets)
        self.copy_button.clicked.connect(self._open_copies)
        self.reset_button.clicked.connect(self.reset_asked)

    def show_matte(self, display: MatteDisplay) -> None:
        """Shows the settings of an object; tells nobody."""
        self._shown = display
        self.setVisible(display.is_open)
        if not display.is_open:
            return
        self._name.setText(display.name)
        self.edge.set_value(display.settings.edge)
        for edge in _EDGES:
            offered = edge in display.offered_edges
            self.edge.set_choice_enabled(edge, offered)
            show_text(self.edge.button(edge), EDGE_TIPS[edge] if offered else NO_REFINER, "setToolTip")
        self.paint.set_value(display.paints)
        for button in (self.carry_button, self.unpaint_button):
            button.setEnabled(display.is_painted)
        for name, number in self.numbers.items():
            number.show_value(getattr(display.settings, name))
            number.show_keys(is_keyed=name in display.keyed, is_here=name in display.keys_here)
            number.set_usable(display.uses_picture or not number.field.of_picture)
        show_text(self.preset_button, display.preset or "Preset")
        self.others.show_joins(display.joins, display.others)
        self.copy_button.setEnabled(bool(display.others))
        show_text(
            self.copy_button,
            "Gives other objects these settings" if display.others else "There is no other object",
            "setToolTip",
        )

    def _open_presets(self) -> None:
        menu = self._menu()
        menu.setToolTipsVisible(True)
        for preset in PRESETS:
            action = menu.addAction(tr(preset.title))
            action.setToolTip(tr(preset.tip))
            action.setCheckable(True)
            action.setChecked(preset.title == self._shown.preset)
            action.setData(preset.title)
        menu.triggered.connect(self._take_preset)
        _open_below(menu, self.preset_button)

    def _open_copies(self) -> None:
        """Offers the other objects, each alone and all together."""
        menu = self._menu()
        for object_id, name in self._shown.others:
            menu.addAction(name).setData((object_id,))
        if len(self._shown.others) > 1:
            menu.addSeparator()
            menu.addAction(tr("All of them")).setData(tuple(object_id for object_id, _ in self._shown.others))
        menu.triggered.connect(self._take_copies)
        _open_below(menu, self.copy_button)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu

    def _take_preset(self, action: QAction) -> None:
        self.preset_chosen.emit(action.data())

    def _take_copies(self, action: QAction) -> None:
        self.copy_asked.emit(tuple(action.data()))


def _paint_button(icon_name: str, name: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(icon_name, TOKENS.dim))
    button.setAutoRaise(True)
    button.setAccessibleName(name)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button


def _menu_button(text: str) -> QPushButton:
    button = QPushButton(icon("chevron", TOKENS.dim), text)
    button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow stands behind the text
    button.setAccessibleName(text)
    return button


def _open_below(menu: QMenu, button: QWidget) -> None:
    menu.popup(button.mapToGlobal(QPoint(0, button.height())))
