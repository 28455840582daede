"""Mask images that a user gives become anchors: read, checked against the clip, set in a document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from vosapp.core.document import ClipRef, Document, MaskStore, ObjectId, Origin
from vosapp.core.edits import set_mask
from vosapp.core.errors import MaskError, MediaError
from vosapp.core.mask import Mask
from vosapp.core.mask_import import MaskMeaning, with_object

LARGEST_ID = 255  # that indexed images hold

GivenMasks = tuple[int, dict[ObjectId, Mask]]  # frame index, and the mask of each object


def frame_of(number: int | None, clip: ClipRef) -> int:
    """The frame index of a number of the clip's own numbering; None is the first frame.

    Raises:
        MediaError: the clip has no such frame.
    """
    if number is None:
        return 0
    index = number - clip.first_number
    if not 0 <= index < clip.frame_count:
        last = clip.first_number + clip.frame_count - 1
        raise MediaError(f"The clip has no frame {number}.", f"It has frames {clip.first_number} to {last}.")
    return index


def read_masks(path: Path, clip: ClipRef, meaning: str, say: Callable[[str], object]) -> dict[ObjectId, Mask]:
    """The mask of each object in an image.

    Args:
        path: of the image.
        clip: whose size it must have.
        meaning: "auto", "ids", "alpha" or "luma".
        say: is told what the image was taken for.

    Raises:
        MediaError, MaskError: it cannot be read, is of another size, or holds ids that are too large.
    """
    from vosapp.video.masks.mask_image import read_mask_image

    image = read_mask_image(path, MaskMeaning(meaning))
    masks = {object_id: Mask.from_array(array) for object_id, array in image.masks.items()}
    if max(masks) > LARGEST_ID:
        raise MaskError(
            f"{path} holds object {max(masks)}; the indexed PNGs that are written hold ids up to {LARGEST_ID}.",
            "Number the objects anew, from 1 on.",
        )
    shape = next(iter(masks.values())).shape
    if shape != (clip.height, clip.width):
        raise MaskError(
            f"{path} has {shape[1]}x{shape[0]} pixels, the clip {clip.width}x{clip.height}.",
            "Use a mask of the clip's size.",
        )
    say(f"{path.name}: {image.sentence}")
    return masks


def with_masks(document: Document, store: MaskStore, given: Sequence[GivenMasks]) -> Document:
    """The document with masks as anchors of the objects of the same ids.

    Raises:
        MaskError: an object is locked, or was removed.
    """
    for object_id in sorted({object_id for _, masks in given for object_id in masks}):
        document = with_object(document, object_id)
        item = document.object(object_id)
        if item.locked:
            raise MaskError(
                f"{item.name} (object {object_id}) is locked in this project: its masks stay as they are.",
                "Unlock it in the window, or leave its mask out.",
            )
    for index, masks in given:
        for object_id, mask in masks.items():
            document = set_mask(document, store, object_id, index, mask, Origin.IMPORTED)
    return document
