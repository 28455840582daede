"""Edits the mask of one frame: strokes, anchors, approval, deletion, import, undo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject

from vosapp.core import edits
from vosapp.core.changed_frames import changed_frames, nearest
from vosapp.core.document import Document, ObjectId, RotoObject
from vosapp.core.editor import Editor
from vosapp.core.errors import MaskError, UserError
from vosapp.core.locked_words import UNLOCK_HINT, locked_words
from vosapp.core.mask import Mask
from vosapp.core.mask_import import ImportRequest, with_imported
from vosapp.core.pen_shape import Combine
from vosapp.core.shape_edits import draw_shape
from vosapp.core.trimap import TrimapKind
from vosapp.core.trimap_edits import paint_trimap
from vosapp.presentation.status import Notice, NoticeKind
from vosapp.presentation.viewer.cleanup import is_open, part_at
from vosapp.presentation.viewer.raster import Point
from vosapp.ui.controllers.editing.shapes import ShapeController
from vosapp.ui.jobs.io_queue import IoQueue, IoTask
from vosapp.ui.session import Session
from vosapp.ui.viewer.live_stroke import Stroke
from vosapp.ui.viewer.pen import Pen

if TYPE_CHECKING:
    from vosapp.engine.run.import_job import ImportedMasks


class MaskDialogs(Protocol):
    """Asks for files."""

    def ask_mask_file(self) -> Path | None:
        """The image that the user chose, None when they cancelled."""


class MaskController(QObject):
    """Edits masks of the active object."""

    def __init__(
        self,
        session: Session,
        dialogs: MaskDialogs,
        io: IoQueue,
        *,
        shapes: ShapeController,
        parent: QObject | None = None,
    ) -> None:
        """Makes the controller; `io` reads images, `shapes` is told of each shape that is drawn."""
        super().__init__(parent)
        self.shapes = shapes
        self._session = session
        self._dialogs = dialogs
        self._io = io

    def connect_pen(self, pen: Pen) -> None:
        """Takes the pen's strokes; whoever paints goes on without what a message offers."""
        pen.stroke_started.connect(self._session.drop_offer)
        pen.stroke_finished.connect(self.take_stroke)
        pen.filled.connect(self.fill)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids to handlers."""
        return {
            "edit.undo": self.undo,
            "edit.redo": self.redo,
            "edit.delete": self.delete_here,
            "edit.approve": self.toggle_approved,
            "file.import_mask": self.ask_import,
        }

    def undo(self) -> None:
        """Takes back the last step, and goes to where it was."""
        before, label = self._session.document, self._session.editor.undo_label
        self._session.editor.undo()
        self._show_change(before, f"Undone: {label}")

    def redo(self) -> None:
        """Does the step again that was taken back, and goes to where it is."""
        before, label = self._session.document, self._session.editor.redo_label
        self._session.editor.redo()
        self._show_change(before, f"Done again: {label}")

    def _show_change(self, before: Document, what: str) -> None:
        """Goes to the nearest frame that changed and names the change, unless it is to be seen here."""
        session, here = self._session, self._session.shot.frame_index
        frames = changed_frames(before, session.document)
        target = nearest(frames, here)
        if target is None or target == here or session.shot.playback.speed:
            return
        clip = session.document.clip
        number = target + (clip.first_number if clip is not None else 0)
        session.set(shot=replace(session.shot, frame_index=min(target, session.last_frame)))
        session.notify(f"{what}, on frame {number}.")

    def take_stroke(self, stroke: Stroke) -> None:
        """Puts a finished stroke into the document; the first one of all makes an object."""
        session = self._session
        if stroke.trimap is not None:
            self._paint_edge(stroke, stroke.trimap)
            return
        document, object_id, label = session.document, stroke.object_id, _label(stroke)
        if all(item.id != object_id for item in document.objects):
            if stroke.erase:
                return
            document, object_id = edits.add_object(document)
        area, store = Mask.from_array(stroke.area), session.editor.store
        if stroke.shape is not None:
            document = draw_shape(
                document, store, object_id, stroke.frame_index, shape=stroke.shape, combine=stroke.combine, area=area
            )
            self.shapes.note(stroke.shape)
        else:
            document = edits.stroke(document, store, object_id, stroke.frame_index, area, erase=stroke.erase)
        session.editor.apply(label, document)
        session.set(shot=replace(session.shot, active_object=object_id))
        if stroke.hidden_by:
            self._tell_hidden(document.object(object_id), document.object(stroke.hidden_by))

    def _paint_edge(self, stroke: Stroke, kind: TrimapKind) -> None:
        """Puts what was painted over the edge of a matte into the document."""
        session, area = self._session, Mask.from_array(stroke.area)
        try:
            document = paint_trimap(
                session.document,
                session.editor.store,
                stroke.object_id,
                stroke.frame_index,
                area=area,
                kind=None if stroke.erase else kind,
            )
        except MaskError as error:
            session.fail(error)
            return
        session.editor.apply("erase edge paint" if stroke.erase else "paint edge", document)

    def _tell_hidden(self, painted: RotoObject, front: RotoObject) -> None:
        """Says why a stroke is not to be seen."""
        text = f"{painted.name} lies behind {front.name}, which hides most of that stroke."
        self._session.show_notice(Notice(text, action="object.raise", verb=f"Bring {painted.name} forward"))

    def make_anchor(self) -> None:
        """Makes what stands on this frame an anchor."""
        session, active = self._session, self._session.active
        if active is not None and session.shot.frame_index in active.cells:
            document = edits.make_anchor(session.document, session.editor.store, active.id, session.shot.frame_index)
            session.editor.apply("make anchor", document)

    def toggle_approved(self) -> None:
        """Approves this frame, or takes the approval back."""
        session, active = self._session, self._session.active
        cell = active.cells.get(session.shot.frame_index) if active is not None else None
        if active is not None and cell is not None:
            frames = [session.shot.frame_index]
            document = edits.approve(session.document, active.id, frames, locked=not cell.locked)
            session.editor.apply("take approval back" if cell.locked else "approve", document)

    def delete_here(self) -> None:
        """Deletes the mask on this frame."""
        here = self._session.shot.frame_index
        self._apply("delete mask", lambda document, object_id: edits.delete_masks(document, object_id, [here]))

    def fill(self, point: Point, erase: bool) -> None:
        """Fills the hole at a picture point, or takes the part there away."""
        session, active, here = self._session, self._session.active, self._session.shot.frame_index
        mask = session.editor.mask(active.id, here) if active is not None else None
        if active is None or mask is None:
            return
        session.drop_offer()
        pixels = mask.array()
        area = part_at(pixels if erase else ~pixels, point)
        if area is None:
            return
        if not erase and is_open(area):
            session.notify(f"That is no hole: nothing of {active.name} closes it.", "Close the outline first.")
            return
        document = edits.stroke(
            session.document, session.editor.store, active.id, here, Mask.from_array(area), erase=erase
        )
        session.editor.apply("remove part" if erase else "fill", document)

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
        from vosapp.engine.run.import_job import import_body

        session, clip = self._session, self._session.document.clip
        if clip is None:
            return
        here = session.shot.frame_index
        done = partial(self._take_imported, path, session.editor, here)
        self._io.run(
            IoTask(
                import_body(path, clip, at=here),
                f"Reading {path.name}",
                done=done,
                failed=session.fail,
                can_cancel=True,
                reads=True,
            )
        )

    def _take_imported(self, path: Path, editor: Editor, frame_index: int, read: ImportedMasks) -> None:
        session = self._session
        if session.editor is not editor:
            return  # another clip was opened meanwhile
        masks = read.masks[frame_index]
        if len(masks) == 1:
            masks = {None: next(iter(masks.values()))}
        request = ImportRequest(target=session.active.id if session.active is not None else None, replace=True)
        try:
            document, outcome = with_imported(session.document, editor.store, [(frame_index, masks)], request)
        except UserError as error:
            session.fail(error)
            return
        locked = locked_words(document, outcome.locked) if outcome.locked else ""
        if not outcome.frames:
            session.notify(f"{path.name} was not imported: {locked}", UNLOCK_HINT, NoticeKind.WARNING)
            return
        editor.apply("import mask", document)
        where = "this frame" if frame_index == session.shot.frame_index else "the frame that was shown"
        text = f"{path.name} is an anchor on {where} now. It was read as {read.understood}. {locked}".rstrip()
        session.show_notice(Notice(text, kind=NoticeKind.GOOD, action="file.import_masks", verb="Read it otherwise…"))

    def _apply(self, label: str, edit: Callable[[Document, ObjectId], Document]) -> None:
        active = self._session.active
        if active is not None:
            self._session.editor.apply(label, edit(self._session.document, active.id))


def _label(stroke: Stroke) -> str:
    """What was done, as the menu shows it after "Undo"."""
    if stroke.combine is Combine.INTERSECT:
        return "intersect"
    return "erase" if stroke.erase else "paint"
