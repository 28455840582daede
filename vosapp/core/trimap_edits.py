"""Edits of the trimaps that users paint, and their pixels. No run changes a trimap."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vosapp.core.document import Document, MaskStore, ObjectId, RotoObject
from vosapp.core.edits import check_size
from vosapp.core.errors import MaskError
from vosapp.core.mask import Digest, Mask
from vosapp.core.trimap import Trimap, TrimapKind

TrimapImage = NDArray[np.uint8]
"""(height, width): the number of a `TrimapKind`, 0 where nothing is painted."""


def paint_trimap(
    document: Document,
    store: MaskStore,
    object_id: ObjectId,
    frame_index: int,
    *,
    area: Mask,
    kind: TrimapKind | None,
) -> Document:
    """Says of an area of a frame what it is to an object's matte, whatever was said of it before.

    Args:
        kind: None takes away what was said.

    Returns:
        The same document when nothing changes.

    Raises:
        MaskError: no such object, no mask of it on this frame, or the area is not of the clip's size.
    """
    check_size(document, area)
    target = document.object(object_id)
    if frame_index not in target.cells:
        raise MaskError(f"{target.name} has no mask on this frame.", "Draw one first: its edge can be painted then.")
    before = target.trimap_at(frame_index) or Trimap()
    parts = [_painted(store, before.of(one), area, is_gained=one is kind) for one in TrimapKind]
    return _with_trimap(document, target, frame_index, Trimap(*parts))


def set_trimap(
    document: Document, store: MaskStore, object_id: ObjectId, frame_index: int, image: TrimapImage
) -> Document:
    """Puts the pixels of a trimap (height, width) over an object's edge on a frame, in place of what was there.

    Raises:
        MaskError: no such object, no mask of it on this frame, or the image is not of the clip's size.
    """
    check_size(document, Mask.from_array(image > 0))
    target = document.object(object_id)
    if frame_index not in target.cells:
        raise MaskError(f"{target.name} has no mask on this frame.", "Draw one first: its edge can be painted then.")
    parts = [store.put(Mask.from_array(image == kind)) if (image == kind).any() else None for kind in TrimapKind]
    return _with_trimap(document, target, frame_index, Trimap(*parts))


CARRIED_FRAMES = 24  # at most at once: further on flow has gone astray, and nobody looks at so many


def frames_to_carry_to(document: Document, object_id: ObjectId, frame_index: int) -> tuple[int, ...]:
    """The frames after one that its trimap can be carried to, ascending.

    They end before a frame that is painted, has no mask, or begins a new shot.

    Raises:
        MaskError: no such object.
    """
    target, found = document.object(object_id), []
    for frame in range(frame_index + 1, frame_index + 1 + CARRIED_FRAMES):
        if frame not in target.cells or frame in document.cuts or target.trimap_at(frame) is not None:
            break
        found.append(frame)
    return tuple(found)


def clear_trimap(document: Document, object_id: ObjectId, frame_index: int) -> Document:
    """Takes away all that was painted over an object's edge on a frame."""
    return _with_trimap(document, document.object(object_id), frame_index, Trimap())


def trimap_image(store: MaskStore, trimap: Trimap | None, shape: tuple[int, int]) -> TrimapImage | None:
    """The pixels of a trimap; None where nothing is painted.

    Raises:
        MaskError: pixels are missing from the project, damaged, or not of this (height, width).
    """
    if trimap is None or trimap.is_empty:
        return None
    image = np.zeros(shape, np.uint8)
    for kind in TrimapKind:
        digest = trimap.of(kind)
        if digest is None:
            continue
        mask = store.get(digest)
        if mask.shape != shape:
            raise MaskError(
                f"What was painted over an edge has {mask.width}x{mask.height} pixels, "
                f"its picture {shape[1]}x{shape[0]}.",
                "Clear it in the matte panel.",
            )
        image[mask.array()] = kind
    return image


def _painted(store: MaskStore, digest: Digest | None, area: Mask, *, is_gained: bool) -> Digest | None:
    if digest is None:
        return store.put(area) if is_gained and not area.is_empty else None
    before = store.get(digest)
    left = before.union(area) if is_gained else before.difference(area)
    return None if left.is_empty else store.put(left)


def _with_trimap(document: Document, target: RotoObject, frame_index: int, trimap: Trimap) -> Document:
    painted = dict(target.trimaps)
    painted.pop(frame_index, None)
    if not trimap.is_empty:
        painted[frame_index] = trimap
    trimaps = tuple(sorted(painted.items(), key=lambda one: one[0]))
    return document if trimaps == target.trimaps else document.with_object(replace(target, trimaps=trimaps))
