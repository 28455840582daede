"""One training clip: composed from photographs, or cut from a real clip with masks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.data.generator.damage import damaged
from vosapp.data.generator.finish import draw_look, finished, recoloured
from vosapp.data.generator.layers import draw, hidden, over, streaked
from vosapp.data.generator.real import draw_real
from vosapp.data.generator.scene import BACKGROUND, KNOWN, TARGET, Layer, draw_scene
from vosapp.data.generator.settings import GeneratorSettings, TrainingClip
from vosapp.data.photographs.bank import PhotographBank

_CALM = (0.1, 0.5)  # factors on the motion of calm clips
_LEAST_VISIBLE = 0.012  # share of the frame that the object must fill on the anchor and on the frame before
Frames = tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]


def generate(bank: PhotographBank, settings: GeneratorSettings, seed: Sequence[int]) -> TrainingClip:
    """The clip of a seed; the same seed, settings and photographs give the same clip.

    Args:
        bank: photographs.
        settings: how clips look.
        seed: one or more numbers, as (run, index of the clip).
    """
    random = np.random.default_rng(list(seed))
    if settings.calm and random.random() < settings.calm:
        settings = replace(settings, speed=settings.speed * random.uniform(*_CALM))
    for _ in range(6):
        real = bank.masked_footage and random.random() < settings.footage
        frames = draw_real(bank, settings, random) if real else _composed(bank, settings, random)
        if frames is not None and _is_usable(frames[1]):
            break
    else:
        frames = _composed(bank, settings, random)
    return _completed(frames, settings, random)


def generate_many(
    bank: PhotographBank, settings: GeneratorSettings, seed: int, indices: Iterator[int]
) -> Iterator[TrainingClip]:
    """Clips of one run, by index."""
    for index in indices:
        yield generate(bank, settings, (seed, index))


def _composed(bank: PhotographBank, settings: GeneratorSettings, random: np.random.Generator) -> Frames:
    layers = draw_scene(bank, settings, random)
    look = draw_look(random)
    shutter = random.random() < 0.4
    drawn = [_frame(layers, index, settings.size_px, shutter) for index in range(settings.steps + 2)]
    rgb = [finished(picture, look, random) for picture, _, _ in drawn]
    rgb[0] = recoloured(rgb[0], random, 0.35)
    return np.stack(rgb), np.stack([mask for _, mask, _ in drawn]), np.stack([other for _, _, other in drawn])


def _frame(
    layers: Sequence[Layer], index: int, size: int, shutter: bool
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]:
    """One frame: rgb, the object's visible mask, the other known objects' visible mask."""
    picture = np.zeros((size, size, 3), np.uint8)
    mask, others = np.zeros((size, size), np.uint8), np.zeros((size, size), np.uint8)
    for layer in layers:
        rgb, alpha = draw(layer.pictures[index], layer.poses[index], size)
        if layer.role == BACKGROUND:
            picture = rgb
            continue
        if shutter:
            rgb, alpha = streaked(rgb, alpha, layer.shift * 0.5)
        picture, mask, others = over(picture, rgb, alpha), hidden(mask, alpha), hidden(others, alpha)
        if layer.role == TARGET:
            mask = np.maximum(mask, alpha)
        elif layer.role == KNOWN:
            others = np.maximum(others, alpha)
    return picture, mask, others


def _is_usable(masks: NDArray[np.uint8]) -> bool:
    least = _LEAST_VISIBLE * masks[0].size
    return all(np.count_nonzero(mask > 127) >= least for mask in masks[:2])


def _completed(frames: Frames, settings: GeneratorSettings, random: np.random.Generator) -> TrainingClip:
    rgb, masks, others = frames
    if random.random() < 0.5:
        rgb, masks, others = (np.ascontiguousarray(array[:, :, ::-1]) for array in frames)
    neighbour = others[1] if random.random() < 0.7 else np.zeros_like(others[1])
    guidance = damaged(masks[1], neighbour, random) if random.random() < settings.damage else masks[1]
    return TrainingClip(rgb, masks, others, guidance, backward_flows(rgb, int(random.random() < 0.85)))


def backward_flows(rgb: NDArray[np.uint8], finest_scale: int) -> NDArray[np.float16]:
    """Backward flow between the consecutive frames, by the estimator that the engine uses."""
    # Any: the stubs do not know that the initial flow may be None.
    estimator: Any = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    estimator.setFinestScale(finest_scale)
    grey = [np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8) for picture in rgb[1:]]
    flows = [estimator.calc(now, before, None) for before, now in pairwise(grey)]
    return np.stack(flows).astype(np.float16)
