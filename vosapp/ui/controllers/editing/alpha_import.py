"""Imports masks from the clip's alpha channel, as one undo step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from vosapp.core import edits
from vosapp.core.document import Origin
from vosapp.core.editor import Editor
from vosapp.core.frame_words import frame_words
from vosapp.core.locked_words import UNLOCK_HINT, locked_words
from vosapp.core.timeline import FrameRange
from vosapp.presentation.status import NoticeKind
from vosapp.ui.controllers.editing.ranges import AsksRange
from vosapp.ui.jobs.io_queue import IoQueue, IoTask
from vosapp.ui.session import Session

if TYPE_CHECKING:
    from vosapp.engine.run.alpha_job import AlphaMasks


class AlphaController(QObject):
    """Imports the alpha of the source as anchors of the active object, or of a new one when there is none."""

    def __init__(self, session: Session, dialogs: AsksRange, io: IoQueue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._dialogs = dialogs
        self._io = io

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids to handlers."""
        return {"file.import_alpha": self.ask}

    def ask(self) -> None:
        """Asks for the frames."""
        session, clip = self._session, self._session.document.clip
        if clip is None:
            return
        here = session.shot.frame_index
        self._dialogs.ask_range(
            "Masks from the clip's alpha",
            "Import",
            proposed=session.document.in_out or FrameRange(here, here),
            frame_count=clip.frame_count,
            first_number=clip.first_number,
            confirmed=self.read,
        )

    def read(self, frames: FrameRange) -> None:
        """Reads the alpha of a range."""
        from vosapp.engine.run.alpha_job import alpha_body

        clip = self._session.document.clip
        if clip is not None:
            self._io.run(
                IoTask(
                    alpha_body(clip.path, frames),
                    "Reading the alpha channel",
                    done=partial(self._take, self._session.editor),
                    failed=self._session.fail,
                    can_cancel=True,
                    reads=True,
                )
            )

    def _take(self, editor: Editor, found: AlphaMasks) -> None:
        session, document = self._session, self._session.document
        if session.editor is not editor:
            return  # another clip was opened meanwhile
        active = session.active
        if active is not None and active.locked:
            session.notify(f"The alpha was not imported: {locked_words(document, [active.id])}", UNLOCK_HINT)
            return
        if active is not None:
            object_id = active.id
        else:
            document, object_id = edits.add_object(document)
        for frame_index, mask in found.masks.items():
            document = edits.set_mask(document, session.editor.store, object_id, frame_index, mask, Origin.IMPORTED)
        first_number = document.clip.first_number if document.clip else 0
        if found.masks:
            session.editor.apply("import alpha", document)
            session.set(shot=replace(session.shot, active_object=object_id))
            text = f"The alpha became anchors on {frame_words(found.masks, first_number)}."
        else:
            text = "No mask was imported."
        if found.damaged:
            hint = f"Left out, because the clip is damaged there: {frame_words(found.damaged, first_number)}."
            session.notify(text, hint, NoticeKind.WARNING)
        else:
            session.notify(text, kind=NoticeKind.GOOD)
