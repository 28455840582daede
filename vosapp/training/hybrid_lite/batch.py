"""Training clips with the optical flow between their frames, and with all objects that are followed at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vosapp.data.generator.clip import generate
from vosapp.data.generator.settings import GeneratorSettings, TrainingClip
from vosapp.data.photographs.bank import PhotographBank
from vosapp.data.truth import TruthClip
from vosapp.optical_flow import FlowEstimator, grey
from vosapp.training.batch import NumberedBatches
from vosapp.training.validation_clips import validation_clip

_LEAST_SHARE = 0.01  # of the frame that the other objects must fill to be followed too


class Streams(NamedTuple):
    """B clips of T frames, in which S >= B objects are followed; see `TrainingClip` for the order of frames.

    Attributes:
        rgb: (B, T, 3, H, W) uint8.
        flow: (B, T - 2, 2, H, W) float16, from each frame to predict back to the one before.
        clip: (S,) the clip that each object is in.
        rival: (S,) the object that is followed in the same clip; its own number where there is none.
        masks: (S, T, 1, H, W) uint8.
        others: (S, T, 1, H, W) uint8, the other objects that are followed.
        guidance: (S, 1, H, W) uint8.
    """

    rgb: Tensor
    flow: Tensor
    clip: Tensor
    rival: Tensor
    masks: Tensor
    others: Tensor
    guidance: Tensor

    def to(self, device: torch.device) -> Streams:
        """The batch on a device."""
        return Streams(*(tensor.to(device, non_blocking=True) for tensor in self))


def flows_of(clip: TrainingClip) -> NDArray[np.float16]:
    """(frames - 2, size, size, 2): the flow from each frame to predict to the one before, as the engine finds it."""
    estimator, pictures = FlowEstimator(), [grey(rgb) for rgb in clip.rgb[1:]]
    pairs = zip(pictures[1:], pictures[:-1], strict=True)
    return np.stack([estimator.flow(now, before) for now, before in pairs]).astype(np.float16)


def collate(clips: Sequence[TrainingClip]) -> Streams:
    """Stacks clips of one size. Other objects of a clip that are large enough are followed together, as one more."""
    masks, others, guidance = ([getattr(c, name) for c in clips] for name in ("masks", "others", "guidance"))
    owner, rival = list(range(len(clips))), list(range(len(clips)))
    for number, clip in enumerate(clips):
        if all(np.count_nonzero(mask > 127) >= _LEAST_SHARE * mask.size for mask in clip.others[:2]):
            rival[number] = len(owner)
            owner.append(number)
            rival.append(number)
            masks.append(clip.others)
            others.append(clip.masks)
            guidance.append(clip.others[1])
    return Streams(
        torch.from_numpy(np.stack([clip.rgb for clip in clips]).transpose(0, 1, 4, 2, 3).copy()),
        torch.from_numpy(np.stack([flows_of(clip) for clip in clips]).transpose(0, 1, 4, 2, 3).copy()),
        torch.tensor(owner),
        torch.tensor(rival),
        torch.from_numpy(np.stack(masks)[:, :, None]),
        torch.from_numpy(np.stack(others)[:, :, None]),
        torch.from_numpy(np.stack(guidance)[:, None]),
    )


def validation_streams(clip: TruthClip, *, frames: int = 20, short_side: int = 160) -> Streams:
    """The beginning of a real clip as a batch of one; see `validation_clip`."""
    return collate([validation_clip(clip, frames=frames, short_side=short_side)])


class StreamBatches(NumberedBatches[Streams]):
    """Clips of the generator; batch n holds clips n * size .. n * size + size - 1."""

    def __init__(self, bank: PhotographBank, settings: GeneratorSettings, seed: int, size: int) -> None:
        """Takes photographs, how clips look, the seed of the run and clips in a batch."""
        self._bank, self._settings, self._seed, self._size = bank, settings, seed, size

    def batch(self, number: int) -> Streams:
        """One batch by its number."""
        first = number * self._size
        return collate(
            [generate(self._bank, self._settings, (self._seed, k)) for k in range(first, first + self._size)]
        )
