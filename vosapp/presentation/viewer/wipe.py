"""Wipe: what lies on the two sides of its line."""

from __future__ import annotations

from dataclasses import dataclass, replace

from vosapp.core.document import Document, MatteSettings, RotoObject
from vosapp.presentation.view_state import ViewMode, ViewState, Wipe
from vosapp.presentation.viewer.overlay import OverlayLayer, layers_of

_SIDES = {
    Wipe.SOURCE: ("Masks", "Source"),
    Wipe.BEFORE: ("Now", "Before the run"),
    Wipe.MASK: ("Matte", "Mask as it is"),
}


@dataclass(frozen=True, slots=True)
class WipeDisplay:
    """The wipe: masks as they are left of a line, something else right of it.

    Attributes:
        at: where the line stands, as a share of the picture's width.
        left, right: what the sides are called; "" without a wipe.
        layers: masks of the right side, front to back.
        frame_index: of these masks.
        mode: how both sides are shown.
    """

    at: float = 0.5
    left: str = ""
    right: str = ""
    layers: tuple[OverlayLayer, ...] = ()
    frame_index: int = -1
    mode: ViewMode = ViewMode.OVERLAY

    @property
    def is_on(self) -> bool:
        """Whether there is a line at all."""
        return bool(self.left)


def resolve_wipe(document: Document, state: ViewState, active: RotoObject | None) -> WipeDisplay:
    """The wipe for a document and a view state; none where no masks are shown that could be compared."""
    if (
        state.shot.wipe is Wipe.OFF
        or state.shot.peek
        or state.shot.mode is ViewMode.SOURCE
        or state.shot.picture_index < 0
    ):
        return WipeDisplay()
    left, right = _SIDES[state.shot.wipe]
    compared = {Wipe.BEFORE: state.shot.before_run, Wipe.MASK: document}.get(state.shot.wipe)
    layers = layers_of(compared, state, active) if compared is not None else ()
    if state.shot.wipe is Wipe.MASK:
        layers = tuple(replace(layer, matte=MatteSettings(), joined=(), around=(), trimap=None) for layer in layers)
    return WipeDisplay(state.shot.wipe_at, left, right, layers, state.shot.picture_index, state.shot.mode)
