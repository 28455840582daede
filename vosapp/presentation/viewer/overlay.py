"""Overlay: which masks lie over the picture and in which style."""

from __future__ import annotations

from dataclasses import dataclass

from vosapp.core.document import Colour, Document, JoinKind, MatteSettings, ObjectId, RotoObject
from vosapp.core.mask import Digest
from vosapp.core.matte_joins import joined_masks
from vosapp.presentation.view_state import Backdrop, ViewMode, ViewState


@dataclass(frozen=True, slots=True)
class OverlayLayer:
    """One object's mask on the frame shown; equal digests mean equal pixels.

    Attributes:
        object_id, colour: of the object.
        digests: of base, added and removed pixels; without a base nothing is there.
        matte: what is made of the mask.
        joined: other objects that go into the matte, and how.
    """

    object_id: ObjectId
    colour: Colour
    digests: tuple[Digest | None, Digest | None, Digest | None]
    matte: MatteSettings
    joined: tuple[tuple[JoinKind, OverlayLayer], ...] = ()


@dataclass(frozen=True, slots=True)
class OverlayDisplay:
    """What lies over the picture: layers from front to back, and how they are shown."""

    frame_index: int
    layers: tuple[OverlayLayer, ...]
    mode: ViewMode
    opacity: float
    backdrop: Backdrop
    outlined: bool = False


MATTE_MODES = (ViewMode.MATTE, ViewMode.BAND, ViewMode.CUTOUT)  # which show mattes with their edge
ONE_OBJECT_MODES = (ViewMode.MATTE, ViewMode.BAND)  # which show the alpha of the active object, not of all together


def resolve_overlay(document: Document, state: ViewState, active: RotoObject | None) -> OverlayDisplay:
    """The masks on the frame shown; none where the source is looked at."""
    mode = ViewMode.SOURCE if state.shot.peek else state.shot.mode
    layers = layers_of(document, state, active) if mode is not ViewMode.SOURCE else ()
    app = state.app
    return OverlayDisplay(state.shot.picture_index, layers, mode, app.opacity, app.backdrop, app.outlined)


def layers_of(document: Document, state: ViewState, active: RotoObject | None) -> tuple[OverlayLayer, ...]:
    """The masks on the frame shown, front to back; in views of one object's alpha only the active object's."""
    layers = []
    alone = state.shot.mode in ONE_OBJECT_MODES
    for item in document.objects:
        cell = item.cells.get(state.shot.picture_index)
        is_left_out = alone and (active is None or item.id != active.id)
        if cell is not None and state.shot.shows(item.id) and not is_left_out:
            digests = cell.base, cell.added, cell.removed
            matte = item.matte_at(state.shot.picture_index)
            layers.append(OverlayLayer(item.id, item.colour, digests, matte, _joined(item, document, state)))
    return tuple(layers)


def _joined(item: RotoObject, document: Document, state: ViewState) -> tuple[tuple[JoinKind, OverlayLayer], ...]:
    layers = []
    for one in joined_masks(item, document.objects, state.shot.picture_index) if item.joins else ():
        cell = one.cell
        digests = (cell.base, cell.added, cell.removed) if cell is not None else (None, None, None)
        layers.append((one.kind, OverlayLayer(one.item.id, one.item.colour, digests, one.matte)))
    return tuple(layers)
