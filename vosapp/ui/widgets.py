"""Widgets that the panels share: headings, rules, tool buttons, segments, tooltips of what is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Generic, TypeVar

from PySide6.QtCore import QEvent, QObject, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QButtonGroup,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from vosapp.ui.icons import icon
from vosapp.ui.theme import TOKENS
from vosapp.ui.translation import NAME, show_text, translate_widgets

T = TypeVar("T")
_NUMBER_INDENT_PX = 6
_WINDOW_FRAME = QSize(2, 40)  # that a window's title and border take, roughly
LINE_END = "\n"


def label(text: str = "", role: str = "", *, wrap: bool = False, is_name: bool = False) -> QLabel:
    """A line of text, translated unless it is a name; the role ("heading", "dim", "title" ...) decides its look."""
    result = QLabel(text if is_name else "")
    if is_name:
        result.setProperty(NAME, True)
    elif text:
        show_text(result, text)
    if role:
        result.setProperty("role", role)
    result.setWordWrap(wrap)
    result.setTextFormat(Qt.TextFormat.PlainText)
    return result


def as_written(text: str) -> str:
    """A text for a tooltip or message box, which Qt would else take for HTML when it looks like it.

    Names come from files. As HTML they could pose as something else, and open the files that they mention.
    """
    if not GuiQt.mightBeRichText(text):
        return text
    return f"<qt>{escape(text, quote=False).replace(LINE_END, '<br>')}</qt>"


class Sign(QLabel):
    """An icon that stands beside a text. It follows the theme."""

    def __init__(self, name: str = "", colour: str = "", size_px: int = 16) -> None:
        super().__init__()
        self._name, self._colour, self._size_px = name, colour, size_px
        self._draw()

    def show_icon(self, name: str, colour: str) -> None:
        """Shows another icon."""
        self._name, self._colour = name, colour
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        """Draws it anew when the theme has changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def _draw(self) -> None:
        if self._name:
            self.setPixmap(icon(self._name, self._colour).pixmap(self._size_px, self._size_px))


class ElidedLabel(QLabel):
    """A line of text that never makes the window wider: what does not fit ends in dots, and the tooltip has all."""

    def __init__(self, role: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws as much of the text as there is room for."""
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        self.setToolTip(as_written(self.text()) if shown != self.text() else "")
        painter = QPainter(self)
        role, place = self.foregroundRole(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        self.style().drawItemText(painter, self.rect(), place, self.palette(), self.isEnabled(), shown, role)
        painter.end()


def indent_number(field: QAbstractSpinBox) -> None:
    """Sets the number of a field off from its border, which the style sheet cannot."""
    field.lineEdit().setTextMargins(_NUMBER_INDENT_PX, 0, 0, 0)


def dialog_column(dialog: QDialog, spacing_px: int) -> QVBoxLayout:
    """The column that a dialog's parts stand in. The dialog is as large as they ask for, within its screen."""
    dialog.installEventFilter(FitsScreen(dialog))
    column = QVBoxLayout(dialog)
    column.setContentsMargins(20, 18, 20, 18)
    column.setSpacing(spacing_px)
    return column


class FitsScreen(QObject):
    """Gives a dialog its language and its size when it is shown: by itself Qt takes two thirds of a screen at most."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Looks for the moment at which the dialog is shown."""
        if event.type() == QEvent.Type.Show and isinstance(watched, QDialog):
            translate_widgets(watched)
            fit_to_screen(watched)
        return False


def fit_to_screen(dialog: QDialog) -> None:
    """Makes a dialog as large as its parts ask for, or as it was set if that is more, but no larger than its screen."""
    layout, room = dialog.layout(), dialog.screen().availableSize()
    wanted = dialog.size().expandedTo(dialog.sizeHint())
    if layout is not None and layout.hasHeightForWidth():
        wanted.setHeight(max(dialog.height(), layout.totalHeightForWidth(wanted.width())))
    dialog.resize(wanted.boundedTo(room - _WINDOW_FRAME))


def button_row(*buttons: QWidget, left: Sequence[QWidget] = ()) -> QHBoxLayout:
    """The last row of a dialog: buttons at the right, and what else belongs there at the left."""
    row = QHBoxLayout()
    for widget in left:
        row.addWidget(widget)
    row.addStretch(1)
    for button in buttons:
        row.addWidget(button)
    return row


def set_role(widget: QWidget, role: str, name: str = "role") -> None:
    """Changes the look of a widget that is already shown."""
    if widget.property(name) != role:
        widget.setProperty(name, role)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def rule() -> QFrame:
    """A thin line between two parts of a panel."""
    result = QFrame()
    result.setProperty("role", "rule")
    return result


def tool_button(action: QAction, size_px: int = TOKENS.icon_px) -> QToolButton:
    """A button with the icon of an action. It takes no focus, so that keys stay with the viewer."""
    result = QToolButton()
    result.setDefaultAction(action)
    result.setIconSize(QSize(size_px, size_px))
    result.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    result.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    result.setAutoRaise(True)
    result.setAccessibleName(action.text())
    return result


class ActionButton(QPushButton):
    """A wide button for an action: it is enabled as the action is, and its tooltip says what the action's says."""

    def __init__(self, action: QAction, text: str = "") -> None:
        super().__init__(f"  {text or action.text()}")
        self._action = action
        self._is_named_after = not text
        self.setIcon(action.icon())
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        if self._is_named_after:
            self.setText(f"  {self._action.text()}")
        self.setEnabled(self._action.isEnabled())
        self.setToolTip(self._action.toolTip())


def stretch() -> QWidget:
    """An empty widget that takes the room that is left."""
    result = QWidget()
    result.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    return result


class Segments(QWidget, Generic[T]):
    """A row of joined buttons of which one is down.

    Signals:
        chosen: the value of the button that the user pressed. Setting a value from code is silent.
    """

    chosen = Signal(object)

    def __init__(self, choices: Sequence[tuple[T, str, str, str]], parent: QWidget | None = None) -> None:
        """Makes the buttons.

        Args:
            choices: (value, text, icon or "", tooltip) from left to right.
            parent: owner.
        """
        super().__init__(parent)
        self._values = [choice[0] for choice in choices]
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for place, (_, text, icon_name, tip) in enumerate(choices):
            button = QPushButton()
            show_text(button, text)
            button.setCheckable(True)
            button.setProperty("role", "segment")
            button.setProperty("place", "first" if place == 0 else "last" if place == len(choices) - 1 else "middle")
            show_text(button, tip, "setToolTip")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            if icon_name:
                button.setIcon(icon(icon_name, TOKENS.dim))
                button.setIconSize(QSize(16, 16))
            self._group.addButton(button, place)
            row.addWidget(button, 1)
        self._group.idClicked.connect(self._clicked)

    def set_value(self, value: T) -> None:
        """Presses the button of a value."""
        self._group.button(self._values.index(value)).setChecked(True)

    def set_choice_enabled(self, value: T, enabled: bool) -> None:
        """Greys one of the buttons."""
        self._group.button(self._values.index(value)).setEnabled(enabled)

    def button(self, value: T) -> QPushButton:
        """The button of a value."""
        button = self._group.button(self._values.index(value))
        if not isinstance(button, QPushButton):
            raise TypeError("a segment is a push button")
        return button

    def _clicked(self, place: int) -> None:
        self.chosen.emit(self._values[place])


class ToolTips(QObject):
    """Tooltips of a widget that is drawn: what there is to say of the place under the pointer.

    It watches the widget from outside: where Qt calls a widget's handlers within `super().event()` of Python's, an
    error in one of them ends the process in place of being told.
    """

    def __init__(self, widget: QWidget, explain: Callable[[QPointF], str]) -> None:
        """Watches a widget, which owns it; `explain` describes what lies under a point of it."""
        super().__init__(widget)
        self._widget, self._explain = widget, explain
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Answers where a tooltip is asked for."""
        if event.type() != QEvent.Type.ToolTip or not isinstance(event, QHelpEvent):
            return False
        QToolTip.showText(event.globalPos(), as_written(self._explain(QPointF(event.pos()))), self._widget)
        return True
