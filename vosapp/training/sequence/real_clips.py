"""Sequences drawn from a data set of real clips with true masks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.core.document import ObjectId
from vosapp.core.errors import UserError
from vosapp.data.generator.damage import damaged
from vosapp.data.truth import Truth, TruthClip
from vosapp.training.sequence.clips import SequenceClip, padded
from vosapp.training.stage_config import StageConfig

_TRIES = 50
_LEAST_VISIBLE = 0.002  # share of the frame that an object must fill where it is first given


@dataclass(frozen=True, slots=True)
class SequenceSettings:
    """Settings of sequences cut from real clips.

    Attributes:
        steps: frames to predict.
        size: (height, width).
        damage: share of sequences whose guidance is damaged where they begin with an anchor.
        config: the rest.
    """

    steps: int
    size: tuple[int, int]
    damage: float
    config: StageConfig


def draw_sequence(clips: Sequence[TruthClip], settings: SequenceSettings, random: np.random.Generator) -> SequenceClip:
    """A sequence from a random clip, flipped, turned and zoomed as a whole at random.

    Args:
        clips: of a data set; only their annotated frames are used.
        settings: what it has to be like.
        random: decides.

    Raises:
        UserError: no clip is long enough, or none shows an object that can be followed.
    """
    for _ in range(_TRIES):
        clip = clips[int(random.integers(len(clips)))]
        frames = _frames(clip.annotated, settings, random)
        if not frames:
            continue
        truths = [clip.truth(frame) for frame in frames]
        chosen = _chosen(truths[:2] if settings.config.first == "anchor" else truths[:1], settings, random)
        if chosen:
            masks = [np.stack([truth[object_id] for object_id in chosen], axis=-1) for truth in truths]
            rgb = [clip.frame(frame) for frame in frames]
            return _finished(rgb, masks, settings, random)
    raise UserError(
        f"None of {_TRIES} tries found a clip with {settings.steps + 1} annotated frames that shows an object.",
        "Give a data set with longer clips, or a recipe with fewer steps.",
    )


def _frames(annotated: Sequence[int], settings: SequenceSettings, random: np.random.Generator) -> list[int]:
    """The frames of a sequence: with an anchor first [any, the one before, steps...], else the one before and steps."""
    stride = int(random.integers(1, settings.config.stride + 1))
    span = settings.steps * stride
    if len(annotated) <= span:
        return []
    start = int(random.integers(len(annotated) - span))
    walk = [annotated[index] for index in range(start, start + span + 1, stride)]
    if settings.config.first == "anchor":
        return [annotated[int(random.integers(len(annotated)))], *walk]
    return walk


def _chosen(given: Sequence[Truth], settings: SequenceSettings, random: np.random.Generator) -> list[ObjectId]:
    """Objects that are to be seen on all given frames, ids ascending."""
    seen = [
        object_id
        for object_id in given[0]
        if all(truth[object_id].mean() >= _LEAST_VISIBLE for truth in given if object_id in truth)
    ]
    return sorted(seen[index] for index in random.permutation(len(seen))[: settings.config.objects])


def _finished(
    rgb: list[NDArray[np.uint8]],
    masks: list[NDArray[np.bool_]],
    settings: SequenceSettings,
    random: np.random.Generator,
) -> SequenceClip:
    height, width = settings.size
    view = _view(rgb[0].shape[:2], settings, random)
    pictures = np.stack([_seen(picture, view, (height, width), cv2.BORDER_REFLECT_101) for picture in rgb])
    layers = [[_seen(m, view, (height, width), cv2.BORDER_CONSTANT) for m in _planes(mask)] for mask in masks]
    found = padded(np.array(layers, np.uint8), settings.config.objects)
    if settings.config.first == "previous":
        return SequenceClip(pictures, found, found[0])
    guidance = found[1].copy()
    if random.random() < settings.damage:
        guidance[0] = damaged(guidance[0], np.zeros_like(guidance[0]), random)
    order = [0, *range(2, len(pictures))]
    return SequenceClip(pictures[order], found[order], guidance)


def _planes(mask: NDArray[np.bool_]) -> list[NDArray[np.uint8]]:
    return [np.where(mask[..., index], 255, 0).astype(np.uint8) for index in range(mask.shape[-1])]


def _view(shape: tuple[int, ...], settings: SequenceSettings, random: np.random.Generator) -> NDArray[np.float64]:
    """From pixels of the clip to pixels of the sequence; the frame's shape is not kept."""
    height, width = shape[:2]
    config = settings.config
    scale = 1 + random.uniform(-1, 1) * config.zoom
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), random.uniform(-1, 1) * config.turn_deg, scale)
    view = np.diag([settings.size[1] / width, settings.size[0] / height]) @ turn
    if config.flip and random.random() < 0.5:
        view = np.array([[-1.0, 0.0], [0.0, 1.0]]) @ view
        view[0, 2] += settings.size[1] - 1
    return np.asarray(view, np.float64)


def _seen(
    picture: NDArray[np.uint8], view: NDArray[np.float64], size: tuple[int, int], border: int
) -> NDArray[np.uint8]:
    height, width = size
    return np.asarray(cv2.warpAffine(picture, view, (width, height), flags=cv2.INTER_LINEAR, borderMode=border))
