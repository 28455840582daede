"""Colours of objects and backgrounds: an object's own texture up to its outline and beyond it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.data.photographs.bank import PhotographBank, Rgb

Floats = NDArray[np.float32]

_FILL_PX = 41  # over which colours are averaged where there is nothing to mirror
_SOILED_PX = 1.5  # on the inner side of an outline, where the old background still shows


def crop(bank: PhotographBank, size_px: int, random: np.random.Generator) -> Rgb:
    """(size, size, 3) of some photograph, turned, at its own size or up to twice as large."""
    rgb = bank.rgb(bank.photographs[random.integers(len(bank.photographs))].picture)
    height, width = rgb.shape[:2]
    side = min(height, width, int(size_px / random.uniform(1.0, 2.0)))
    top, left = int(random.integers(height - side + 1)), int(random.integers(width - side + 1))
    piece = cv2.resize(rgb[top : top + side, left : left + side], (size_px, size_px), interpolation=cv2.INTER_CUBIC)
    turned = np.rot90(piece, int(random.integers(4)))
    return np.ascontiguousarray(turned[:, ::-1] if random.random() < 0.5 else turned)


def carried_out(rgb: Rgb, alpha: Floats) -> Rgb:
    """An object's colours (H, W, 3) mirrored at its outline, in place of what was behind it.

    What is drawn or blurred beyond the outline so has the object's own texture. Where the object is too thin to be
    mirrored, the mean colour nearby stands in.
    """
    solid = (alpha > 0.95).astype(np.uint8)
    away = cv2.distanceTransform(1 - solid, cv2.DIST_L2, 5)
    within = cv2.distanceTransform(solid, cv2.DIST_L2, 5)
    own = (within > _SOILED_PX).astype(np.float32)
    if not own.any() or own.all():
        return rgb
    smooth = cv2.GaussianBlur(away - within, (0, 0), 1.5)
    slope_y, slope_x = np.gradient(smooth)
    steep = np.maximum(np.hypot(slope_x, slope_y), np.float32(1e-3))
    back = 2 * (np.clip(away - within, -_SOILED_PX, None) + np.float32(_SOILED_PX)) * (own < 1)
    y, x = np.mgrid[: alpha.shape[0], : alpha.shape[1]].astype(np.float32)
    places = (x - back * slope_x / steep).astype(np.float32), (y - back * slope_y / steep).astype(np.float32)
    mirrored, fits = (
        cv2.remap(image, *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT) for image in (rgb, own)
    )
    weight = cv2.blur(own, (_FILL_PX, _FILL_PX))[..., None]
    mean = rgb[own > 0].mean(axis=0)
    filled = (cv2.blur(rgb * own[..., None], (_FILL_PX, _FILL_PX)) + np.float32(1e-3) * mean) / (weight + 1e-3)
    fits = np.clip(4 * fits - 3, 0, 1)[..., None]
    return np.asarray(np.rint(fits * mirrored + (1 - fits) * filled).clip(0, 255), np.uint8)


def rimmed(colour: Floats, alpha: Floats, random: np.random.Generator) -> Floats:
    """An object's colours (H, W, 3) darker or lighter along its outline: as round things are, or with a line.

    What lies beyond the outline is as its rim.
    """
    within = cv2.distanceTransform((alpha >= 0.5).astype(np.uint8), cv2.DIST_L2, 5)
    reach_px = float(np.exp(random.uniform(0.0, np.log(8))))
    share = np.exp(-within / reach_px) if random.random() < 0.5 else np.clip(reach_px - within + 0.5, 0, 1)
    factor = float(np.exp(random.uniform(np.log(0.2), np.log(1.6))))
    return np.asarray(np.clip(colour * (1 + (factor - 1) * share[..., None]), 0, 1), np.float32)
