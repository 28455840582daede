"""Tour on the demo shot: what to do, one step after the other, each over when it was done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vosapp.core.document import Document
from vosapp.presentation.view_state import ViewState

FAR = 40  # frames: a run that got so far is one to look at


@dataclass(frozen=True, slots=True)
class TourDisplay:
    """A step on the screen: the sentence, its number from 1, and how many there are."""

    text: str
    number: int
    count: int


@dataclass(frozen=True, slots=True)
class _Step:
    """What to do, with the ids of the commands whose keys stand in the text, and how it is seen to be done."""

    text: str
    keys: tuple[str, ...]
    is_done: Callable[[Document, ViewState], bool]


def _has_anchor(document: Document, _state: ViewState) -> bool:
    return any(item.anchors() for item in document.objects)


def _has_predictions(document: Document, state: ViewState) -> bool:
    cells = sum(len(item.cells) - len(item.anchors()) for item in document.objects)
    return state.shot.run is None and cells >= FAR


def _stands_elsewhere(document: Document, state: ViewState) -> bool:
    here = [item.cells.get(state.shot.frame_index) for item in document.objects]
    return state.shot.run is None and any(cell is not None and not cell.is_anchor for cell in here)


def _is_corrected(document: Document, _state: ViewState) -> bool:
    painted = any(cell.is_painted for item in document.objects for cell in item.cells.values())
    return painted or any(len(item.anchors()) > 1 for item in document.objects)


def _is_renewed(document: Document, state: ViewState) -> bool:
    return state.shot.run is None and any(len(item.anchors()) > 1 for item in document.objects)


def _is_exporting(_document: Document, state: ViewState) -> bool:
    return state.shot.export is not None


STEPS = (
    _Step("Paint over the orange fish, roughly up to its edge. Alt erases; {} and {} size the brush.",
          ("tool.smaller", "tool.larger"), _has_anchor),
    _Step("Press {}: the mask follows the fish through the shot, also behind the kelp. This takes a while.",
          ("propagate.forward",), _has_predictions),
    _Step("Press {}: it goes where the mask is least sure. The lane below the timeline shows the doubt.",
          ("go.next_doubt",), _stands_elsewhere),
    _Step("Paint what is missing there, or erase with Alt what is too much. Your paint always stands.",
          (), _is_corrected),
    _Step("Press {} or {}: only the frames around your correction are made anew.",
          ("propagate.forward", "propagate.backward"), _is_renewed),
    _Step("{} exports masks, or the picture with its matte, for your other programs. That is all there is to it.",
          ("file.export",), _is_exporting),
)  # fmt: skip


def resolve_tour(state: ViewState) -> TourDisplay | None:
    """The step that is shown, None when no tour goes on."""
    number = state.app.tour
    if not 1 <= number <= len(STEPS):
        return None
    step = STEPS[number - 1]
    return TourDisplay(step.text.format(*map(state.app.key, step.keys)), number, len(STEPS))


def is_step_done(document: Document, state: ViewState) -> bool:
    """Whether what the step on the screen asks for has been done."""
    return 1 <= state.app.tour <= len(STEPS) and STEPS[state.app.tour - 1].is_done(document, state)
