"""Carrying a change from one version of the document to another.

The facts of a cell that a run writes (base, engine, sources, doubt) and those that only the user writes (paint,
approval) are carried apart, so that neither overwrites the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from vosapp.core.document import Cell, Document, RotoObject
from vosapp.core.frame_map import changes_between
from vosapp.core.pen_shape import DrawnShape


def rebase(before: Document, after: Document, onto: Document) -> Document:
    """What `onto` becomes when the change from `before` to `after` is made on it.

    `onto` differs from `before` by what a run wrote or a search for cuts found. The change is the user's and wins
    wherever both touched one fact.
    """
    if onto is before:
        return after
    old = {one.id: one for one in before.objects}
    present = {one.id: one for one in onto.objects}
    objects = []
    for changed in after.objects:
        base, target = old.get(changed.id), present.get(changed.id)
        if base is None or target is None:
            objects.append(changed)
        else:
            objects.append(replace(changed, cells=_rebased_cells(base, changed, target)))
    return replace(
        after,
        objects=tuple(objects),
        cuts=_rebased_frames(before.cuts, after.cuts, onto.cuts),
        not_cuts=_rebased_frames(before.not_cuts, after.not_cuts, onto.not_cuts),
    )


def _rebased_frames(before: tuple[int, ...], after: tuple[int, ...], onto: tuple[int, ...]) -> tuple[int, ...]:
    gone, new = set(before) - set(after), set(after) - set(before)
    return tuple(sorted((set(onto) - gone) | new))


def _rebased_cells(before: RotoObject, after: RotoObject, onto: RotoObject) -> Mapping[int, Cell]:
    changes: dict[int, Cell | None] = {}
    for frame, old, new in changes_between(before.cells, after.cells):
        changes[frame] = _rebased(old, new, onto.cells.get(frame))
    # What the run wrote on a frame that the change declares absent goes, as if it had been there.
    for frame, old, new in changes_between(before.cells, onto.cells):
        if frame not in changes and new is not None and not new.is_barrier and after.is_absent(frame):
            changes[frame] = None if old is None else old
    return onto.with_cells(changes).cells


def _rebased(old: Cell | None, new: Cell | None, present: Cell | None) -> Cell | None:
    if new is None or present is None or old is None or new.is_barrier or present.is_anchor or present == old:
        return new
    facts = new if without_user_facts(new) != without_user_facts(old) else present
    user = new if _user_facts(new) != _user_facts(old) else present
    return replace(facts, added=user.added, removed=user.removed, locked=user.locked, shape=user.shape)


def without_user_facts(cell: Cell) -> Cell:
    """The part of a predicted cell that a run writes."""
    if _user_facts(cell) == (None, None, False, None):
        return cell
    return replace(cell, added=None, removed=None, locked=False, shape=None)


def _user_facts(cell: Cell) -> tuple[str | None, str | None, bool, DrawnShape | None]:
    return cell.added, cell.removed, cell.locked, cell.shape
