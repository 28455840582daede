"""Whatever can be used has a name for screen readers, in the window and in its dialogs."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QGraphicsView,
    QHeaderView,
    QLineEdit,
    QScrollBar,
    QWidget,
)

from tests.gui.window_driver import WindowDriver

USED = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QAbstractItemView, QComboBox, QGraphicsView, QLineEdit)
INNER = (QScrollBar, QHeaderView)


def nameless(root: QWidget) -> list[str]:
    """What can be used and has no name, as a screen reader would ask for it."""
    found = []
    for widget in root.findChildren(QWidget):
        parent = widget.parentWidget()
        is_inner = isinstance(widget, INNER) or isinstance(parent, QAbstractSpinBox | QComboBox)
        is_inner = is_inner or widget.objectName().startswith("qt_") or "Container" in type(widget).__name__
        if not isinstance(widget, USED) or is_inner or not widget.isVisibleTo(root):
            continue
        interface = QAccessible.queryAccessibleInterface(widget)
        if interface is not None and not interface.text(QAccessible.Text.Name).strip():
            place = parent.objectName() or type(parent).__name__ if parent is not None else ""
            found.append(f"{type(widget).__name__} {widget.toolTip()!r} in {place}")
    return found


def test_the_first_page(driver: WindowDriver) -> None:
    assert nameless(driver.window) == []


def test_the_window_with_a_clip(shot: WindowDriver) -> None:
    shot.workspace.viewing.view.set_brush(24)
    shot.click((50, 55))
    assert nameless(shot.window) == []
    for widget in (shot.window.canvas, shot.window.timeline):
        assert widget.accessibleName()


@pytest.mark.parametrize(
    "action_id",
    ["edit.settings", "edit.keys", "file.export", "file.clip_facts", "file.batch", "help.messages", "help.doctor"],
)
def test_dialogs(shot: WindowDriver, action_id: str) -> None:
    shot.workspace.viewing.view.set_brush(24)
    shot.click((50, 55))
    before = set(shot.window.findChildren(QDialog))
    shot.trigger(action_id)
    (dialog,) = set(shot.window.findChildren(QDialog)) - before
    assert nameless(dialog) == []
    dialog.reject()
