"""What the window shows of a selection, as values. Pure, no Qt."""

from __future__ import annotations

from dataclasses import dataclass

from vosapp.core.document import OBJECT_COLOURS, Colour, Document
from vosapp.core.mask import Mask
from vosapp.engine.select.marks import Marks
from vosapp.presentation.choices import SelectorChoice
from vosapp.presentation.view_state import MARK_TOOLS, ViewState


@dataclass(frozen=True, slots=True)
class SelectDisplay:
    """A selection over the picture.

    Attributes:
        marks: none while there is no selection, or another frame is on the screen.
        mask: what is proposed; None before it is there.
        colour: of the object.
        thinking: another proposal is on its way.
    """

    marks: Marks = Marks()  # noqa: RUF009 - a frozen value
    mask: Mask | None = None
    colour: Colour = OBJECT_COLOURS[0]
    thinking: bool = False


@dataclass(frozen=True, slots=True)
class SelectorDisplay:
    """What proposes masks, in the bar over the picture.

    Attributes:
        choices: none while no tool is in hand that asks for masks by marks.
        choice: name of the one that is asked.
    """

    choices: tuple[SelectorChoice, ...] = ()
    choice: str = ""


def resolve_selector(state: ViewState) -> SelectorDisplay:
    """The choice of what proposes masks."""
    if state.app.tool not in MARK_TOOLS:
        return SelectorDisplay()
    return SelectorDisplay(state.app.select_choices, state.app.select_with)


def resolve_select(document: Document, state: ViewState) -> SelectDisplay:
    """The part of the screen that is about a selection."""
    selection = state.shot.selection
    if selection is None or state.shot.picture_index != selection.frame_index or state.shot.peek:
        return SelectDisplay()
    colour = next((item.colour for item in document.objects if item.id == selection.object_id), None)
    if colour is None:
        colour = OBJECT_COLOURS[(document.next_object_id - 1) % len(OBJECT_COLOURS)]
    return SelectDisplay(selection.marks, selection.mask, colour, selection.thinking)
