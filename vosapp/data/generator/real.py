"""Training clips cut from real clips that have masks, the crop following the object as the engine's does."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.data.generator.camera_effects import recoloured
from vosapp.data.generator.settings import Frames, GeneratorSettings
from vosapp.data.photographs.bank import PhotographBank
from vosapp.data.photographs.cutouts import object_mask


def draw_real(bank: PhotographBank, settings: GeneratorSettings, random: np.random.Generator) -> Frames | None:
    """Frames, masks of an object and masks of the others, cut from a real clip; None where it is not long enough."""
    clip = bank.masked_clips[random.integers(len(bank.masked_clips))]
    stride = int(random.choice([1, 2, 3], p=[0.6, 0.25, 0.15]))
    span = settings.steps * stride
    if len(clip.frames) <= span:
        return None
    first = int(random.integers(0, len(clip.frames) - span))
    order = [int(random.integers(len(clip.frames))), *range(first, first + span + 1, stride)]
    if random.random() < 0.5:
        order = [order[0], *reversed(order[1:])]
    labels = [bank.labels(clip.labels[k]) for k in order]
    chosen = object_mask(labels[1], random)
    if chosen is None:
        return None
    ids = np.unique(labels[1][chosen > 0])
    masks = [np.where(np.isin(label, ids), 255, 0).astype(np.uint8) for label in labels]
    others = [np.where((label > 0) & (label < 255) & ~np.isin(label, ids), 255, 0).astype(np.uint8) for label in labels]
    views = _views(masks, settings, random)
    colour = int(random.integers(2**31))
    rgb = [
        recoloured(
            _seen(bank.rgb(clip.frames[k]), view, settings.size_px, cv2.BORDER_REFLECT_101),
            np.random.default_rng(colour),
            0.5,
        )
        for k, view in zip(order, views, strict=True)
    ]
    seen = [
        [_seen(mask, view, settings.size_px, cv2.BORDER_CONSTANT) for mask, view in zip(kind, views, strict=True)]
        for kind in (masks, others)
    ]
    return Frames(np.stack(rgb), np.stack(seen[0]), np.stack(seen[1]), seen[1][1])


def _views(
    masks: list[NDArray[np.uint8]], settings: GeneratorSettings, random: np.random.Generator
) -> list[NDArray[np.float64]]:
    """An affine view for the anchor and one for the consecutive frames, each around the object there."""
    angle = random.normal(0, 6)
    share = random.uniform(settings.smallest, settings.largest)
    views = [
        _view(mask, share * float(np.exp(random.normal(0, 0.1))), angle + random.normal(0, 5), settings, random)
        for mask in masks[:2]
    ]
    return [views[0]] + [views[1]] * (len(masks) - 1)


def _view(
    mask: NDArray[np.uint8], share: float, angle: float, settings: GeneratorSettings, random: np.random.Generator
) -> NDArray[np.float64]:
    left, top, across, down = cv2.boundingRect(mask)
    side = max(across, down, 8)
    size = settings.size_px
    centre = (left + across / 2, top + down / 2)
    view = np.asarray(cv2.getRotationMatrix2D(centre, angle, share * size / side), np.float64)
    view[:, 2] += size / 2 - np.array(centre) + random.normal(0, 0.06, 2) * size
    return view


def _seen(picture: NDArray[np.uint8], view: NDArray[np.float64], size: int, border: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.warpAffine(picture, view, (size, size), flags=cv2.INTER_LINEAR, borderMode=border), np.uint8)
