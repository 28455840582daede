"""The transform tool on the document: whose mask it drags, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject

from vosapp.core.document import Cell, ObjectId, RotoObject
from vosapp.core.errors import UserError
from vosapp.core.mask import Mask
from vosapp.presentation.placement import Placement, placed_mask
from vosapp.presentation.selection import Selection, take
from vosapp.presentation.view_state import Tool
from vosapp.ui.session import Session
from vosapp.ui.viewer.pen import Pen


@dataclass(frozen=True, slots=True)
class _Held:
    """The mask that is dragged: of which document, object and frame, and what stands there."""

    editor_id: int
    object_id: ObjectId
    frame_index: int
    cell: Cell


class TransformController(QObject):
    """Gives the tool the mask of the active object on the frame shown, and takes it back in one undo step.

    Another frame, object or tool takes what was dragged, as Enter does. Where the mask itself became another one
    meanwhile, by undo or a run, the drag is dropped.
    """

    def __init__(self, session: Session, pen: Pen, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._tool = session, pen.transform
        self._held: _Held | None = None
        self._mask: Mask | None = None
        session.changed.connect(self._follow)
        pen.transform.changed.connect(self._tell)

    def take(self) -> None:
        """Puts the mask where it was dragged."""
        held, mask, placement = self._held, self._mask, self._tool.placement
        self._held = self._mask = None  # what follows is another mask
        if held is not None and mask is not None and placement is not None and placement.is_changed:
            self._put(held, mask, placement)
        self._tell()
        self._follow()

    def drop(self) -> None:
        """Puts the mask where it was."""
        self._tool.reset()

    def _put(self, held: _Held, mask: Mask, placement: Placement) -> None:
        session = self._session
        moved = Mask.from_array(placed_mask(mask.array(), placement))
        selection = Selection(held.frame_index, held.object_id, mask=moved)
        document, _ = take(session.document, session.editor.store, selection)
        self._tool.end()
        session.editor.apply("transform", document)

    def _follow(self) -> None:
        """Looks which mask there is to drag."""
        wanted = self._wanted()
        if wanted == self._held:
            return
        before = self._held
        if before is not None and self._is_dragged and self._still_stands(before):
            self.take()
            return
        self._held = self._mask = None
        if wanted is None:
            self._tool.end()
        else:
            self._begin(wanted)
        self._tell()

    def _begin(self, wanted: _Held) -> None:
        session = self._session
        try:
            mask = session.editor.mask(wanted.object_id, wanted.frame_index)
        except UserError:  # damaged: told where it is shown
            mask = None
        if mask is None or mask.is_empty:
            self._tool.end()
            return
        self._held, self._mask = wanted, mask
        self._tool.begin(mask, session.document.object(wanted.object_id).colour)

    def _wanted(self) -> _Held | None:
        session, active = self._session, self._session.active
        shot = session.shot
        if session.app.tool is not Tool.TRANSFORM or active is None or active.locked or shot.playback.speed:
            return None
        if shot.picture_index != shot.frame_index:
            return None
        return self._held_on(active, shot.frame_index)

    def _held_on(self, item: RotoObject, frame_index: int) -> _Held | None:
        cell = item.cells.get(frame_index)
        return None if cell is None else _Held(id(self._session.editor), item.id, frame_index, cell)

    def _still_stands(self, held: _Held) -> bool:
        item = next((o for o in self._session.document.objects if o.id == held.object_id), None)
        return item is not None and self._held_on(item, held.frame_index) == held

    @property
    def _is_dragged(self) -> bool:
        placement = self._tool.placement
        return placement is not None and placement.is_changed

    def _tell(self) -> None:
        transforming = self._held is not None and self._is_dragged
        if transforming != self._session.shot.transforming:
            self._session.set(shot=replace(self._session.shot, transforming=transforming))
