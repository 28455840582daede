"""Display of the suggestions panel and of the outlines over the picture."""

from __future__ import annotations

from dataclasses import dataclass

from vosapp.core.document import Colour, Document
from vosapp.core.mask import Mask
from vosapp.presentation.choices import NetworkHelp, SuggestChoice
from vosapp.presentation.suggestions import Suggestion, colour_of
from vosapp.presentation.view_state import ViewState


@dataclass(frozen=True, slots=True)
class SuggestRow:
    """Suggestion in the panel.

    Attributes:
        colour: it keeps it as an object.
        title: rank and network.
        score: in percent.
        detail: what the score is made of.
        chosen: it will become an object.
    """

    colour: Colour
    title: str
    score: str
    detail: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class SuggestionOutline:
    """Suggestion over the picture."""

    mask: Mask
    colour: Colour
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class SuggestDisplay:
    """The suggestions panel, and the outlines over the picture.

    Attributes:
        is_open: the panel is in the place of the propagate panel.
        searching: what is happening, "" when the search is over.
        cancelling: the user stopped the search and the network finishes its frame.
        rows: the best first.
        outlines: empty unless the frame of the search is on the screen.
        elsewhere: "Back to frame 12" while another frame is on the screen.
        button: what accepting does, "" while nothing is chosen.
        help: how to get networks, where none is here.
        lacks_networks: nothing can be suggested until weights are imported.
        choices, choice: what can be asked, where that is more than one thing; the name of the one that is.
    """

    is_open: bool = False
    searching: str = ""
    cancelling: bool = False
    rows: tuple[SuggestRow, ...] = ()
    outlines: tuple[SuggestionOutline, ...] = ()
    elsewhere: str = ""
    button: str = ""
    help: tuple[NetworkHelp, ...] = ()
    lacks_networks: bool = False
    choices: tuple[SuggestChoice, ...] = ()
    choice: str = ""


def resolve_suggest(document: Document, state: ViewState) -> SuggestDisplay:
    """The part of the screen that is about suggestions."""
    found, clip = state.shot.suggestions, document.clip
    if clip is None or found is None:
        # the place where a run shows how far it is, belongs to the run
        return SuggestDisplay(
            is_open=bool(state.shot.network_help) and state.shot.run is None,
            help=state.shot.network_help,
            lacks_networks=not state.app.suggest_choices,
        )
    work = state.shot.searching
    colours = [colour_of(document, place) for place in range(len(found.items))]
    chosen = [place in found.chosen for place in range(len(found.items))]
    here = state.shot.picture_index == found.frame_index and not state.shot.peek
    return SuggestDisplay(
        is_open=True,
        searching="" if work is None else _doing(work.message, found.frame_index + clip.first_number),
        cancelling=work is not None and work.cancelling,
        rows=tuple(
            SuggestRow(colour, f"{rank}  {item.found_by}", _percent(item.score), _detail(item), on)
            for rank, (item, colour, on) in enumerate(zip(found.items, colours, chosen, strict=True), start=1)
        ),
        outlines=tuple(
            SuggestionOutline(item.mask, colour, f"{rank}  {_percent(item.score)}", on)
            for rank, (item, colour, on) in enumerate(zip(found.items, colours, chosen, strict=True), start=1)
        )
        if here
        else (),
        elsewhere=""
        if state.shot.frame_index == found.frame_index
        else f"Back to frame {found.frame_index + clip.first_number}",
        button=_button(sum(chosen)),
        lacks_networks=not state.app.suggest_choices,
        choices=state.app.suggest_choices if len(state.app.suggest_choices) > 2 else (),  # all of one are one
        choice=state.app.suggest_with,
    )


def _doing(network: str, number: int) -> str:
    return f"{network} looks at frame {number}…" if network else f"Looking at frame {number}…"


def _percent(value: float) -> str:
    return f"{value:.0%}".replace("%", " %")


def _detail(item: Suggestion) -> str:
    """Explains the score, for a tooltip."""
    return (
        f"{_percent(item.score)} = {_percent(item.confidence)} sure × {_percent(item.stability)} steady"
        f" × {_percent(item.compactness)} in one piece"
    )


def _button(count: int) -> str:
    if not count:
        return ""
    return "Add as object" if count == 1 else f"Add {count} objects"
