"""preflight: says what an export will and will not find, before anything is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from vosapp.core.document import DOUBTFUL, Cell, ClipRef, Document, ObjectId, RotoObject
from vosapp.core.errors import ExportError
from vosapp.core.frame_map import FrameMap
from vosapp.core.frame_words import frame_words
from vosapp.core.timeline import FrameRange, ranges_of
from vosapp.export.formats import ExportFormat
from vosapp.export.recipe import MissingMasks, Recipe


@dataclass(frozen=True, slots=True)
class Preflight:
    """The outcome of looking a recipe over.

    Attributes:
        clip: the clip that is exported from.
        objects: what is exported, from front to back.
        frames: the frames that will be written, ascending.
        missing: per object id the ranges without a mask, absences left out; only objects that have such ranges.
        within: the range that was asked for, where more is written than that; beyond it everything is empty.
        stale: per object id how many masks are stale: made from an anchor that changed since.
        doubtful: per object id how many masks are doubtful and not approved.
    """

    clip: ClipRef
    objects: tuple[RotoObject, ...]
    frames: tuple[int, ...]
    missing: Mapping[ObjectId, tuple[FrameRange, ...]]
    stale: Mapping[ObjectId, int]
    doubtful: Mapping[ObjectId, int]
    within: FrameRange | None = None

    def objects_on(self, frame_index: int) -> tuple[RotoObject, ...]:
        """The objects as they are exported on a frame: without masks beyond the range that was asked for."""
        if self.within is None or frame_index in self.within:
            return self.objects
        return tuple(replace(item, cells=FrameMap()) for item in self.objects)

    def warnings(self) -> list[str]:
        """One sentence for each thing that the user should know, naming frames as the clip numbers them."""
        names = {item.id: item.name for item in self.objects}
        first = self.clip.first_number
        sentences = [
            f'"{names[object_id]}" has no mask on {frame_words(chain.from_iterable(ranges), first)}.'
            for object_id, ranges in self.missing.items()
        ]
        sentences += [
            f'"{names[object_id]}" has {_masks(count)} from before a change to their anchor.'
            for object_id, count in self.stale.items()
        ]
        return sentences + [
            f'"{names[object_id]}" has {_masks(count)} that look doubtful.'.replace(
                "1 mask that look ", "1 mask that looks "
            )
            for object_id, count in self.doubtful.items()
        ]


def preflight(document: Document, recipe: Recipe) -> Preflight:
    """Looks over what a recipe would write.

    Raises:
        ExportError: there is nothing to write, or masks are missing and the recipe refuses that.
    """
    if document.clip is None:
        raise ExportError("There is no clip to export from.", "Open a clip first.")
    objects = _objects(document, recipe)
    within = (recipe.frames or document.working_range()).intersection(FrameRange(0, document.clip.frame_count - 1))
    if within is None:
        raise ExportError("The frames to export are not in the clip.", f"It has {document.clip.frame_count} frames.")
    gaps = {item.id: _missing(item, within) for item in objects}
    missing = {object_id: ranges_of(frames.tolist()) for object_id, frames in gaps.items() if frames.size}
    stale = {item.id: sum(frame in within for frame in item.stale()) for item in objects}
    stale = {object_id: count for object_id, count in stale.items() if count}
    doubtful = {item.id: _doubtful(item, within) for item in objects}
    doubtful = {object_id: count for object_id, count in doubtful.items() if count}
    frames = tuple(within)
    if recipe.missing is MissingMasks.SKIP:
        empty = reduce(np.intersect1d, gaps.values())
        frames = tuple(np.setdiff1d(np.arange(within.first, within.last + 1), empty).tolist())
        if not frames:
            raise ExportError("There is no mask to export yet.", "Paint an object and propagate it first.")
    if recipe.pad_to_source:
        frames = tuple(range(document.clip.frame_count))
    padded = within if recipe.pad_to_source else None
    found = Preflight(document.clip, objects, frames, missing, stale, doubtful, padded)
    if recipe.missing is MissingMasks.REFUSE and missing:
        raise ExportError(" ".join(found.warnings()), "Propagate there, or declare the object absent.")
    return found


def _objects(document: Document, recipe: Recipe) -> tuple[RotoObject, ...]:
    wanted = recipe.object_ids
    objects = document.objects if wanted is None else tuple(o for o in document.objects if o.id in wanted)
    if not any(item.cells for item in objects):
        raise ExportError("There is no mask to export yet.", "Paint an object and propagate it first.")
    if recipe.format is ExportFormat.PNG_INDEXED and max(item.id for item in objects) > 255:
        raise ExportError("An indexed PNG holds objects 1 to 255.", "Export binary PNG instead, or fewer objects.")
    return objects


def _missing(item: RotoObject, within: FrameRange) -> NDArray[np.int64]:
    """The frames of a range on which an object has no mask and is not declared absent, ascending."""
    there = np.zeros(within.last + 1, np.bool_)
    frames = FrameMap.of(item.cells).derived(_frames_of)
    held = np.fromiter(frames, np.int64, len(frames))
    there[held[held <= within.last]] = True
    for absence in item.absences:
        there[absence.first : absence.last + 1] = True
    return np.flatnonzero(~there[within.first :]) + within.first


def _masks(count: int) -> str:
    return f"{count} mask{'s' * (count != 1)}"


def _doubtful(item: RotoObject, within: FrameRange) -> int:
    doubts = FrameMap.of(item.cells).derived(_doubts)
    return sum(frame in within for frame in doubts)


def _doubts(cells: Mapping[int, Cell]) -> tuple[int, ...]:
    return tuple(f for f, c in cells.items() if c.doubt is not None and c.doubt >= DOUBTFUL and not c.locked)


def _frames_of(cells: Mapping[int, Cell]) -> tuple[int, ...]:
    return tuple(cells)
