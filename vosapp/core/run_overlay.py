"""A running propagation as an overlay: what it predicted so far, kept apart from the user's own versions.

While a run goes on there are two documents: the user's, which undo and redo move, and the one shown, which is the
user's with the overlay above. The overlay never covers an anchor, an approved frame, a declared absence or paint.
"""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from vosapp.core.document import Cell, Document, Finding, MaskStore, ObjectId, Origin, RotoObject
from vosapp.core.edits import check_size, predicted_over
from vosapp.core.frame_map import changes_between
from vosapp.core.mask import Digest, Mask
from vosapp.core.rebase import without_user_facts
from vosapp.core.timeline import FrameRange

Key = tuple[ObjectId, int]


class Veto(enum.Enum):
    """Stands in the overlay where the user emptied a frame: the run does not fill it again."""

    VETO = "veto"


Entry = Cell | Veto | None


@dataclass(frozen=True, slots=True)
class RunChange:
    """One mask that a run made.

    Attributes:
        object_id, frame_index: where it belongs.
        mask: of the clip's size.
        doubt: how unsure it is, 0 (sure) to 1.
        engine: name of the engine.
        sources: frame indices of the anchors that it came from.
        finding: what else the run noted.
    """

    object_id: ObjectId
    frame_index: int
    mask: Mask
    doubt: float
    engine: str
    sources: tuple[int, ...]
    finding: Finding | None = None


@dataclass(frozen=True, slots=True)
class OverlayChange:
    """Change of the overlay by a step of the user, by key: (before, after). None stands for no prediction."""

    entries: Mapping[Key, tuple[Entry, Entry]]

    def undone(self) -> OverlayChange:
        """The opposite change."""
        return OverlayChange({key: (after, before) for key, (before, after) in self.entries.items()})


class RunOverlay:
    """The predictions of one run, newest per object and frame.

    Attributes:
        label: what the run is called in the history.
        within: the frames that the run may write; None for all.
        size_bytes: of the masks that it made.
    """

    def __init__(self, label: str, start: Document, within: FrameRange | None = None) -> None:
        self.label = label
        self.within = within
        self.size_bytes = 0
        self._start = {one.id: one for one in start.objects}
        self._entries: dict[Key, Cell | Veto] = {}

    def amend(self, shown: Document, store: MaskStore, changes: Iterable[RunChange]) -> Document:
        """Takes in new masks and returns the document to show.

        Masks from an anchor that the user changed after the run began arrive stale. Masks of frames that the user
        emptied meanwhile are dropped.

        Raises:
            ValueError: a frame is outside the range of the run.
            MaskError: a mask is not of the clip's size.
        """
        present = {one.id: one for one in shown.objects}
        fresh: dict[ObjectId, dict[int, Cell]] = defaultdict(dict)
        for change in changes:
            if self.within is not None and change.frame_index not in self.within:
                raise ValueError(f"frame {change.frame_index} is outside the range of the run")
            check_size(shown, change.mask)
            key = change.object_id, change.frame_index
            if change.object_id not in present or self._entries.get(key) is Veto.VETO:
                continue
            stale = self._is_outdated(present[change.object_id], change.sources)
            facts = Cell(
                store.put(change.mask),
                Origin.PREDICTED,
                stale=stale,
                engine=change.engine,
                sources=change.sources,
                doubt=change.doubt,
                finding=change.finding,
            )
            self._entries[key] = fresh[change.object_id][change.frame_index] = facts
            self.size_bytes += len(change.mask.data)
        return _covered(shown, fresh)

    def over(self, document: Document) -> Document:
        """A document with all predictions above it."""
        cells: dict[ObjectId, dict[int, Cell]] = defaultdict(dict)
        for (object_id, frame_index), entry in self._entries.items():
            if isinstance(entry, Cell):
                cells[object_id][frame_index] = entry
        return _covered(document, cells)

    def take(self, user: Document, shown: Document, edited: Document) -> tuple[Document, OverlayChange]:
        """Splits an edit of the shown document into the user's document and the overlay.

        Args:
            user: the user's document before the edit.
            shown, edited: the shown document before and after it.

        Returns:
            The user's document after the edit, and what the edit changed in the overlay. What the user painted,
            approved or drew upon a prediction belongs to the user, with the prediction it was made on.
        """
        before = {one.id: one for one in shown.objects}
        own = {one.id: one for one in user.objects}
        touched: dict[Key, tuple[Entry, Entry]] = {}
        objects = []
        for changed in edited.objects:
            base, target = before.get(changed.id), own.get(changed.id)
            if base is None or target is None:
                objects.append(changed)
                continue
            cells: dict[int, Cell | None] = {}
            for frame, _, new in changes_between(base.cells, changed.cells):
                if self._belongs_to_user((changed.id, frame), new, target.cells.get(frame)):
                    cells[frame] = new
                self._follow((changed.id, frame), new, touched)
            objects.append(replace(changed, cells=target.with_cells(cells).cells))
        change = OverlayChange(touched)
        self.apply(change)
        return replace(edited, objects=tuple(objects)), change

    def masks(self) -> set[Digest]:
        """Digests of the masks that the run made last, also where something of the user's covers them."""
        return {entry.base for entry in self._entries.values() if isinstance(entry, Cell)}

    def apply(self, change: OverlayChange) -> None:
        """Makes or takes back what a step changed, where the run has not written anew since."""
        for key, (before, after) in change.entries.items():
            if self._entries.get(key) != before:
                continue
            if after is None:
                self._entries.pop(key, None)
            else:
                self._entries[key] = after

    def _belongs_to_user(self, key: Key, new: Cell | None, own: Cell | None) -> bool:
        if new is None or new.is_barrier or new.is_painted or (own is not None and (own.is_barrier or own.is_painted)):
            return True
        # What else is seen on a frame of the run is the run's own, perhaps stale now, or a prediction moved there.
        entry = self._entries.get(key)
        return not isinstance(entry, Cell) or replace(new, stale=entry.stale) != entry

    def _follow(self, key: Key, new: Cell | None, touched: dict[Key, tuple[Entry, Entry]]) -> None:
        """Notes what the overlay must become for the edited cell to be seen."""
        old = self._entries.get(key)
        if new is None:
            touched[key] = (old, Veto.VETO)
        elif isinstance(old, Cell) and not new.is_anchor and without_user_facts(new) != old:
            touched[key] = (old, without_user_facts(new))

    def _is_outdated(self, present: RotoObject, sources: Iterable[int]) -> bool:
        start = self._start.get(present.id)
        if start is None or start.cells is present.cells:
            return False
        return any(_pixels(start.cells.get(frame)) != _pixels(present.cells.get(frame)) for frame in sources)


def _pixels(cell: Cell | None) -> tuple[str, str | None, str | None] | None:
    return None if cell is None else (cell.base, cell.added, cell.removed)


def _covered(document: Document, facts: Mapping[ObjectId, Mapping[int, Cell]]) -> Document:
    objects = []
    for target in document.objects:
        changes: dict[int, Cell | None] = {}
        for frame_index, cell in facts.get(target.id, {}).items():
            written = predicted_over(target, frame_index, cell)
            if written is not None:
                changes[frame_index] = written
        objects.append(target.with_cells(changes) if changes else target)
    return replace(document, objects=tuple(objects))
