"""Reads masks of many frames that other programs made, for a document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vosapp.core.document import ClipRef
from vosapp.core.errors import MaskError, MediaError
from vosapp.core.mask import Mask
from vosapp.core.mask_import import MaskKey, MaskMeaning
from vosapp.engine.job import JobContext, Stage
from vosapp.video.masks.mask_image import ids_sentence
from vosapp.video.masks.mask_sequence import Numbering, read_masks
from vosapp.video.open import open_video
from vosapp.video.resampling import resampled_mask


@dataclass(frozen=True, slots=True)
class ImportedMasks:
    """Masks that an import read.

    Attributes:
        masks: by frame index, then by object; frames on which nothing is inside are there and hold nothing.
        understood: what they were taken for, as a user is told: "3 objects, ids 1 to 3" or "1 object, soft mask".
    """

    masks: Mapping[int, Mapping[MaskKey, Mask]]
    understood: str = ""

    @property
    def empty(self) -> tuple[int, ...]:
        """Frames on which nothing is inside, ascending."""
        return tuple(sorted(frame for frame, masks in self.masks.items() if not masks))


def import_body(
    path: Path, clip: ClipRef, *, at: int | None = None, meaning: MaskMeaning = MaskMeaning.AUTO
) -> Callable[[JobContext], ImportedMasks]:
    """A body for `Job` that reads masks.

    Masks have the size of the clip as it is shown or, of an anamorphic clip, as it is stored.

    Args:
        path: a folder, a pattern, an image, or a movie.
        clip: that they belong to.
        at: index of the frame that the first mask belongs to; None goes by the numbers in the names.
        meaning: what the numbers of images mean.
    """

    def body(context: JobContext) -> ImportedMasks:
        numbering = Numbering(clip.first_number, clip.frame_count, at)
        found: dict[int, dict[MaskKey, Mask]] = {}
        raster: list[tuple[int, int] | None] = []

        def fitted(mask: NDArray[np.bool_]) -> Mask:
            if mask.shape == (clip.height, clip.width):
                return Mask.from_array(mask)
            if not raster:
                raster.append(_raster(clip))
            if mask.shape != raster[0]:
                height, width = mask.shape
                raise MaskError(
                    f"A mask in {path} has {width}x{height} pixels, the clip {clip.width}x{clip.height}.",
                    "Use masks of the clip's size.",
                )
            return Mask.from_array(resampled_mask(mask, (clip.height, clip.width)))

        said: list[str] = []
        read = read_masks(path, numbering, meaning, understood=said.append)
        for done, (total, frame, masks) in enumerate(read, start=1):
            context.check()
            found[frame] = {key: fitted(mask) for key, mask in masks.items()}
            context.progress(done, total, Stage.READING_MASKS, frame=frame)
        if not any(found.values()):
            raise MaskError(f"The masks in {path} are all empty.", "Choose others.")
        return ImportedMasks(found, _understood(found, said))

    return body


def _understood(found: Mapping[int, Mapping[MaskKey, Mask]], said: list[str]) -> str:
    """What is said of all masks: the ids of every frame, not of the first alone."""
    keys = {key for masks in found.values() for key in masks}
    ids = sorted(key for key in keys if isinstance(key, int))
    if ids and len(ids) == len(keys):
        return ids_sentence(ids)
    names = sorted(key for key in keys if isinstance(key, str))
    if names:
        return f"{len(keys)} object{'s' * (len(keys) != 1)}: {', '.join(names[:8])}{' ...' if len(names) > 8 else ''}"
    return said[0] if said else ""


def _raster(clip: ClipRef) -> tuple[int, int] | None:
    """(height, width) of the clip as it is stored, where its pixels are not square and it is there."""
    try:
        source = open_video(clip.path)
    except MediaError:
        return None
    try:
        return source.info.raster
    finally:
        source.close()
