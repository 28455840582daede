"""Overlay: which masks lie over the picture and in which style."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from vosapp.core.document import Cell, Colour, Document, JoinKind, MatteSettings, ObjectId, RotoObject
from vosapp.core.mask import Digest
from vosapp.core.matte_joins import joined_masks
from vosapp.core.steady_frames import steady_frames
from vosapp.core.trimap import Trimap
from vosapp.presentation.view_state import Backdrop, ObjectStyle, ViewMode, ViewState


@dataclass(frozen=True, slots=True)
class OverlayLayer:
    """One object's mask on the frame shown; equal digests mean equal pixels.

    Attributes:
        object_id, colour: of the object.
        digests: of base, added and removed pixels; without a base nothing is there.
        matte: what is made of the mask.
        joined: other objects that go into the matte, and how.
        around: frames that make the matte steady, and what stands on them.
        trimap: what is painted over the edge.
    """

    object_id: ObjectId
    colour: Colour
    digests: tuple[Digest | None, Digest | None, Digest | None]
    matte: MatteSettings
    joined: tuple[tuple[JoinKind, OverlayLayer], ...] = ()
    around: tuple[tuple[int, OverlayLayer], ...] = ()
    trimap: Trimap | None = None


@dataclass(frozen=True, slots=True)
class OverlayDisplay:
    """What lies over the picture: layers from front to back, and how they are shown.

    Attributes:
        frame_index: of the masks.
        layers: front to back.
        mode, opacity, backdrop: of the view.
        outlined: areas have outlines too, where an object has no style of its own.
        styles: objects with a style of their own.
    """

    frame_index: int
    layers: tuple[OverlayLayer, ...]
    mode: ViewMode
    opacity: float
    backdrop: Backdrop
    outlined: bool = False
    styles: Mapping[ObjectId, ObjectStyle] = field(default_factory=dict)


MATTE_MODES = (ViewMode.MATTE, ViewMode.BAND, ViewMode.CUTOUT)  # which show mattes with their edge
ONE_OBJECT_MODES = (ViewMode.MATTE, ViewMode.BAND)  # which show the alpha of the active object, not of all together


def resolve_overlay(document: Document, state: ViewState, active: RotoObject | None) -> OverlayDisplay:
    """The masks on the frame shown; none where the source is looked at."""
    mode = ViewMode.SOURCE if state.shot.peek else state.shot.mode
    layers = layers_of(document, state, active) if mode is not ViewMode.SOURCE else ()
    app, shot = state.app, state.shot
    return OverlayDisplay(shot.picture_index, layers, mode, app.opacity, app.backdrop, app.outlined, shot.styles)


def layers_of(document: Document, state: ViewState, active: RotoObject | None) -> tuple[OverlayLayer, ...]:
    """The masks on the frame shown, front to back; in views of one object's alpha only the active object's."""
    layers = []
    alone = state.shot.mode in ONE_OBJECT_MODES
    for item in document.objects:
        frame = state.shot.picture_index
        cell = item.cells.get(frame)
        is_left_out = alone and (active is None or item.id != active.id)
        if cell is not None and state.shot.shows(item.id) and not is_left_out:
            layers.append(replace(_alone(item, document, frame), joined=_joined(item, document, frame)))
    return tuple(layers)


def _joined(item: RotoObject, document: Document, frame_index: int) -> tuple[tuple[JoinKind, OverlayLayer], ...]:
    layers = []
    for one in joined_masks(item, document.objects, frame_index) if item.joins else ():
        stands_here = one.cell is not None and one.cell is one.item.cells.get(frame_index)
        layer = _alone(one.item, document, frame_index) if stands_here else _layer(one.item, one.cell, one.matte)
        layers.append((one.kind, layer))
    return tuple(layers)


def _alone(item: RotoObject, document: Document, frame_index: int) -> OverlayLayer:
    """What stands on a frame, without other objects."""
    layer = _layer_on(item, frame_index)
    around = tuple((frame, _layer_on(item, frame)) for frame in steady_frames(item, document, frame_index))
    return replace(layer, around=around) if around else layer


def _layer_on(item: RotoObject, frame_index: int) -> OverlayLayer:
    layer = _layer(item, item.cells.get(frame_index), item.matte_at(frame_index))
    return replace(layer, trimap=item.trimap_at(frame_index)) if item.trimaps else layer


def _layer(item: RotoObject, cell: Cell | None, matte: MatteSettings) -> OverlayLayer:
    digests = (cell.base, cell.added, cell.removed) if cell is not None else (None, None, None)
    return OverlayLayer(item.id, item.colour, digests, matte)
