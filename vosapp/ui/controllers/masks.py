"""Everything that changes masks by hand: strokes, anchors, approval, deleting, copying, importing, undo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject

from vosapp.core import edits
from vosapp.core.document import Document, ObjectId, Origin, RotoObject
from vosapp.core.errors import UserError
from vosapp.core.mask import Mask
from vosapp.core.timeline import FrameRange
from vosapp.ui.session import Session
from vosapp.ui.view_state import NoticeKind
from vosapp.ui.viewer.live_stroke import Stroke
from vosapp.ui.viewer.raster import BoolImage


class MaskDialogs(Protocol):
    """Asks for files and ranges."""

    def ask_mask_file(self) -> Path | None:
        """The image that the user chose, None when they cancelled."""

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


class MaskController(QObject):
    """Edits masks of the active object."""

    def __init__(self, session: Session, dialogs: MaskDialogs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._dialogs = dialogs
        self._copied: Mask | None = None

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What the actions of this controller do."""
        return {
            "edit.undo": self.undo,
            "edit.redo": self.redo,
            "edit.copy": self.copy,
            "edit.paste": self.paste,
            "edit.delete": self.delete_here,
            "edit.delete_range": partial(self._ask_range, "Delete masks", "Delete", self.delete_range),
            "edit.anchor": self.make_anchor,
            "edit.approve": self.toggle_approved,
            "edit.approve_range": partial(self._ask_range, "Approve masks", "Approve", self.approve_range),
            "edit.absent_range": partial(self._ask_range, "Not in the picture", "Mark", self.declare_absent),
            "file.import_mask": self.ask_import,
        }

    def undo(self) -> None:
        """Takes back the last step."""
        self._session.editor.undo()

    def redo(self) -> None:
        """Does the step again that was taken back."""
        self._session.editor.redo()

    def take_stroke(self, stroke: Stroke) -> None:
        """Puts a finished stroke into the document; the first one of all makes an object."""
        session = self._session
        document, object_id, label = session.document, stroke.object_id, "erase" if stroke.erase else "paint"
        if all(item.id != object_id for item in document.objects):
            if stroke.erase:
                return
            document, object_id = edits.add_object(document)
        area = Mask.from_array(stroke.area)
        document = edits.stroke(document, session.editor.store, object_id, stroke.frame_index, area, erase=stroke.erase)
        session.editor.apply(label, document)
        session.set(active_object=object_id)

    def make_anchor(self) -> None:
        """Makes what stands on this frame an anchor."""
        session, active = self._session, self._session.active
        if active is not None and session.view.frame_index in active.cells:
            document = edits.make_anchor(session.document, session.editor.store, active.id, session.view.frame_index)
            session.editor.apply("make anchor", document)

    def toggle_approved(self) -> None:
        """Approves this frame, or takes the approval back."""
        session, active = self._session, self._session.active
        cell = active.cells.get(session.view.frame_index) if active is not None else None
        if active is not None and cell is not None:
            frames = [session.view.frame_index]
            document = edits.approve(session.document, active.id, frames, locked=not cell.locked)
            session.editor.apply("take approval back" if cell.locked else "approve", document)

    def approve_range(self, frames: FrameRange) -> None:
        """Approves the masks in a range."""
        self._apply("approve range", lambda document, object_id: edits.approve(document, object_id, frames))

    def delete_here(self) -> None:
        """Deletes the mask on this frame."""
        here = self._session.view.frame_index
        self._apply("delete mask", lambda document, object_id: edits.delete_masks(document, object_id, [here]))

    def delete_range(self, frames: FrameRange) -> None:
        """Deletes the masks in a range."""
        self._apply("delete masks", lambda document, object_id: edits.delete_masks(document, object_id, frames))

    def declare_absent(self, frames: FrameRange) -> None:
        """Says that the object is not to be seen in a range."""
        self._apply("mark absent", lambda document, object_id: edits.declare_absent(document, object_id, frames))

    def copy(self) -> None:
        """Remembers the mask that stands on this frame."""
        session, active = self._session, self._session.active
        if active is not None:
            self._copied = session.editor.mask(active.id, session.view.frame_index)

    def paste(self) -> None:
        """Makes the remembered mask an anchor of this frame."""
        if self._copied is None:
            self._session.notify("There is no mask to paste yet.", "Copy one with Ctrl+C.")
            return
        session, mask = self._session, self._copied
        store, here = session.editor.store, session.view.frame_index
        try:
            self._apply(
                "paste mask", lambda document, object_id: edits.set_mask(document, store, object_id, here, mask)
            )
        except UserError as error:
            session.fail(error)

    def ask_import(self) -> None:
        """Lets the user choose a mask image for this frame."""
        path = self._dialogs.ask_mask_file()
        if path is not None:
            self.import_mask(path)

    def import_mask(self, path: Path) -> None:
        """Imports a mask image as anchors of this frame.

        A single mask goes to the active object. Of several each goes to the object of its number, which is made
        when it is missing.
        """
        from vosapp.video.mask_image import read_object_masks

        session = self._session
        try:
            document = self._with_imported(read_object_masks(path))
        except UserError as error:
            session.fail(error)
            return
        session.editor.apply("import mask", document)
        session.notify(f"{path.name} is an anchor on this frame now.", kind=NoticeKind.GOOD)

    def _with_imported(self, masks: Mapping[int, BoolImage]) -> Document:
        session = self._session
        document, store = session.document, session.editor.store
        for number, array in masks.items():
            target = session.active if len(masks) == 1 else _numbered(document, number)
            if target is None:
                document, object_id = edits.add_object(document)
            else:
                object_id = target.id
            frame_index, mask = session.view.frame_index, Mask.from_array(array)
            document = edits.set_mask(document, store, object_id, frame_index, mask, Origin.IMPORTED)
        return document

    def _apply(self, label: str, edit: Callable[[Document, ObjectId], Document]) -> None:
        active = self._session.active
        if active is not None:
            self._session.editor.apply(label, edit(self._session.document, active.id))

    def _ask_range(self, title: str, verb: str, confirmed: Callable[[FrameRange], None]) -> None:
        session, active = self._session, self._session.active
        clip = session.document.clip
        if clip is None or active is None:
            return
        here = session.view.frame_index
        self._dialogs.ask_range(
            f"{title}: {active.name}",
            verb,
            proposed=session.document.in_out or FrameRange(here, here),
            frame_count=clip.frame_count,
            first_number=clip.first_number,
            confirmed=confirmed,
        )


def _numbered(document: Document, number: int) -> RotoObject | None:
    return next((item for item in document.objects if item.id == number), None)
