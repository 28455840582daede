"""Sequences to train on: frame 0 with its true masks, then frames to predict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vosapp.data.generator.settings import TrainingClip
from vosapp.training.border_distance import border_classes

Masks = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class SequenceClip:
    """One sequence of T frames and N objects.

    Attributes:
        rgb: (T, H, W, 3) uint8.
        masks: (T, N, H, W) uint8, 255 where an object is; edges may be soft.
        guidance: (N, H, W) uint8: the masks that are known before frame 1, as the frame before it has them. Those of
            frame 0 where frame 1 follows it.
    """

    rgb: NDArray[np.uint8]
    masks: Masks
    guidance: Masks

    def shortened(self, frames: int) -> SequenceClip:
        """Its first frames."""
        return SequenceClip(self.rgb[:frames], self.masks[:frames], self.guidance)


class SequenceBatch(NamedTuple):
    """B sequences of one size and length.

    Attributes:
        rgb: (B, T, 3, H, W) uint8.
        masks: (B, T, N, H, W) uint8.
        guidance: (B, N, H, W) uint8.
        distances: (B, T, H, W) uint8 border-distance classes of the first object, or empty.
        coins: (T,) float32 in 0..1: decides after which frames the true mask is fed back.
        still: (1,) bool: whether only frame 0 counts, as a single picture.
    """

    rgb: Tensor
    masks: Tensor
    guidance: Tensor
    distances: Tensor
    coins: Tensor
    still: Tensor

    def to(self, device: torch.device) -> SequenceBatch:
        """The batch on a device."""
        return SequenceBatch(*(tensor.to(device, non_blocking=True) for tensor in self))


def sequence_of(clip: TrainingClip, first: Literal["previous", "anchor"], objects: int) -> SequenceClip:
    """A sequence from a generated clip, which has the object to follow and what else the user follows.

    Args:
        clip: from the generator.
        first: whether the sequence begins with the clip's anchor or with the frame before.
        objects: how many masks there are; from the third on they are empty.
    """
    order = [0 if first == "anchor" else 1, *range(2, len(clip.rgb))]
    masks = padded(np.stack([clip.masks, clip.others], axis=1)[:, :objects], objects)
    guidance = masks[1].copy()
    if first == "anchor":
        guidance[0] = clip.guidance
    return SequenceClip(clip.rgb[order], masks[order], guidance)


def padded(masks: Masks, objects: int) -> Masks:
    """Masks (T, N, H, W) with empty ones up to so many objects."""
    missing = objects - masks.shape[1]
    return np.pad(masks, ((0, 0), (0, missing), (0, 0), (0, 0))) if missing > 0 else masks


def collate(
    clips: Sequence[SequenceClip], coins: NDArray[np.float32], *, distances: bool, still: bool
) -> SequenceBatch:
    """Stacks sequences of one size and length.

    Args:
        clips: B of them.
        coins: (T,) in 0..1.
        distances: whether border-distance classes are wanted.
        still: whether this is a batch of single pictures.
    """
    classes = [[border_classes(frame[0] > 127) for frame in clip.masks] for clip in clips] if distances else []
    return SequenceBatch(
        torch.from_numpy(np.stack([clip.rgb for clip in clips]).transpose(0, 1, 4, 2, 3).copy()),
        torch.from_numpy(np.stack([clip.masks for clip in clips])),
        torch.from_numpy(np.stack([clip.guidance for clip in clips])),
        torch.from_numpy(np.array(classes, np.uint8)),
        torch.from_numpy(coins),
        torch.tensor([still]),
    )
