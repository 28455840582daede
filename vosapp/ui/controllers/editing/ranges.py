"""Edits masks of many frames: copies, pastes, moves, deletes, approves; absence and cuts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject

from vosapp.core import cut_edits, edits, range_edits
from vosapp.core.document import Document, MaskStore, ObjectId, RotoObject
from vosapp.core.errors import UserError
from vosapp.core.range_edits import CopiedMasks
from vosapp.core.timeline import FrameRange
from vosapp.engine.job import JobContext
from vosapp.presentation.status import NoticeKind
from vosapp.ui.jobs.io_queue import IoQueue, IoTask
from vosapp.ui.session import Session


class AsksRange(Protocol):
    """Asks for a range of frames."""

    def ask_range(
        self,
        title: str,
        verb: str,
        *,
        proposed: FrameRange,
        frame_count: int,
        first_number: int,
        confirmed: Callable[[FrameRange], None],
    ) -> None:
        """Calls back with the range that the user confirmed."""


class RangeDialogs(AsksRange, Protocol):
    """Asks for a range, or for one and where it goes."""

    def ask_move(
        self,
        document: Document,
        mover: RotoObject,
        *,
        proposed: FrameRange,
        here: int,
        confirmed: Callable[[FrameRange, int, ObjectId], None],
    ) -> None:
        """Calls back with the range, the frames to move by and the object that the user confirmed."""


class RangeController(QObject):
    """Edits many frames of the active object at once, each time as one step."""

    def __init__(self, session: Session, dialogs: RangeDialogs, io: IoQueue, parent: QObject | None = None) -> None:
        """Makes the controller; `io` reads masks of long ranges."""
        super().__init__(parent)
        self._session = session
        self._dialogs = dialogs
        self._io = io
        self._copied: CopiedMasks | None = None

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids to handlers."""
        ask = self._ask_range
        return {
            "edit.copy": self.copy_here,
            "edit.copy_range": partial(ask, "Copy masks", "Copy", self.copy_range),
            "edit.paste": self.paste,
            "edit.move_range": self.ask_move,
            "edit.delete_range": partial(ask, "Delete masks", "Delete", self.delete_range),
            "edit.fold_paint": partial(ask, "Fold paint in", "Fold in", self.fold_paint),
            "edit.drop_paint": partial(ask, "Drop paint", "Drop", self.drop_paint),
            "edit.approve_range": partial(ask, "Approve masks", "Approve", self.approve_range),
            "edit.absent_range": partial(ask, "Not in the picture", "Mark", self.declare_absent),
            "edit.present_range": partial(ask, "In the picture after all", "Mark", self.declare_present),
            "mark.cut": self.toggle_cut,
        }

    # -- copying and moving ---------------------------------------------------------------------------------------

    def copy_here(self) -> None:
        """Remembers the mask that stands on this frame."""
        session, active = self._session, self._session.active
        here = session.shot.frame_index
        if active is not None and here in active.cells:
            self._copied = range_edits.copy_masks(session.document, session.editor.store, active.id, [here])

    def copy_range(self, frames: FrameRange) -> None:
        """Remembers the masks in a range. They are read in the background."""
        session, active = self._session, self._session.active
        if active is not None:
            body = partial(_copied, session.document, session.editor.store, active.id, frames)
            task = IoTask(
                body, "Copying masks", done=self._take_copied, failed=session.fail, can_cancel=True, reads=True
            )
            self._io.run(task)

    def paste(self) -> None:
        """Puts the remembered masks down as anchors, the first one on this frame."""
        session, copied = self._session, self._copied
        if copied is None:
            session.notify("There is no mask to paste yet.", "Copy one with Ctrl+C.")
            return
        store, here = session.editor.store, session.shot.frame_index
        label = "paste mask" if len(copied) == 1 else f"paste {len(copied)} masks"
        try:
            self._apply(label, lambda document, one: range_edits.paste_masks(document, store, one, copied, here))
        except UserError as error:
            session.fail(error)

    def ask_move(self) -> None:
        """Asks which masks go where."""
        session, active = self._session, self._session.active
        if active is not None:
            self._dialogs.ask_move(
                session.document,
                active,
                proposed=self._proposed(),
                here=session.shot.frame_index,
                confirmed=self.move_range,
            )

    def move_range(self, frames: FrameRange, by: int, to: ObjectId) -> None:
        """Moves the masks in a range by some frames, to another object or both."""
        self._apply("move masks", lambda document, one: range_edits.move_masks(document, one, frames, by=by, to=to))

    def move_anchor(self, object_id: ObjectId, frame_index: int, to: int) -> None:
        """Puts an anchor on another frame, unless the user has decided what stands there."""
        session, document = self._session, self._session.document
        item = document.object(object_id)
        there = item.cells.get(to)
        if there is not None and there.is_barrier:
            number = to + (document.clip.first_number if document.clip is not None else 0)
            what = "anchor" if there.is_anchor else "approved mask"
            text = f"{item.name} has an {what} on frame {number} already; the one that you dragged stays where it was."
            session.notify(text, "Delete that one first.")
            return
        by = to - frame_index
        session.editor.apply("move anchor", range_edits.move_masks(document, object_id, [frame_index], by=by))
        session.set(shot=replace(session.shot, frame_index=to, active_object=object_id))

    def _take_copied(self, copied: CopiedMasks) -> None:
        self._copied = copied
        count = len(copied)
        text = f"{count} mask{'s' * (count != 1)} copied."
        self._session.notify(text, "Ctrl+V puts the first one on the frame shown.", NoticeKind.GOOD)

    # -- what stands in a range -----------------------------------------------------------------------------------

    def approve_range(self, frames: FrameRange) -> None:
        """Approves the masks in a range."""
        self._apply("approve range", lambda document, one: edits.approve(document, one, frames))

    def fold_paint(self, frames: FrameRange) -> None:
        """Makes the painted predictions in a range anchors."""
        store = self._session.editor.store
        if self._has_paint(frames):
            self._apply("fold paint in", lambda document, one: edits.fold_paint(document, store, one, frames))

    def drop_paint(self, frames: FrameRange) -> None:
        """Takes the paint off the predictions in a range."""
        if self._has_paint(frames):
            self._apply("drop paint", lambda document, one: edits.drop_paint(document, one, frames))

    def _has_paint(self, frames: FrameRange) -> bool:
        session, active = self._session, self._session.active
        if active is None:
            return False
        has_paint = bool(edits.painted_frames(session.document, active.id, frames))
        if not has_paint:
            session.notify(f"No prediction of {active.name} is painted over there.")
        return has_paint

    def delete_range(self, frames: FrameRange) -> None:
        """Deletes the masks in a range."""
        self._apply("delete masks", lambda document, one: edits.delete_masks(document, one, frames))

    def declare_absent(self, frames: FrameRange) -> None:
        """Says that the object is not to be seen in a range."""
        self._apply("mark absent", lambda document, one: edits.declare_absent(document, one, frames))

    def declare_present(self, frames: FrameRange) -> None:
        """Takes back that the object is not to be seen in a range."""
        self._apply("mark present", lambda document, one: edits.declare_present(document, one, frames))

    def toggle_cut(self) -> None:
        """Says that a new shot begins on this frame, or takes that back."""
        document, here = self._session.document, self._session.shot.frame_index
        if document.clip is not None and here > 0:
            label = "take cut back" if here in document.cuts else "mark cut"
            self._session.editor.apply(label, cut_edits.toggle_cut(document, here))

    def _apply(self, label: str, edit: Callable[[Document, ObjectId], Document]) -> None:
        active = self._session.active
        if active is not None:
            self._session.editor.apply(label, edit(self._session.document, active.id))

    def _proposed(self) -> FrameRange:
        here = self._session.shot.frame_index
        return self._session.document.in_out or FrameRange(here, here)

    def _ask_range(self, title: str, verb: str, confirmed: Callable[[FrameRange], None]) -> None:
        session, active = self._session, self._session.active
        clip = session.document.clip
        if clip is not None and active is not None:
            self._dialogs.ask_range(
                f"{title}: {active.name}",
                verb,
                proposed=self._proposed(),
                frame_count=clip.frame_count,
                first_number=clip.first_number,
                confirmed=confirmed,
            )


def _copied(
    document: Document, store: MaskStore, object_id: ObjectId, frames: FrameRange, context: JobContext
) -> CopiedMasks:
    def watched(frame_index: int) -> int:
        context.check()
        context.progress(frame_index - frames.first, len(frames))
        return frame_index

    cells = document.object(object_id).cells
    here = [frame for frame in frames if frame in cells]
    return range_edits.copy_masks(document, store, object_id, here, watch=watched)
