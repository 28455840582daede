"""Menu of the files that were opened last."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from vosapp.ui.translation import show_text, tr

SHOWN = 12


class RecentMenu(QMenu):
    """The clips and projects that were opened last, the newest first.

    Signals:
        path_chosen: one of them, as text.
        clear_asked: the list is to be forgotten.
    """

    path_chosen = Signal(str)
    clear_asked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__("", parent)
        show_text(self, "Open recent", "setTitle")
        self.setToolTipsVisible(True)
        self.show_paths(())

    def show_paths(self, paths: tuple[str, ...]) -> None:
        """Shows these files; greyed when there are none."""
        self.clear()
        for number, path in enumerate(paths[:SHOWN], 1):
            entry = self.addAction(f"{entry_number(number)}{entry_text(path)}")
            entry.setToolTip(path)
            entry.triggered.connect(partial(self._choose, path))
        if paths:
            self.addSeparator()
            self.addAction(tr("Forget these")).triggered.connect(self._ask_clear)
        self.menuAction().setEnabled(bool(paths))

    def _choose(self, path: str, _checked: bool = False) -> None:
        self.path_chosen.emit(path)

    def _ask_clear(self) -> None:
        self.clear_asked.emit()


def entry_number(number: int) -> str:
    """The digit that chooses an entry while the menu is open, for the first nine."""
    return f"&{number}  " if number < 10 else ""


def entry_text(path: str) -> str:
    """A file's name and the folder that it lies in; ampersands would else be taken for keys."""
    return f"{Path(path).name}  ({Path(path).parent.name})".replace("&", "&&")
