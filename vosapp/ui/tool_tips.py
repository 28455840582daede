"""Tooltips of widgets that are drawn: they depend on where the pointer is."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QToolTip, QWidget

from vosapp.ui.widgets import as_written


class ToolTips(QObject):
    """Shows what there is to say of the place under the pointer.

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
