"""Takes a picture of the user's to lie behind cutouts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from vosapp.engine.job import JobContext
from vosapp.presentation.view_state import Backdrop, ViewMode
from vosapp.ui.dialogs.system import Dialogs
from vosapp.ui.jobs.io_queue import IoQueue, IoTask
from vosapp.ui.session import Session
from vosapp.ui.viewer.canvas import Canvas
from vosapp.video.source import RgbImage


class BackdropController(QObject):
    """Reads a background picture and shows it; it is kept until the window closes."""

    def __init__(
        self, session: Session, canvas: Canvas, dialogs: Dialogs, io: IoQueue, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = canvas
        self._dialogs = dialogs
        self._io = io

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids to handlers."""
        return {"view.backdrop_picture": self.ask}

    def ask(self) -> None:
        """Lets the user choose a picture."""
        path = self._dialogs.ask_backdrop()
        if path is not None:
            read = partial(_read, path)
            task = IoTask(read, f"Reading {path.name}", done=self._take, failed=self._session.fail, reads=True)
            self._io.run(task)

    def _take(self, picture: RgbImage) -> None:
        self._canvas.show_backdrop(picture)
        session = self._session
        session.set(
            app=replace(session.app, backdrop=Backdrop.PICTURE, has_backdrop_picture=True),
            shot=replace(session.shot, mode=ViewMode.CUTOUT),
        )


def _read(path: Path, _context: JobContext) -> RgbImage:
    from vosapp.video.stills.loaded_image import load_image

    return load_image(path).display
