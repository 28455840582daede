"""Tool bar, view bar and status bar."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QMenu, QSlider, QToolButton, QVBoxLayout, QWidget

from vosapp.ui.action_set import ActionSet
from vosapp.ui.icons import icon
from vosapp.ui.theme import TOKENS
from vosapp.ui.viewer.gestures import LARGEST_BRUSH, SMALLEST_BRUSH
from vosapp.ui.widgets import ElidedLabel, label, stretch, tool_button

_SLIDER_STEPS = 200
_TOOL_GROUPS: tuple[tuple[tuple[str, ...], int], ...] = (
    (
        (
            "tool.brush",
            "tool.eraser",
            "tool.polygon",
            "tool.box",
            "tool.ellipse",
            "tool.select",
            "tool.hand",
        ),
        20,
    ),
    (("edit.undo", "edit.redo"), 18),
    (("edit.anchor", "edit.approve", "edit.delete"), 18),
)
_BRUSH_SPAN = math.log(LARGEST_BRUSH / SMALLEST_BRUSH)


class ToolBar(QWidget):
    """The tools, two beside one another: so many would be higher than a small screen."""

    def __init__(self, actions: ActionSet) -> None:
        super().__init__()
        self.setObjectName("ToolBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 8, 4, 8)
        column.setSpacing(0)
        for ids, size_px in _TOOL_GROUPS:
            grid = QGridLayout()
            grid.setSpacing(2)
            for place, action_id in enumerate(ids):
                grid.addWidget(tool_button(actions[action_id], size_px), place // 2, place % 2)
            column.addLayout(grid)
            column.addSpacing(10)
        column.addStretch(1)


class ViewBar(QWidget):
    """Brush size, the edge's softness, view modes, opacity and zoom.

    Signals:
        brush_chosen: diameter in picture pixels.
        opacity_chosen: 0 to 1.
    """

    brush_chosen = Signal(float)
    opacity_chosen = Signal(float)

    def __init__(self, actions: ActionSet) -> None:
        super().__init__()
        self.setObjectName("ViewBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._brush = self._slider(_SLIDER_STEPS, 104, "Brush size")
        self._brush_text = label("", "dim")
        self._brush_text.setFixedWidth(52)
        self._edge = self._edge_button(actions)
        self._opacity = self._slider(100, 84, "Overlay opacity")
        self._opacity.setToolTip("Opacity of the overlay")
        self._zoom = self._zoom_button(actions)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 12, 5)
        row.setSpacing(6)
        row.addWidget(label("Brush", "dim"))
        row.addWidget(self._brush)
        row.addWidget(self._brush_text)
        row.addWidget(self._edge)
        row.addWidget(stretch())
        for name in ("overlay", "outline", "matte", "cutout", "source"):
            row.addWidget(tool_button(actions[f"view.{name}"]))
        row.addSpacing(4)
        row.addWidget(label("Opacity", "dim"))
        row.addWidget(self._opacity)
        row.addSpacing(4)
        row.addWidget(tool_button(actions["view.onion"]))
        row.addWidget(tool_button(actions["view.wipe"]))
        row.addWidget(stretch())
        row.addWidget(self._zoom)
        row.addWidget(tool_button(actions["view.fit"]))
        self._brush.valueChanged.connect(self._brush_moved)
        self._opacity.valueChanged.connect(self._opacity_moved)

    def _slider(self, steps: int, width: int, name: str) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(0, steps)
        slider.setFixedWidth(width)
        slider.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        slider.setAccessibleName(name)
        return slider

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
        button.setMinimumWidth(64)
        menu = QMenu(button)
        names = ("view.fit", "view.100", "view.200", "view.zoom_in", "view.zoom_out")
        for action_id in names:
            menu.addAction(actions[action_id])
        button.setMenu(menu)
        return button

    def show_brush(self, brush_px: float, usable: bool) -> None:
        """Shows the brush size."""
        _set_silently(self._brush, _to_step(brush_px))
        self._brush_text.setText(f"{brush_px:.0f} px")
        self._brush.setEnabled(usable)

    def show_edge(self, soft_px: float, *, has_object: bool) -> None:
        """Shows how soft the edge of the object is."""
        self._edge.setText(f"Soft {soft_px:.3g} px" if soft_px else "Hard")
        self._edge.setEnabled(has_object)

    def show_opacity(self, opacity: float) -> None:
        """Shows the overlay's opacity."""
        _set_silently(self._opacity, round(opacity * 100))

    def show_zoom(self, percent: float) -> None:
        """Shows the zoom in percent, where 100 is one picture pixel on one device pixel."""
        self._zoom.setText(f"{percent:.0f} %" if percent >= 10 else f"{percent:.1f} %")

    def _brush_moved(self, step: int) -> None:
        self.brush_chosen.emit(_to_brush(step))

    def _opacity_moved(self, value: int) -> None:
        self.opacity_chosen.emit(value / 100)


class StatusBar(QWidget):
    """What to do next, and the pixel under the pointer."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("StatusBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._icon = QLabel()
        self._icon.setPixmap(icon("info", TOKENS.accent_hover).pixmap(15, 15))
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
        self._hint.setText(text)
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
