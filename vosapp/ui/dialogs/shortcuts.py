"""F1 sheet: every key and gesture, from the registry of actions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from vosapp.presentation.action_tables.gestures import GESTURES, Gesture
from vosapp.presentation.action_tables.spec import ActionSpec
from vosapp.presentation.actions import ACTIONS, MENUS
from vosapp.ui.translation import tr
from vosapp.ui.widgets import label

_COLUMNS = (("Playback", "Help"), ("Tools", "Object"), ("View", "Propagate"), ("Edit", "File"))
KEYS_PX = 98
SHORT_KEY = 8  # a second key is shown where both are short


class ShortcutSheet(QDialog):
    """Shows what the keys do."""

    def __init__(self, specs: Sequence[ActionSpec] = ACTIONS, parent: QWidget | None = None) -> None:
        """Makes the sheet of these actions, with the keys that they have now."""
        super().__init__(parent)
        self.setWindowTitle("Keyboard and mouse")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        content = QWidget()
        columns = QHBoxLayout(content)
        columns.setContentsMargins(18, 16, 18, 18)
        columns.setSpacing(18)
        for groups in _COLUMNS:
            column = QVBoxLayout()
            column.setSpacing(6)
            for group in groups:
                _add_group(column, group, specs)
            column.addStretch(1)
            columns.addLayout(column)
        area = QScrollArea()
        area.setWidget(content)
        area.setWidgetResizable(True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)
        wanted = content.sizeHint()
        room = parent.size() if parent is not None else wanted  # on a small screen it scrolls
        self.resize(min(wanted.width() + 24, 1400, room.width()), min(wanted.height() + 16, 820, room.height()))


def _add_group(column: QVBoxLayout, group: str, specs: Sequence[ActionSpec]) -> None:
    heading = label(tr(group).upper(), "heading")
    heading.setContentsMargins(0, 8, 0, 2)
    column.addWidget(heading)
    grid = QGridLayout()
    grid.setHorizontalSpacing(6)
    grid.setVerticalSpacing(5)
    for row, (keys, text) in enumerate(sheet_lines(group, specs)):
        caps = QHBoxLayout()
        caps.setSpacing(4)
        for key in keys:
            caps.addWidget(label(key, "key"))
        caps.addStretch(1)
        grid.addLayout(caps, row, 0)
        grid.addWidget(label(text), row, 1)
    grid.setColumnStretch(1, 1)
    grid.setColumnMinimumWidth(0, KEYS_PX)
    column.addLayout(grid)


def sheet_lines(group: str, specs: Sequence[ActionSpec] = ACTIONS) -> list[tuple[list[str], str]]:
    """(keys as this platform writes them, text) of everything in a group that has keys."""
    lines = [(_native(spec.keys), tr(spec.text).rstrip("…")) for spec in _with_keys(group, specs)]
    if group == "Object":
        lines.append((["1 … 9"], "Select an object"))
    gestures: Iterable[Gesture] = (gesture for gesture in GESTURES if gesture.group == group)
    return lines + [([gesture.keys], gesture.text) for gesture in gestures]


def _with_keys(group: str, specs: Sequence[ActionSpec]) -> list[ActionSpec]:
    if group not in MENUS:
        raise ValueError(f"there is no group {group}")
    return [spec for spec in specs if spec.menu == group and spec.keys]


def _native(keys: tuple[str, ...]) -> list[str]:
    shown = [QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in keys]
    names = list(dict.fromkeys("Enter" if text == "Return" else text for text in shown))
    return names[:2] if all(len(name) <= SHORT_KEY for name in names[:2]) else names[:1]
