"""Suggested objects of one frame and which of them are chosen, as frozen values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from vosapp.core import edits
from vosapp.core.document import OBJECT_COLOURS, Colour, Document, MaskStore, ObjectId
from vosapp.core.mask import Mask

if TYPE_CHECKING:
    from vosapp.engine.suggest.proposals import Proposal


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Mask that the user may take.

    Attributes:
        mask: at the clip's size.
        score: 0..1, by which suggestions are ranked.
        stability, confidence, compactness: what the score is made of, each 0..1.
        found_by: the network, for people.
    """

    mask: Mask
    score: float
    stability: float = 1.0
    confidence: float = 1.0
    compactness: float = 1.0
    found_by: str = ""


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What was found on a frame, the best first.

    Attributes:
        frame_index: the frame.
        items: in the order of their rank.
        chosen: places in `items` that will become objects.
        searching: more may come.
        touched: the user chose, so nothing is chosen for them.
    """

    frame_index: int
    items: tuple[Suggestion, ...] = ()
    chosen: frozenset[int] = frozenset()
    searching: bool = False
    touched: bool = False

    def toggled(self, place: int) -> Suggestions:
        """With one more or one less chosen; a place that does not exist changes nothing."""
        if not 0 <= place < len(self.items):
            return self
        return replace(self, chosen=self.chosen ^ {place}, touched=True)

    def with_found(self, items: Sequence[Suggestion], *, searching: bool) -> Suggestions:
        """With other items. What the user chose stays chosen; until they choose, the best one is."""
        mine = [self.items[place] for place in self.chosen] if self.touched else list(items[:1])
        chosen = frozenset(place for place, item in enumerate(items) if item in mine)
        return replace(self, items=tuple(items), chosen=chosen, searching=searching)


def suggestions_of(proposals: Sequence[Proposal]) -> tuple[Suggestion, ...]:
    """Proposals of the engine as the window shows them."""
    return tuple(
        Suggestion(p.mask, p.score, p.stability, p.confidence, p.compactness, _title(p.network)) for p in proposals
    )


def _title(name: str) -> str:
    """The title of a network's name, which may have variants behind it."""
    from vosapp.engine.suggest.proposals import proposing_network
    from vosapp.engine.variants import split_name, title_of

    base, variants = split_name(name)
    return title_of(proposing_network(base).title, base, variants)


def colour_of(document: Document, place: int) -> Colour:
    """The colour of the suggestion at a place, which it keeps as an object."""
    return OBJECT_COLOURS[(document.next_object_id - 1 + place) % len(OBJECT_COLOURS)]


def accept(document: Document, store: MaskStore, suggestions: Suggestions) -> tuple[Document, tuple[ObjectId, ...]]:
    """A document with an object for each chosen suggestion, its mask an anchor on the frame; ids in order of rank."""
    colours = {place: colour_of(document, place) for place in suggestions.chosen}
    made = []
    for place in sorted(suggestions.chosen):
        document, object_id = edits.add_object(document)
        document = edits.recolour_object(document, object_id, colours[place])
        mask = suggestions.items[place].mask
        document = edits.set_mask(document, store, object_id, suggestions.frame_index, mask)
        made.append(object_id)
    return document, tuple(made)
