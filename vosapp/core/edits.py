"""Edits of a document. Every function takes a document and returns a new one; the old one stays as it is.

What the user drew is altered by the user's edits only: `predict`, the one edit made by the machine, refuses anchors,
approved frames and declared absences, and renews a prediction underneath the user's paint.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from vosapp.core.document import (
    OBJECT_COLOURS,
    Cell,
    Colour,
    Document,
    Finding,
    MaskStore,
    MatteSettings,
    ObjectId,
    Origin,
    RotoObject,
)
from vosapp.core.errors import MaskError
from vosapp.core.mask import Digest, Mask
from vosapp.core.timeline import FrameRange, ranges_of


def add_object(document: Document, name: str = "") -> tuple[Document, ObjectId]:
    """Adds an object behind the others. Returns the document and the new object's id."""
    object_id = document.next_object_id
    colour = OBJECT_COLOURS[(object_id - 1) % len(OBJECT_COLOURS)]
    made = RotoObject(object_id, name or f"Object {object_id}", colour)
    return replace(document, objects=(*document.objects, made), next_object_id=object_id + 1), object_id


def remove_object(document: Document, object_id: ObjectId) -> Document:
    """Removes an object and its masks. Its id is not used again."""
    document.object(object_id)
    return replace(document, objects=tuple(o for o in document.objects if o.id != object_id))


def rename_object(document: Document, object_id: ObjectId, name: str) -> Document:
    """Gives an object another name."""
    return document.with_object(replace(document.object(object_id), name=name))


def recolour_object(document: Document, object_id: ObjectId, colour: Colour) -> Document:
    """Gives an object another colour, (red, green, blue) of 0 to 255."""
    return document.with_object(replace(document.object(object_id), colour=colour))


def reorder_object(document: Document, object_id: ObjectId, position: int) -> Document:
    """Moves an object to a position among the objects, 0 being in front of all."""
    moved = document.object(object_id)
    others = [o for o in document.objects if o.id != object_id]
    others.insert(max(0, min(position, len(others))), moved)
    return replace(document, objects=tuple(others))


def set_matte(document: Document, object_id: ObjectId, matte: MatteSettings) -> Document:
    """Replaces how the masks of an object become mattes."""
    return document.with_object(replace(document.object(object_id), matte=matte))


def composite(store: MaskStore, cell: Cell) -> Mask:
    """What stands on a frame: the base, with the painted pixels put in and taken out."""
    mask = store.get(cell.base)
    if cell.added is not None:
        mask = mask.union(store.get(cell.added))
    if cell.removed is not None:
        mask = mask.difference(store.get(cell.removed))
    return mask


def stroke(
    document: Document,
    store: MaskStore,
    object_id: ObjectId,
    frame_index: int,
    area: Mask,
    erase: bool = False,
) -> Document:
    """Paints an area in or, with `erase`, out.

    On a frame without a mask, painting makes an anchor. On an anchor the mask itself changes. On a prediction the
    paint layer changes, which later runs keep.

    Returns:
        The same document when nothing changes.

    Raises:
        MaskError: no such object, or the area is not of the clip's size.
    """
    check_size(document, area)
    cell = document.cell(object_id, frame_index)
    painted = stroked(store, cell, area, erase=erase)
    return document if painted == cell else write_cell(document, object_id, frame_index, painted)


def stroked(store: MaskStore, cell: Cell | None, area: Mask, *, erase: bool) -> Cell | None:
    """What `stroke` makes of a cell: the same where nothing changes. A shape in it is no longer the last change."""
    if cell is None:
        return None if erase or area.is_empty else Cell(store.put(area))
    if cell.is_anchor:
        old = store.get(cell.base)
        base = store.put(old.difference(area) if erase else old.union(area))
        return cell if base == cell.base else replace(cell, base=base, origin=Origin.DRAWN, shape=None)
    gains, loses = (cell.removed, cell.added) if erase else (cell.added, cell.removed)
    gained, lost = _joined(store, gains, area), _without(store, loses, area)
    added, removed = (lost, gained) if erase else (gained, lost)
    if (added, removed) == (cell.added, cell.removed):
        return cell
    return replace(cell, added=added, removed=removed, shape=None)


def set_mask(
    document: Document,
    store: MaskStore,
    object_id: ObjectId,
    frame_index: int,
    mask: Mask,
    origin: Origin = Origin.DRAWN,
) -> Document:
    """Makes a mask the anchor of a frame, whatever stood there: an import, a polygon, a pasted mask.

    Args:
        origin: DRAWN or IMPORTED.
    """
    if origin is Origin.PREDICTED:
        raise ValueError("predictions are made by predict()")
    check_size(document, mask)
    old = document.cell(object_id, frame_index)
    cell = Cell(store.put(mask), origin, locked=old is not None and old.locked)
    if old is not None and cell == replace(old, shape=None):
        return document
    return write_cell(document, object_id, frame_index, cell)


def make_anchor(document: Document, store: MaskStore, object_id: ObjectId, frame_index: int) -> Document:
    """Confirms what stands on a frame: prediction and paint become one drawn mask.

    Raises:
        MaskError: there is no mask on this frame.
    """
    cell = document.cell(object_id, frame_index)
    if cell is None:
        raise MaskError("There is no mask on this frame to make an anchor of.", "Draw one first.")
    if cell.is_anchor:
        return document
    # The pixels stay as they are, so predictions that came from this frame while it was approved stay valid.
    anchor = Cell(store.put(composite(store, cell)), locked=cell.locked)
    return document.with_object(document.object(object_id).with_cells({frame_index: anchor}))


def painted_frames(document: Document, object_id: ObjectId, frames: Iterable[int]) -> list[int]:
    """Those of some frames whose prediction the user painted over."""
    cells = document.object(object_id).cells
    return [frame for frame in frames if (cell := cells.get(frame)) is not None and cell.is_painted]


def fold_paint(document: Document, store: MaskStore, object_id: ObjectId, frames: Iterable[int]) -> Document:
    """Makes painted predictions anchors, as they are seen. Other frames are passed over."""
    for frame_index in painted_frames(document, object_id, frames):
        document = make_anchor(document, store, object_id, frame_index)
    return document


def drop_paint(document: Document, object_id: ObjectId, frames: Iterable[int]) -> Document:
    """Takes the user's paint off predictions, which stand as they were made. Other frames are passed over."""
    target = document.object(object_id)
    painted = painted_frames(document, object_id, frames)
    return write_cells(
        document,
        object_id,
        {frame: replace(target.cells[frame], added=None, removed=None, shape=None) for frame in painted},
    )


def approve(document: Document, object_id: ObjectId, frames: Iterable[int], locked: bool = True) -> Document:
    """Locks the masks of some frames against every run, or unlocks them. Frames without a mask are passed over."""
    target = document.object(object_id)
    cells = {frame: target.cells.get(frame) for frame in frames}
    changes = {f: replace(c, locked=locked) for f, c in cells.items() if c is not None and c.locked != locked}
    return document.with_object(target.with_cells(changes)) if changes else document


def delete_masks(document: Document, object_id: ObjectId, frames: Iterable[int]) -> Document:
    """Removes whatever stands on some frames, anchors and approved masks too: the user asked for it."""
    target = document.object(object_id)
    return write_cells(document, object_id, {frame: None for frame in frames if frame in target.cells})


def declare_absent(document: Document, object_id: ObjectId, frame_range: FrameRange) -> Document:
    """Says that an object is not to be seen in a range.

    Predictions there go. Anchors and approved frames stay: where the user says that there is a mask, the object is
    present, and the absence leaves those frames out. A frame is never both absent and masked.
    """
    target = document.object(object_id)
    kept = {f for f in frame_range if (cell := target.cells.get(f)) is not None and cell.is_barrier}
    changes = {f: None for f in frame_range if f in target.cells and f not in kept}
    frames = {f for absence in (*target.absences, frame_range) for f in absence} - kept
    changed = replace(target.with_cells(changes), absences=ranges_of(frames))
    return document.with_object(changed) if changed != target else document


def declare_present(document: Document, object_id: ObjectId, frame_range: FrameRange) -> Document:
    """Takes back an absence in a range."""
    target = document.object(object_id)
    absences = _without_frames(target.absences, frame_range)
    if absences == target.absences:
        return document
    return document.with_object(replace(target, absences=absences))


def set_muted(document: Document, object_id: ObjectId, frame_index: int, muted: bool) -> Document:
    """Shows an anchor or approved frame to engines, or not. Predictions that came from it become stale.

    Raises:
        MaskError: no anchor or approved mask stands on the frame.
    """
    target = document.object(object_id)
    cell = target.cells.get(frame_index)
    if cell is None or not cell.is_barrier:
        raise MaskError("Only anchors and approved masks are shown to engines.")
    frames = {*target.muted, frame_index} if muted else set(target.muted) - {frame_index}
    if frames == set(target.muted):
        return document
    changed = write_cells(document, object_id, {frame_index: cell})
    return changed.with_object(replace(changed.object(object_id), muted=tuple(sorted(frames))))


def set_locked(document: Document, object_id: ObjectId, locked: bool) -> Document:
    """Locks an object as a whole against tools and runs, or unlocks it."""
    target = document.object(object_id)
    return document if target.locked == locked else document.with_object(replace(target, locked=locked))


def set_engine(document: Document, object_id: ObjectId, engine: str) -> Document:
    """Gives an object an engine of its own; "" lets it take the shot's."""
    target = document.object(object_id)
    return document if target.engine == engine else document.with_object(replace(target, engine=engine))


def set_in_out(document: Document, in_out: FrameRange | None) -> Document:
    """Sets the part of the clip to work on and to export; None for all of it."""
    return replace(document, in_out=in_out)


def set_rate(document: Document, rate: Fraction) -> Document:
    """Sets how many frames a second the clip has. The same document when it has them, or has no clip."""
    clip = document.clip
    return document if clip is None or clip.rate == rate else replace(document, clip=replace(clip, rate=rate))


def set_length(document: Document, frame_count: int) -> Document:
    """Takes in how many frames the clip has. The same document when it has as many, or has no clip."""
    clip, in_out = document.clip, document.in_out
    if clip is None or clip.frame_count == frame_count:
        return document
    if in_out is not None:
        in_out = in_out.intersection(FrameRange(0, frame_count - 1))
    return replace(document, clip=replace(clip, frame_count=frame_count), in_out=in_out)


def predict(  # noqa: PLR0913 - the facts of a prediction, all of them named in the call
    document: Document,
    store: MaskStore,
    object_id: ObjectId,
    frame_index: int,
    mask: Mask,
    *,
    engine: str,
    sources: tuple[int, ...],
    doubt: float,
    finding: Finding | None = None,
) -> Document:
    """Writes the mask of a run: the only edit that the machine makes.

    The user's paint stays above the new base, and the frame is no longer stale.

    Returns:
        The same document where the machine may not write: an anchor, an approved frame, a declared absence, or an
        object that the user removed meanwhile.
    """
    if all(o.id != object_id for o in document.objects):
        return document
    check_size(document, mask)
    target = document.object(object_id)
    facts = Cell(mask.digest, Origin.PREDICTED, engine=engine, sources=sources, doubt=doubt, finding=finding)
    cell = predicted_over(target, frame_index, facts)
    if cell is None:
        return document
    store.put(mask)
    return document.with_object(target.with_cells({frame_index: cell}))


def predicted_over(target: RotoObject, frame_index: int, facts: Cell) -> Cell | None:
    """The cell that a run may write on a frame, with the user's paint kept; None where it may not write.

    Args:
        facts: a predicted cell without paint.
    """
    cell = target.cells.get(frame_index)
    if cell is None:
        return None if target.absences and target.is_absent(frame_index) else facts
    if cell.is_barrier:
        return None
    return with_paint(facts, cell) if cell.is_painted else facts


def with_paint(facts: Cell, paint: Cell) -> Cell:
    """The prediction of one cell under the paint layer of another."""
    return replace(facts, added=paint.added, removed=paint.removed, shape=paint.shape)


def write_cell(document: Document, object_id: ObjectId, frame_index: int, cell: Cell | None) -> Document:
    """Puts a cell of the user on a frame, with all that follows from it."""
    return write_cells(document, object_id, {frame_index: cell})


def write_cells(document: Document, object_id: ObjectId, changes: dict[int, Cell | None]) -> Document:
    """Puts cells of the user on frames.

    Predictions that came from one of these frames become stale, unless approved; a frame that gets a mask is no
    longer absent.
    """
    if not changes:
        return document
    target = document.object(object_id)
    stale: dict[int, Cell | None] = {
        frame: _stale(cell)
        for frame, cell in target.cells.items()
        if cell.sources and not (cell.stale or cell.locked) and not changes.keys().isdisjoint(cell.sources)
    }
    absences = target.absences
    for frame_index, cell in changes.items():
        if cell is not None and absences and target.is_absent(frame_index):
            absences = _without_frames(absences, FrameRange(frame_index, frame_index))
    muted = target.muted
    if muted:  # a mask that comes later to a frame is another one
        muted = tuple(frame for frame in muted if frame not in changes or changes[frame] is not None)
    return document.with_object(replace(target.with_cells(stale | changes), absences=absences, muted=muted))


def _stale(cell: Cell) -> Cell:
    # Not replace(), which is twice as slow: the first stroke on an anchor does this for every frame of its run.
    return Cell(
        cell.base,
        cell.origin,
        cell.added,
        cell.removed,
        cell.locked,
        True,
        cell.engine,
        cell.sources,
        cell.doubt,
        cell.finding,
        cell.shape,
    )


def check_size(document: Document, mask: Mask) -> None:
    """Raises MaskError when a mask is not of the clip's size."""
    clip = document.clip
    if clip is not None and mask.shape != (clip.height, clip.width):
        raise MaskError(
            f"The mask has {mask.width}x{mask.height} pixels, the clip {clip.width}x{clip.height}.",
            "Use a mask of the clip's size.",
        )


def _joined(store: MaskStore, digest: Digest | None, area: Mask) -> Digest | None:
    joined = area if digest is None else store.get(digest).union(area)
    return None if joined.is_empty else store.put(joined)


def _without(store: MaskStore, digest: Digest | None, area: Mask) -> Digest | None:
    if digest is None:
        return None
    left = store.get(digest).difference(area)
    return None if left.is_empty else store.put(left)


def _without_frames(ranges: tuple[FrameRange, ...], away: FrameRange) -> tuple[FrameRange, ...]:
    left: list[FrameRange] = []
    for one in ranges:
        if one.intersection(away) is None:
            left.append(one)
            continue
        if one.first < away.first:
            left.append(FrameRange(one.first, away.first - 1))
        if one.last > away.last:
            left.append(FrameRange(away.last + 1, one.last))
    return tuple(left)
