"""Tool bar, view bar and status bar."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QMenu, QSlider, QToolButton, QVBoxLayout, QWidget

from vosapp.presentation.select_display import SelectorDisplay
from vosapp.ui.action_set import ActionSet
from vosapp.ui.panels.yielding_bar import YieldingBar
from vosapp.ui.theme import TOKENS
from vosapp.ui.translation import show_text, tr
from vosapp.ui.viewer.gestures import LARGEST_BRUSH, SMALLEST_BRUSH
from vosapp.ui.widgets import ElidedLabel, Sign, label, stretch, tool_button

_SLIDER_STEPS = 200
_ICON_PX, _SPACING_PX, _GAP_PX, _MARGIN_PX = 20, 2, 8, 8
_SELECTOR_PX = 190
_BRUSH_SPAN = math.log(LARGEST_BRUSH / SMALLEST_BRUSH)


class ToolBar(QWidget):
    """The tools, one above the other, in two columns where the window is low."""

    GROUPS = (
        (
            "tool.brush",
            "tool.eraser",
            "tool.polygon",
            "tool.box",
            "tool.ellipse",
            "tool.fill",
            "tool.transform",
            "tool.select",
            "tool.scribble",
            "tool.hand",
        ),
        ("edit.undo", "edit.redo"),
        ("edit.anchor", "edit.approve", "edit.delete"),
    )

    def __init__(self, actions: ActionSet) -> None:
        super().__init__()
        self.setObjectName("ToolBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._groups = [[tool_button(actions[name], _ICON_PX) for name in group] for group in self.GROUPS]
        self._grids = [QGridLayout() for _ in self._groups]
        column = QVBoxLayout(self)
        column.setContentsMargins(6, _MARGIN_PX, 6, _MARGIN_PX)
        column.setSpacing(_GAP_PX)
        for grid in self._grids:
            grid.setSpacing(_SPACING_PX)
            column.addLayout(grid)
        column.addStretch(1)
        self.column_count = 0
        self._arrange(1)

    def minimumSizeHint(self) -> QSize:
        """The height of two columns."""
        return QSize(super().minimumSizeHint().width(), self._height_of(2))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Takes as many columns as the height asks for."""
        super().resizeEvent(event)
        self._arrange(1 if self.height() >= self._height_of(1) else 2)

    def _arrange(self, columns: int) -> None:
        if columns == self.column_count:
            return
        self.column_count = columns
        for grid, buttons in zip(self._grids, self._groups, strict=True):
            for place, button in enumerate(buttons):
                grid.addWidget(button, *divmod(place, columns))

    def _height_of(self, columns: int) -> int:
        button_px = max(button.sizeHint().height() for group in self._groups for button in group)
        rows = [math.ceil(len(group) / columns) for group in self._groups]
        inside = sum(row * button_px + (row - 1) * _SPACING_PX for row in rows)
        return inside + len(rows) * _GAP_PX + 2 * _MARGIN_PX


class ViewBar(YieldingBar):
    """Brush size, softness, view modes, opacity and zoom; labels and the opacity go where the window is narrow.

    With a tool that asks for masks by marks, the choice of who is asked stands in the place of the brush.

    Signals:
        brush_chosen: diameter in picture pixels.
        selector_chosen: name of what is to propose masks.
        opacity_chosen: 0 to 1.
    """

    brush_chosen = Signal(float)
    selector_chosen = Signal(str)
    opacity_chosen = Signal(float)

    def __init__(self, actions: ActionSet) -> None:
        super().__init__()
        self.setObjectName("ViewBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._brush = self._slider(_SLIDER_STEPS, 104, "Brush size")
        self.selectors = self._selector_list()
        self._size, self._brush_text = "", label("", "dim")
        self._brush_text.setFixedWidth(52)
        self._edge = self._edge_button(actions)
        self._opacity = self._slider(100, 84, "Overlay opacity")
        self._opacity.setToolTip("Opacity of the overlay")
        self._zoom = self._zoom_button(actions)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 12, 5)
        row.setSpacing(6)
        self._brush_label, opacity_label = label("Brush", "dim"), label("Opacity", "dim")
        row.addWidget(self._brush_label)
        row.addWidget(self._brush)
        row.addWidget(self.selectors)
        row.addWidget(self._brush_text)
        row.addWidget(self._edge)
        row.addWidget(stretch())
        for name in ("overlay", "outline", "matte", "cutout", "source"):
            row.addWidget(tool_button(actions[f"view.{name}"]))
        row.addSpacing(4)
        row.addWidget(opacity_label)
        row.addWidget(self._opacity)
        row.addSpacing(4)
        row.addWidget(tool_button(actions["view.onion"]))
        row.addWidget(tool_button(actions["view.wipe"]))
        row.addWidget(stretch())
        row.addWidget(self._zoom)
        row.addWidget(tool_button(actions["view.fit"]))
        self.let_yield(opacity_label, self._brush_label, self._brush_text, self._opacity, self._edge)
        self._brush.valueChanged.connect(self._brush_moved)
        self.selectors.activated.connect(self._choose_selector)
        self._opacity.valueChanged.connect(self._opacity_moved)

    def _slider(self, steps: int, width: int, name: str) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, steps)
        slider.setFixedWidth(width)
        slider.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        slider.setAccessibleName(name)
        return slider

    def _selector_list(self) -> QComboBox:
        """What proposes masks from marks; hidden until a tool that marks is in hand."""
        menu = QComboBox()
        menu.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        menu.setAccessibleName(tr("Select with"))
        menu.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        menu.setMaximumWidth(_SELECTOR_PX)
        menu.hide()
        return menu

    def _edge_button(self, actions: ActionSet) -> QToolButton:
        """Tells how soft the object's edge is, and opens its settings."""
        button = QToolButton()
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setAutoRaise(True)
        button.setMinimumWidth(58)
        button.setAccessibleName("Softness of the edge")
        button.setToolTip(
            "Edge of the object's matte (Ctrl+M)\nShift+[ hardens, Shift+] softens it; so does Ctrl+drag up and down"
        )
        button.clicked.connect(actions["object.matte"].trigger)
        return button

    def _zoom_button(self, actions: ActionSet) -> QToolButton:
        button = QToolButton()
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setToolTip("Zoom")
        button.setMinimumWidth(72)
        menu = QMenu(button)
        names = ("view.fit", "view.100", "view.200", "view.zoom_in", "view.zoom_out")
        for action_id in names:
            menu.addAction(actions[action_id])
        button.setMenu(menu)
        return button

    def show_brush(self, brush_px: float, usable: bool) -> None:
        """Shows the brush size."""
        _set_silently(self._brush, _to_step(brush_px))
        self._size = f"{brush_px:.0f} px"
        self._brush_text.setText(self._size if self.selectors.isHidden() else "")
        self._brush.setEnabled(usable)

    def show_selector(self, display: SelectorDisplay) -> None:
        """Shows what can propose masks and what is asked; nothing of it, but the brush, without choices."""
        marks = bool(display.choices)
        self.selectors.clear()
        for place, choice in enumerate(display.choices):
            self.selectors.addItem(tr(choice.title), choice.name)
            self.selectors.setItemData(place, tr(choice.summary), Qt.ItemDataRole.ToolTipRole)
        self.selectors.setCurrentIndex(max(0, self.selectors.findData(display.choice)))
        self.selectors.setToolTip("\n".join(f"{tr(one.title)}: {tr(one.summary)}" for one in display.choices))
        self._brush_label.setText(tr("Select with" if marks else "Brush"))
        self._brush_text.setText("" if marks else self._size)
        self._brush.setVisible(not marks)
        self.selectors.setVisible(marks)

    def show_edge(self, soft_px: float, *, has_object: bool) -> None:
        """Shows how soft the edge of the object is."""
        show_text(self._edge, f"Soft {soft_px:.3g} px" if soft_px else "Hard")
        self._edge.setEnabled(has_object)

    def show_opacity(self, opacity: float) -> None:
        """Shows the overlay's opacity."""
        _set_silently(self._opacity, round(opacity * 100))

    def show_zoom(self, percent: float) -> None:
        """Shows the zoom in percent, where 100 is one picture pixel on one device pixel."""
        self._zoom.setText(f"{percent:.0f} %" if percent >= 10 else f"{percent:.1f} %")

    def _brush_moved(self, step: int) -> None:
        self.brush_chosen.emit(_to_brush(step))

    def _choose_selector(self, place: int) -> None:
        self.selector_chosen.emit(self.selectors.itemData(place))

    def _opacity_moved(self, value: int) -> None:
        self.opacity_chosen.emit(value / 100)


class StatusBar(QWidget):
    """What to do next, and the pixel under the pointer."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("StatusBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._icon = Sign("info", TOKENS.accent_hover, 15)
        self._hint = ElidedLabel("dim")
        self._readout = label("", "dim")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 12, 4)
        row.setSpacing(7)
        row.addWidget(self._icon)
        row.addWidget(self._hint, 1)
        row.addWidget(self._readout)
        self.setFixedHeight(28)

    def show_hint(self, text: str) -> None:
        """Shows the next step."""
        self._hint.setText(tr(text))
        self._icon.setVisible(bool(text))

    def show_readout(self, text: str) -> None:
        """Shows what is under the pointer."""
        self._readout.setText(text)

    @property
    def hint(self) -> str:
        """The text of the next step."""
        return self._hint.text()

    @property
    def readout(self) -> str:
        """The text about the pixel under the pointer."""
        return self._readout.text()


def _to_step(brush_px: float) -> int:
    """Slider positions go by ratio, so that small brushes can be set as finely as large ones."""
    return round(_SLIDER_STEPS * math.log(max(brush_px, SMALLEST_BRUSH) / SMALLEST_BRUSH) / _BRUSH_SPAN)


def _to_brush(step: int) -> float:
    return max(1.0, round(SMALLEST_BRUSH * math.exp(_BRUSH_SPAN * step / _SLIDER_STEPS)))


def _set_silently(slider: QSlider, value: int) -> None:
    slider.blockSignals(True)
    slider.setValue(value)
    slider.blockSignals(False)
