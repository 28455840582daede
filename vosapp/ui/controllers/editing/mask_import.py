"""Imports masks of many frames that other programs made, as one undo step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject

from vosapp.core.document import Document, ObjectId
from vosapp.core.editor import Editor
from vosapp.core.errors import UserError
from vosapp.core.frame_words import frame_words
from vosapp.core.locked_words import UNLOCK_HINT, locked_words
from vosapp.core.mask_import import ImportOutcome, with_imported
from vosapp.presentation.status import NoticeKind
from vosapp.ui.jobs.io_queue import IoQueue, IoTask
from vosapp.ui.session import Session

if TYPE_CHECKING:
    from vosapp.engine.run.import_job import ImportedMasks
    from vosapp.ui.dialogs.import_masks import ImportChoice


class AsksMasks(Protocol):
    """Asks which masks to import."""

    def ask_masks(
        self, document: Document, active: ObjectId | None, *, here: int, confirmed: Callable[[ImportChoice], None]
    ) -> None:
        """Calls back with what the user confirms, if they do."""


class MaskImportController(QObject):
    """Imports masks as anchors, as approved frames, or as a hold-out."""

    def __init__(self, session: Session, dialogs: AsksMasks, io: IoQueue, parent: QObject | None = None) -> None:
        """Makes the controller; `io` reads the masks."""
        super().__init__(parent)
        self._session = session
        self._dialogs = dialogs
        self._io = io

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids to handlers."""
        return {"file.import_masks": self.ask}

    def ask(self) -> None:
        """Asks for the masks."""
        session = self._session
        if session.document.clip is None:
            return
        active = session.active
        self._dialogs.ask_masks(
            session.document,
            None if active is None else active.id,
            here=session.shot.frame_index,
            confirmed=self.read,
        )

    def read(self, choice: ImportChoice) -> None:
        """Reads what was asked for."""
        from vosapp.engine.run.import_job import import_body

        clip = self._session.document.clip
        if clip is not None:
            self._io.run(
                IoTask(
                    import_body(choice.path, clip, at=choice.at, meaning=choice.meaning),
                    f"Reading the masks of {choice.path.name}",
                    done=partial(self._take, self._session.editor, choice),
                    failed=self._session.fail,
                    can_cancel=True,
                    reads=True,
                )
            )

    def _take(self, editor: Editor, choice: ImportChoice, found: ImportedMasks) -> None:
        session = self._session
        if session.editor is not editor:
            return  # another clip was opened meanwhile
        try:
            document, outcome = with_imported(session.document, editor.store, found.masks.items(), choice.request)
        except UserError as error:
            session.fail(error)
            return
        if outcome.frames:
            editor.apply("import masks", document)
        made = next(iter(outcome.frames), None)
        if made is not None:
            session.set(shot=replace(session.shot, active_object=made))
        self._tell(document, outcome, found)

    def _tell(self, document: Document, outcome: ImportOutcome, found: ImportedMasks) -> None:
        first = document.clip.first_number if document.clip is not None else 0
        names = ", ".join(document.object(object_id).name for object_id in outcome.frames)
        frames = sorted({frame for some in outcome.frames.values() for frame in some})
        text = f"Masks of {names} were imported on {frame_words(frames, first)}." if frames else "No mask was imported."
        hints = [f"They were read as {found.understood}."] if found.understood else []
        kept = sorted({frame for some in outcome.kept.values() for frame in some})
        if outcome.locked:
            hints += [locked_words(document, outcome.locked), UNLOCK_HINT]
        if kept:
            hints.append(f"What was drawn or approved stays on {frame_words(kept, first)}.")
        if found.empty:
            hints.append(f"Nothing is inside on {frame_words(found.empty, first)}.")
        is_partial = bool(kept or found.empty or outcome.locked) or not frames
        kind = NoticeKind.WARNING if is_partial else NoticeKind.GOOD
        self._session.notify(text, " ".join(hints), kind)
