"""AnchorFrames: keeps the pictures and masks of anchors for networks that refer to the nearest one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from vosapp.core.document import ObjectId
from vosapp.core.mask import Mask
from vosapp.engine.propagator import Probability
from vosapp.video.source import RgbImage

MAX_FRAMES = 16  # for each object; of more the ones farthest in time from the pass are dropped


@dataclass(slots=True)
class _Frame:
    rgb: RgbImage
    masks: dict[ObjectId, Mask] = field(default_factory=dict)


class AnchorFrames:
    """Pictures and packed masks of anchors. Bounded, whatever the length of the clip."""

    def __init__(self) -> None:
        self._frames: dict[int, _Frame] = {}

    def add(self, frame_index: int, rgb: RgbImage, masks: Mapping[ObjectId, Probability]) -> None:
        """Keeps masks of a frame. A mask with nothing in it says that the object is away and is no reference.

        Args:
            frame_index: of the frame, anywhere in the clip.
            rgb: (height, width, 3) uint8.
            masks: (height, width) in 0..1 for each object.
        """
        seen = {object_id: mask >= 0.5 for object_id, mask in masks.items()}
        kept = {object_id: Mask.from_array(inside) for object_id, inside in seen.items() if inside.any()}
        if kept:
            self._frames.setdefault(frame_index, _Frame(rgb.copy())).masks.update(kept)

    def fork(self) -> AnchorFrames:
        """Another one with the same frames, whose pictures and masks they share."""
        fork = AnchorFrames()
        fork._frames = {index: _Frame(frame.rgb, dict(frame.masks)) for index, frame in self._frames.items()}
        return fork

    def nearest(self, object_id: ObjectId, frame_index: int) -> int | None:
        """The anchor frame of an object that is nearest in time, the earlier of two; None where there is none."""
        frames = self._of(object_id)
        return min(frames, key=lambda frame: (abs(frame - frame_index), frame), default=None)

    def picture(self, frame_index: int) -> RgbImage:
        """The picture of an anchor frame."""
        return self._frames[frame_index].rgb

    def mask(self, object_id: ObjectId, frame_index: int) -> Probability:
        """The mask of an object on an anchor frame, (height, width) of 0 and 1."""
        return self._frames[frame_index].masks[object_id].array().astype(np.float32)

    def forget(self, object_ids: Collection[ObjectId]) -> None:
        """Drops objects, and frames that no other object needs."""
        for frame in self._frames.values():
            for object_id in object_ids:
                frame.masks.pop(object_id, None)
        self._frames = {index: frame for index, frame in self._frames.items() if frame.masks}

    def _of(self, object_id: ObjectId) -> list[int]:
        return [index for index, frame in self._frames.items() if object_id in frame.masks]

    def everything(self) -> Iterator[tuple[int, RgbImage, dict[ObjectId, Probability]]]:
        """Frame index, picture and masks of every frame that is kept, ascending."""
        for frame_index in sorted(self._frames):
            frame = self._frames[frame_index]
            masks = {object_id: self.mask(object_id, frame_index) for object_id in frame.masks}
            yield frame_index, frame.rgb, masks

    def keep_near(self, frame_index: int) -> None:
        """Drops the frames of each object that are too far in time from where the pass is."""
        for object_id in {object_id for frame in self._frames.values() for object_id in frame.masks}:
            frames = sorted(self._of(object_id), key=lambda frame: abs(frame - frame_index))
            for far in frames[MAX_FRAMES:]:
                del self._frames[far].masks[object_id]
        self._frames = {index: frame for index, frame in self._frames.items() if frame.masks}
