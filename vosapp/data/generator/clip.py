"""One training clip: composed from photographs, or cut from a real clip with masks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vosapp.data.generator.camera_effects import draw_camera_effects, recoloured, with_camera_effects
from vosapp.data.generator.damage import damaged
from vosapp.data.generator.layer_types import BACKGROUND, KNOWN, STRANGER, TARGET, Layer
from vosapp.data.generator.layers import draw, hidden, over, streaked
from vosapp.data.generator.real import draw_real
from vosapp.data.generator.scene import draw_scene
from vosapp.data.generator.settings import Frames, GeneratorSettings, TrainingClip
from vosapp.data.photographs.bank import PhotographBank

_CALM = (0.1, 0.5)  # factors on the motion of calm clips
_LEAST_VISIBLE = 0.012  # share of the frame that the object must fill on the anchor and on the frame before


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
        real = bank.masked_clips and random.random() < settings.real_clips
        frames = draw_real(bank, settings, random) if real else _composed(bank, settings, random)
        if frames is not None and _is_usable(frames[1]):
            break
    else:
        frames = _composed(bank, settings, random)
    return _completed(frames, settings, random)


def _composed(bank: PhotographBank, settings: GeneratorSettings, random: np.random.Generator) -> Frames:
    layers = draw_scene(bank, settings, random)
    effects = draw_camera_effects(random)
    shutter = random.random() < 0.4
    drawn = [_frame(layers, index, settings.size_px, shutter) for index in range(settings.steps + 2)]
    rgb = [with_camera_effects(frame.rgb, effects, random) for frame in drawn]
    rgb[0] = recoloured(rgb[0], random, 0.35)
    masks, others = np.stack([frame.mask for frame in drawn]), np.stack([frame.others for frame in drawn])
    return Frames(np.stack(rgb), masks, others, np.maximum(others[1], drawn[1].strangers))


class _Drawn(NamedTuple):
    """One frame: (size, size, 3) and the visible masks (size, size) of object, followed others and strangers."""

    rgb: NDArray[np.uint8]
    mask: NDArray[np.uint8]
    others: NDArray[np.uint8]
    strangers: NDArray[np.uint8]


def _frame(layers: Sequence[Layer], index: int, size: int, shutter: bool) -> _Drawn:
    picture = np.zeros((size, size, 3), np.uint8)
    masks = {role: np.zeros((size, size), np.uint8) for role in (TARGET, KNOWN, STRANGER)}
    for layer in layers:
        rgb, alpha = draw(layer.pictures[index], layer.poses[index], size)
        if layer.role == BACKGROUND:
            picture = rgb
            continue
        if shutter:
            rgb, alpha = streaked(rgb, alpha, layer.shift * 0.5)
        picture = over(picture, rgb, alpha)
        masks = {role: hidden(mask, alpha) for role, mask in masks.items()}
        masks[layer.role] = np.maximum(masks[layer.role], alpha)
    return _Drawn(picture, masks[TARGET], masks[KNOWN], masks[STRANGER])


def _is_usable(masks: NDArray[np.uint8]) -> bool:
    least = _LEAST_VISIBLE * masks[0].size
    return all(np.count_nonzero(mask > 127) >= least for mask in masks[:2])


def _completed(frames: Frames, settings: GeneratorSettings, random: np.random.Generator) -> TrainingClip:
    if random.random() < 0.5:
        frames = Frames(*(np.flip(array, axis) for array, axis in zip(frames, (2, 2, 2, 1), strict=True)))
    rgb, masks, others, near = (np.ascontiguousarray(array) for array in frames)
    neighbour = near if random.random() < 0.7 else np.zeros_like(near)
    guidance = damaged(masks[1], neighbour, random) if random.random() < settings.damage else masks[1]
    return TrainingClip(rgb, masks, others, guidance)
