"""Opens files that are dropped on the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from vosapp.ui.main_window import MainWindow
from vosapp.ui.session import Session


class DropController(QObject):
    """Opens what is dropped on the window; an image dropped on a clip is a mask for this frame."""

    def __init__(
        self,
        session: Session,
        window: MainWindow,
        *,
        open_path: Callable[[Path], None],
        import_mask: Callable[[Path], None],
    ) -> None:
        """Follows the window, which owns it."""
        super().__init__(window)
        self._session = session
        self._open_path = open_path
        self._import_mask = import_mask
        window.dropped.connect(self.take)

    def take(self, paths: list[Path]) -> None:
        """Takes the first of the paths."""
        from vosapp.core.paths import IMAGE_SUFFIXES

        path = paths[0]
        if self._session.document.clip is not None and path.suffix.lower() in IMAGE_SUFFIXES and path.is_file():
            self._import_mask(path)
        else:
            self._open_path(path)
