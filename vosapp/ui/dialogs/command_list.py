"""command_list: an empty list of commands with their menus and keys, as the palette and the dialog of keys show it."""

from __future__ import annotations

from PySide6.QtWidgets import QHeaderView, QTreeWidget

COMMAND, MENU, KEYS = range(3)
"""Its columns."""


def command_list(name: str) -> QTreeWidget:
    """The list, with a name for screen readers; commands take the room that menus and keys leave."""
    made = QTreeWidget()
    made.setAccessibleName(name)
    made.setColumnCount(3)
    made.setRootIsDecorated(False)
    made.setUniformRowHeights(True)
    header = made.header()
    header.setStretchLastSection(False)
    header.setSectionResizeMode(COMMAND, QHeaderView.ResizeMode.Stretch)
    header.setSectionResizeMode(MENU, QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(KEYS, QHeaderView.ResizeMode.ResizeToContents)
    return made
