"""Validation clips: real clips to measure a training on, never trained on; no replacement for measuring an engine.

A clip is seen as a whole and small, from its first frame on, without the engine's crop and its fused passes: quick
enough to look at every few minutes.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from vosapp.data.generator.settings import TrainingClip
from vosapp.data.truth import TruthClip
from vosapp.training.batch import Batch, collate
from vosapp.training.task import Movable, Precision

_STEP = 16  # sides are multiples of it


def validation_batch(clip: TruthClip, *, frames: int = 12, short_side: int = 160) -> Batch:
    """The beginning of a clip as a batch of one, see `validation_clip`."""
    return collate([validation_clip(clip, frames=frames, short_side=short_side)])


def validation_clip(clip: TruthClip, *, frames: int = 12, short_side: int = 160) -> TrainingClip:
    """The beginning of a clip as a training clip: its first frame is anchor and frame before, the next are to predict.

    Args:
        clip: its first object is followed.
        frames: how many to predict, at most; only annotated ones.
        short_side: to which the pictures are brought, in pixels; sides become multiples of 16.
    """
    order = list(clip.annotated)[: frames + 1]
    target = clip.objects[0].id
    size = _size(clip.frame(order[0]).shape, short_side)
    rgb = np.stack([_shrunk(clip.frame(index), size) for index in order])
    masks = np.stack([_shrunk(np.where(clip.truth(index)[target], 255, 0).astype(np.uint8), size) for index in order])
    rgb, masks = (np.concatenate([array[:1], array]) for array in (rgb, masks))
    return TrainingClip(rgb, masks, np.zeros_like(masks), masks[1])


def figures_of_clips(objective: nn.Module, batches: Sequence[Movable], precision: Precision) -> list[dict[str, float]]:
    """The figures of each batch of one clip, as "jaccard", of predictions that go on from each other.

    Args:
        objective: a network and its loss.
        batches: each of one clip.
        precision: a context to compute in.
    """
    device = next(objective.parameters()).device
    found = []
    for batch in batches:
        with torch.inference_mode(), precision():
            figures = objective.eval()(batch.to(device)).figures()
        found.append({name: float(value) for name, value in figures.items()})
    return found


def _size(shape: tuple[int, ...], short_side: int) -> tuple[int, int]:
    scale = short_side / min(shape[:2])
    height, width = (max(_STEP, round(side * scale / _STEP) * _STEP) for side in shape[:2])
    return height, width


def _shrunk(picture: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(picture, size[::-1], interpolation=cv2.INTER_AREA), np.uint8)
