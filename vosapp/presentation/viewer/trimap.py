"""TrimapDisplay: what is painted over the edge of the active object's matte, and what the pen paints there."""

from __future__ import annotations

from dataclasses import dataclass

from vosapp.core.document import ObjectId, RotoObject
from vosapp.core.trimap import Trimap, TrimapKind
from vosapp.presentation.view_state import SHAPE_TOOLS, Tool, ViewMode, ViewState
from vosapp.presentation.viewer.overlay_style import argb

PAINT_TOOLS = (Tool.BRUSH, Tool.ERASER, *SHAPE_TOOLS)  # which can paint over an edge
_COLOURS = {TrimapKind.INSIDE: (60, 230, 120), TrimapKind.UNKNOWN: (255, 200, 40), TrimapKind.OUTSIDE: (255, 80, 90)}
_OPACITY = 0.6


@dataclass(frozen=True, slots=True)
class TrimapDisplay:
    """The trimap on the frame shown.

    Attributes:
        is_shown: whether it lies over the picture.
        object_id, frame_index: whose it is, and on which frame.
        trimap: what is painted; None where nothing is.
    """

    is_shown: bool = False
    object_id: ObjectId = 0
    frame_index: int = -1
    trimap: Trimap | None = None


def painted_kind(state: ViewState) -> TrimapKind | None:
    """What the pen paints over the edge; None where it paints the mask."""
    shot = state.shot
    return shot.trimap_brush if shot.matte_panel and state.app.tool in PAINT_TOOLS else None


def resolve_trimap(state: ViewState, active: RotoObject | None) -> TrimapDisplay:
    """The trimap for a view state: seen while it is painted, and in the view of the edge band."""
    shot = state.shot
    is_shown = painted_kind(state) is not None or (shot.mode is ViewMode.BAND and shot.matte_panel)
    if active is None or not is_shown or shot.peek or shot.playback.speed or not shot.shows(active.id):
        return TrimapDisplay()
    return TrimapDisplay(True, active.id, shot.picture_index, active.trimap_at(shot.picture_index))


def trimap_table() -> list[int]:
    """256 packed colours by the number of a kind: green is surely in, amber unknown, red surely out."""
    return [0, *(argb(_COLOURS[kind], _OPACITY) for kind in TrimapKind), *[0] * (255 - len(TrimapKind))]
