"""Changes: the pixels of the active object's mask that differ from another mask of it, and in which way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vosapp.core.document import Cell, ObjectId, RotoObject
from vosapp.core.mask import BoolImage, Digest
from vosapp.presentation.view_state import Changes, ViewMode, ViewState
from vosapp.presentation.viewer.layers import Labels
from vosapp.presentation.viewer.overlay_style import argb

MORE, LESS = 1, 2  # labels: in this mask alone, and missing in this mask alone
_MORE_COLOUR, _LESS_COLOUR = (60, 230, 120), (255, 70, 200)
_OPACITY = 0.85

Digests = tuple[Digest | None, Digest | None, Digest | None]


@dataclass(frozen=True, slots=True)
class ChangesDisplay:
    """What the mask on the frame shown is compared with; `digests` tell whether any of the masks is another one now."""

    kind: Changes = Changes.OFF
    object_id: ObjectId = 0
    frame_index: int = -1
    digests: tuple[Digests, ...] = ()


def resolve_changes(state: ViewState, active: RotoObject | None) -> ChangesDisplay:
    """The comparison for a view state; none while the clip plays, or where there is nothing to compare."""
    shot = state.shot
    if active is None or not shot.shows(active.id) or shot.peek or shot.mode is ViewMode.SOURCE or shot.playback.speed:
        return ChangesDisplay()
    here = active.cells.get(shot.picture_index)
    if shot.changes is Changes.FLICKER:
        others = [active.cells.get(shot.picture_index + step) for step in (-1, 1)]
    elif shot.changes is Changes.RUN and shot.before_run is not None:
        before = next((item for item in shot.before_run.objects if item.id == active.id), None)
        others = [before.cells.get(shot.picture_index) if before is not None else None]
    else:
        return ChangesDisplay()
    if here is None or any(cell is None for cell in others):
        return ChangesDisplay()
    digests = tuple(_digests(cell) for cell in (here, *others) if cell is not None)
    return ChangesDisplay(shot.changes, active.id, shot.picture_index, digests)


def difference_labels(now: BoolImage, before: BoolImage) -> Labels:
    """Labels (height, width) of pixels that came and of those that went."""
    return _labels(now & ~before, before & ~now)


def flicker_labels(now: BoolImage, before: BoolImage, after: BoolImage) -> Labels:
    """Labels (height, width) of pixels that are in a frame's mask and in neither neighbour's, and the other way round.

    An edge that moves on in one direction makes none of either.
    """
    return _labels(now & ~before & ~after, ~now & before & after)


def changes_table() -> list[int]:
    """256 packed colours by label: green for what there is more of, magenta for what there is less of."""
    return [0, argb(_MORE_COLOUR, _OPACITY), argb(_LESS_COLOUR, _OPACITY), *[0] * 253]


def _labels(more: BoolImage, less: BoolImage) -> Labels:
    return more.astype(np.uint8) * np.uint8(MORE) + less.astype(np.uint8) * np.uint8(LESS)


def _digests(cell: Cell) -> Digests:
    return cell.base, cell.added, cell.removed
