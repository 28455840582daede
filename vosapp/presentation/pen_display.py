"""What the pen does now: tool, brush and object, and the shape whose points can be moved."""

from __future__ import annotations

from dataclasses import dataclass

from vosapp.core.document import OBJECT_COLOURS, Colour, Document, ObjectId, RotoObject
from vosapp.core.pen_shape import PenShape
from vosapp.core.trimap import TrimapKind
from vosapp.presentation.view_state import SHAPE_TOOLS, Tool, ViewState
from vosapp.presentation.viewer.trimap import painted_kind


@dataclass(frozen=True, slots=True)
class PenDisplay:
    """Tool, brush, the object that they change, and the shape whose points can be moved.

    Attributes:
        tool: of the tool bar.
        brush_px: diameter in picture pixels.
        pressure: a tablet's pressure makes the stroke thinner.
        object_id: whose mask it changes, 0 for a new object's.
        colour: of that object, None for a new object's.
        usable: strokes can be made now.
        soft_px: width of the soft edge that the object's matte has, in picture pixels.
        shape: in the mask, whose points can be moved; None without one.
        trimap: what it paints over the edge of the object's matte; None where it paints the mask.
    """

    tool: Tool = Tool.BRUSH
    brush_px: float = 40.0
    pressure: bool = True
    object_id: ObjectId = 0
    colour: Colour | None = None
    usable: bool = False
    soft_px: float = 0.0
    shape: PenShape | None = None
    trimap: TrimapKind | None = None

    @property
    def paint_colour(self) -> Colour:
        """The colour of the object, or of the first one to be made."""
        return self.colour or OBJECT_COLOURS[0]


def resolve_pen(document: Document, state: ViewState, active: RotoObject | None) -> PenDisplay:
    """The pen for a document in a view state, and the object that is worked on.

    Without any object the first stroke makes one, so the pen works as soon as there is a clip.
    """
    usable = document.clip is not None and not state.shot.media_problem and state.shot.playback.speed == 0
    choosing = state.shot.suggestions is not None and state.shot.suggestions.frame_index == state.shot.picture_index
    kind = painted_kind(state) if active is not None else None
    return PenDisplay(
        state.app.tool,
        state.app.brush_px,
        state.app.pressure,
        active.id if active else 0,
        active.colour if active else None,
        usable and not choosing and not (active is not None and active.locked),
        active.matte_at(state.shot.frame_index).feather_px if active else 0.0,
        _movable_shape(state, active) if usable and not choosing and kind is None else None,
        kind,
    )


def _movable_shape(state: ViewState, active: RotoObject | None) -> PenShape | None:
    """The shape whose points a tool of shapes can move: the last change of the active object on this frame."""
    if active is None or active.locked or state.app.tool not in SHAPE_TOOLS or state.shot.polygon_points:
        return None
    cell = active.cells.get(state.shot.picture_index)
    return cell.shape.shape if cell is not None and cell.shape is not None else None
