"""MatteDisplay: what the matte panel shows, and whether it is open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from vosapp.core.document import Colour, Document, JoinKind, MatteJoin, MatteSettings, ObjectId, RotoObject
from vosapp.core.trimap import TrimapKind
from vosapp.matte.layers import NEUTRAL
from vosapp.matte.settings_facts import DRAWN, FAST, QUALITY, needs_picture
from vosapp.presentation.matte.presets import preset_of
from vosapp.presentation.view_state import ViewState
from vosapp.presentation.viewer.trimap import painted_kind

NO_REFINER = "Needs the refiner's weights, which are not here"
EDGE_TITLES = {DRAWN: "Drawn", FAST: "Fast", QUALITY: "Quality"}
EDGE_TIPS = {
    DRAWN: "From the numbers below alone",
    FAST: "As wide as the picture shows the edge to be, along hair and fur",
    QUALITY: "By the refiner, a network: the slowest, for single hairs and motion blur",
}

PAINT_TITLES: dict[TrimapKind | None, str] = {
    None: "Mask",
    TrimapKind.INSIDE: "In",
    TrimapKind.UNKNOWN: "Unknown",
    TrimapKind.OUTSIDE: "Out",
}
PAINT_TIPS: dict[TrimapKind | None, str] = {
    None: "Brush and shapes change the mask, as ever",
    TrimapKind.INSIDE: "They paint what is surely in the matte; the eraser takes such paint away",
    TrimapKind.UNKNOWN: "They paint where the picture decides, however far from the outline: hair, motion blur",
    TrimapKind.OUTSIDE: "They paint what is surely out of the matte; the eraser takes such paint away",
}


JOIN_TITLES = {
    JoinKind.SUBTRACT: "Cut out {}",
    JoinKind.ADD: "Merge with {}",
    JoinKind.INSIDE: "Keep only inside {}",
}
JOIN_TIPS = {
    JoinKind.SUBTRACT: "A hold-out: what is in front, or has a matte of its own",
    JoinKind.ADD: "Both go into one matte, where this object has a mask",
    JoinKind.INSIDE: "A garbage matte: nothing outside it counts",
}


@dataclass(frozen=True, slots=True)
class JoinRow:
    """Another object that goes into the matte: what it does, in words."""

    title: str
    join: MatteJoin


@dataclass(frozen=True, slots=True)
class MatteDisplay:
    """The matte panel.

    Attributes:
        is_open: whether it is shown.
        object_id, name, colour: of the active object.
        settings: of its matte.
        preset: title of the preset that it is set to, "" for none.
        frame_index: that the settings are of; some may change over time.
        keyed: names of the numbers that change over time.
        keys_here: those of them that have a key on this frame.
        others: objects that the settings can be copied to.
        joins: objects that go into the matte, in order.
        offered_edges: what the edge can come from here.
        paints: what the pen paints over the edge; None where it paints the mask.
        is_painted: whether anything is painted over the edge on this frame.
    """

    is_open: bool = False
    object_id: ObjectId = 0
    name: str = ""
    colour: Colour = (0, 0, 0)
    settings: MatteSettings = NEUTRAL
    preset: str = ""
    frame_index: int = 0
    keyed: frozenset[str] = frozenset()
    keys_here: frozenset[str] = frozenset()
    others: tuple[tuple[ObjectId, str], ...] = ()
    joins: tuple[JoinRow, ...] = ()
    offered_edges: tuple[str, ...] = (DRAWN, FAST)
    paints: TrimapKind | None = None
    is_painted: bool = False

    @property
    def uses_picture(self) -> bool:
        """Whether the edge comes from the picture."""
        return needs_picture(self.settings)


def resolve_matte(document: Document, state: ViewState, active: RotoObject | None) -> MatteDisplay:
    """The matte panel for the active object; closed without one."""
    if active is None or not state.shot.matte_panel:
        return MatteDisplay()
    here = state.shot.frame_index
    return MatteDisplay(
        True,
        active.id,
        active.name,
        active.colour,
        active.matte_at(here),
        "" if active.curves else preset_of(active.matte),
        here,
        frozenset(curve.name for curve in active.curves),
        frozenset(curve.name for curve in active.curves if here in dict(curve.keys)),
        tuple((item.id, item.name) for item in document.objects if item is not active),
        tuple(_rows(document, active)),
        (DRAWN, FAST, QUALITY) if state.app.refiner_ready else (DRAWN, FAST),
        painted_kind(state),
        active.trimap_at(here) is not None,
    )


def _rows(document: Document, active: RotoObject) -> Iterator[JoinRow]:
    names = {item.id: item.name for item in document.objects}
    for join in active.joins:
        yield JoinRow(JOIN_TITLES[join.kind].format(names.get(join.object_id, "an object that is gone")), join)
