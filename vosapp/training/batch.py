"""Training clips as tensors, made by workers that decode, compose and stack while the network trains."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeVar

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from vosapp.core.document import ObjectId
from vosapp.data.generator.clip import generate
from vosapp.data.generator.settings import GeneratorSettings, TrainingClip
from vosapp.data.photographs.bank import PhotographBank
from vosapp.engine.flow.propagator import FlowPropagator
from vosapp.engine.propagator import Probability
from vosapp.training.border_distance import BORDER_PX, border_classes

HALF_BORDER_PX = BORDER_PX // 2  # the hybrid network predicts at half the size

_T = TypeVar("_T")
_NO_BORDERS = torch.zeros(0, dtype=torch.uint8)


class Batch(NamedTuple):
    """B clips of T frames; see `TrainingClip` for the order of frames. All uint8 but the flow, which is float16.

    Attributes:
        rgb: (B, T, 3, H, W).
        masks: (B, T, 1, H, W).
        others: (B, T, 1, H, W).
        guidance: (B, 1, H, W).
        flow: (B, T - 2, 2, H, W).
        advice: (B, T - 2, 1, H, W), what the engine `flow` makes of the clip.
        heard: (B,) bool, whether the network hears the advice on a clip.
        borders: (B, T - 2, H/2, W/2) border-distance classes on the frames to predict, or empty.
    """

    rgb: Tensor
    masks: Tensor
    others: Tensor
    guidance: Tensor
    flow: Tensor
    advice: Tensor
    heard: Tensor
    borders: Tensor = _NO_BORDERS

    def to(self, device: torch.device) -> Batch:
        """The batch on a device."""
        return Batch(*(tensor.to(device, non_blocking=True) for tensor in self))


def collate(clips: Sequence[TrainingClip]) -> Batch:
    """Stacks clips of one size and asks the engine `flow` about each."""
    asked = [ask_flow(clip) for clip in clips]
    return Batch(
        torch.from_numpy(np.stack([clip.rgb for clip in clips]).transpose(0, 1, 4, 2, 3).copy()),
        torch.from_numpy(np.stack([clip.masks for clip in clips])[:, :, None]),
        torch.from_numpy(np.stack([clip.others for clip in clips])[:, :, None]),
        torch.from_numpy(np.stack([clip.guidance for clip in clips])[:, None]),
        torch.from_numpy(np.stack([flow for _, flow in asked]).transpose(0, 1, 4, 2, 3).copy()),
        torch.from_numpy(np.stack([advice for advice, _ in asked])[:, :, None]),
        torch.ones(len(clips), dtype=torch.bool),
    )


def ask_flow(clip: TrainingClip) -> tuple[NDArray[np.uint8], NDArray[np.float16]]:
    """What the engine `flow` makes of a clip's guidance on the frames to predict.

    Returns:
        Its masks (frames - 2, size, size), and the flow (frames - 2, size, size, 2) in pixels by which it carried
        them, from each of these frames back to the one before.
    """
    engine, target = FlowPropagator(), ObjectId(1)
    engine.remember(0, clip.rgb[0], {target: _soft(clip.masks[0])})
    engine.step(1, clip.rgb[1], {target: _soft(clip.guidance)})
    masks, flows = [], []
    for k in range(2, len(clip.rgb)):
        masks.append(engine.step(k, clip.rgb[k]).probabilities[target])
        flows.append(engine.to_previous if engine.to_previous is not None else np.zeros((*masks[-1].shape, 2)))
    return np.asarray(np.rint(np.stack(masks) * 255), np.uint8), np.stack(flows).astype(np.float16)


def borders_of(clips: Sequence[TrainingClip]) -> Tensor:
    """(B, T - 2, size / 2, size / 2) uint8: how far each pixel of the frames to predict is from the border."""
    halves = [
        [cv2.resize(mask, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) for mask in c.masks[2:]] for c in clips
    ]
    return torch.from_numpy(np.array([[border_classes(m > 127, border_px=HALF_BORDER_PX) for m in c] for c in halves]))


def _soft(mask: NDArray[np.uint8]) -> Probability:
    return np.asarray(mask, np.float32) / np.float32(255)


class NumberedBatches(IterableDataset[_T]):
    """Batches first, first + share, first + 2 share ... of a run, where every batch has its own clips by number.

    A number gives the same batch whoever makes it: so a run can be resumed at any batch and with any number of workers.
    """

    first, share = 0, 1

    def __iter__(self) -> Iterator[_T]:
        """Endless."""
        cv2.setNumThreads(1)
        worker = get_worker_info()
        index, workers = (worker.id, worker.num_workers) if worker is not None else (0, 1)
        number = self.first + index * self.share
        while True:
            yield self.batch(number)
            number += workers * self.share

    @abstractmethod
    def batch(self, number: int) -> _T:
        """One batch by its number."""


class GeneratedBatches(NumberedBatches[Batch]):
    """Clips of the generator; batch n holds clips n * size .. n * size + size - 1."""

    def __init__(
        self,
        bank: PhotographBank,
        settings: GeneratorSettings,
        seed: int,
        size: int,
        *,
        advice_dropout: float = 0.0,
        borders: bool = False,
    ) -> None:
        """Takes photographs, how clips look, the seed of the run, clips in a batch, and further wishes.

        Args:
            bank: photographs.
            settings: how clips look.
            seed: of the run.
            size: clips in a batch.
            advice_dropout: share of clips without advice.
            borders: whether border-distance classes are wanted.
        """
        self._bank, self._settings, self._seed, self._size = bank, settings, seed, size
        self._advice_dropout, self._borders = advice_dropout, borders

    def batch(self, number: int) -> Batch:
        """One batch by its number."""
        first = number * self._size
        seeds = ((self._seed, index) for index in range(first, first + self._size))
        clips = [generate(self._bank, self._settings, seed) for seed in seeds]
        made = collate(clips)
        if self._borders:
            made = made._replace(borders=borders_of(clips))
        luck = np.random.default_rng((self._seed, number)).random(self._size)
        return made._replace(heard=torch.from_numpy(luck >= self._advice_dropout))


def batches(data: NumberedBatches[_T], *, workers: int, first: int = 0, share: int = 1) -> Iterator[_T]:
    """The batches of a run from a number on.

    Args:
        data: makes them.
        workers: processes beside this one; 0: none.
        first: number of the first batch.
        share: step between numbers; processes that train together take turns.
    """
    data.first, data.share = first, share
    loader = DataLoader(
        data, batch_size=None, num_workers=workers, prefetch_factor=3 if workers else None, persistent_workers=False
    )
    return iter(loader)
