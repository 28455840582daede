"""Onion skin: which outlines of neighbouring frames are shown."""

from __future__ import annotations

from dataclasses import dataclass

from vosapp.core.document import ObjectId, RotoObject
from vosapp.core.mask import Digest
from vosapp.presentation.view_state import ViewMode, ViewState


@dataclass(frozen=True, slots=True)
class OnionLayer:
    """The active object's mask on a neighbouring frame, of which the outline is shown."""

    object_id: ObjectId
    frame_index: int
    digests: tuple[Digest | None, Digest | None, Digest | None]


def resolve_onion(state: ViewState, active: RotoObject | None) -> tuple[OnionLayer, ...]:
    """The masks of the active object before and after the picture; none while it plays or the source is looked at."""
    hidden = active is None or not state.shot.shows(active.id) or state.shot.peek or state.shot.mode is ViewMode.SOURCE
    if active is None or hidden or not state.app.onion or state.shot.playback.speed:
        return ()
    here = state.shot.picture_index
    beside = [(frame, active.cells.get(frame)) for frame in (here - 1, here + 1)]
    return tuple(
        OnionLayer(active.id, frame, (cell.base, cell.added, cell.removed))
        for frame, cell in beside
        if cell is not None
    )
