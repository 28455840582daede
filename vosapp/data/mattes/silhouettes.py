"""Silhouettes with a piece of outline in the middle: drawn, from label images, or keyed from plain backgrounds."""

from __future__ import annotations

import functools

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.data.photographs.bank import Photograph, PhotographBank, Rgb
from vosapp.data.photographs.cutouts import object_mask

Floats = NDArray[np.float32]

PLAIN = tuple(f"with_masks/{name}_auto" for name in ("plainbg", "caltech101_whitebg", "trashnet"))  # sources
_KEY_BAND_PX = 5  # in the photograph: further from the labelled outline alpha is 0 or 1
_KEPT = 512  # keyed photographs, a quarter of a megabyte each


def drawn(size_px: int, random: np.random.Generator) -> Floats:
    """(size, size) 0..1: smooth noise cut at a level, as round or as ragged as it comes."""
    coarse = random.standard_normal((4 + int(random.integers(0, 5)),) * 2).astype(np.float32)
    field = cv2.resize(coarse, (size_px, size_px), interpolation=cv2.INTER_CUBIC)
    if random.random() < 0.5:
        finer = random.standard_normal((int(random.integers(10, 24)),) * 2).astype(np.float32)
        field = field + np.float32(random.uniform(0.1, 0.35)) * cv2.resize(
            finer, (size_px, size_px), interpolation=cv2.INTER_CUBIC
        )
    middle = field[size_px // 3 : 2 * size_px // 3, size_px // 3 : 2 * size_px // 3]
    return _antialiased(field - np.float32(np.quantile(middle, random.uniform(0.3, 0.7))))


def labelled(bank: PhotographBank, size_px: int, random: np.random.Generator) -> tuple[Floats, Rgb] | None:
    """The outline of a labelled object, enlarged, and its photograph in the same place; None where there is none."""
    photograph = bank.masked[random.integers(len(bank.masked))]
    if photograph.labels is None:
        return None
    shape = object_mask(bank.labels(photograph.labels), random)
    if shape is None:
        return None
    soft = cv2.GaussianBlur(shape.astype(np.float32) / 255, (0, 0), 1.0)
    return _placed(np.asarray(soft, np.float32), bank.rgb(photograph.picture), size_px, random, sharpen=True)


def keyed(bank: PhotographBank, size_px: int, random: np.random.Generator) -> tuple[Floats, Rgb] | None:
    """An alpha keyed from a photograph on a plain background, and the object's colours; None where that fails."""
    plain = [photograph for photograph in bank.masked if photograph.picture.startswith(PLAIN)]
    if not plain:
        return None
    found = _keyed_once(bank, plain[random.integers(len(plain))])
    if found is None:
        return None
    alpha, rgb = found
    return _placed(alpha.astype(np.float32) / np.float32(255), rgb, size_px, random, sharpen=False)


@functools.lru_cache(maxsize=_KEPT)
def _keyed_once(bank: PhotographBank, photograph: Photograph) -> tuple[NDArray[np.uint8], Rgb] | None:
    """As `key`, alpha in 0..255; remembered, for a photograph is keyed in more time than a tile is made of it."""
    found = key(bank, photograph)
    return None if found is None else (np.rint(255 * found[0]).astype(np.uint8), found[1])


def key(bank: PhotographBank, photograph: Photograph) -> tuple[Floats, Rgb] | None:
    """Alpha (H, W) 0..1 and colours (H, W, 3) uint8 of what stands before a plain background.

    Where the colour lies on the way from the background's to the object's nearby is alpha, in a narrow band about
    the labelled outline. None where the background is not plain or the two are too much alike.
    """
    if photograph.labels is None:
        return None
    rgb = bank.rgb(photograph.picture).astype(np.float32) / 255
    labels = cv2.resize(bank.labels(photograph.labels), rgb.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    solid = (labels > 0).astype(np.uint8)
    band = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _KEY_BAND_PX + 1,) * 2)
    core, reach = cv2.erode(solid, np.ones((5, 5), np.uint8)), cv2.dilate(solid, band)
    outside = rgb[reach == 0]
    if len(outside) < 200 or outside.std(axis=0).max() > 0.06 or not core.any():
        return None
    behind = np.median(outside, axis=0)
    weight = cv2.blur(core.astype(np.float32), (15, 15))[..., None] + np.float32(1e-4)
    near = (cv2.blur(rgb * core[..., None], (15, 15)) + np.float32(1e-4) * rgb[core > 0].mean(axis=0)) / weight
    contrast = near - behind
    strength = np.square(contrast).sum(axis=-1)
    if np.median(strength[(reach > 0) & (core == 0)]) < 0.06:
        return None
    alpha = ((rgb - behind) * contrast).sum(axis=-1) / np.maximum(strength, 0.02)
    alpha = np.clip((alpha - 0.06) / 0.88, 0, 1)
    alpha = np.where(core > 0, 1.0, np.where(reach > 0, alpha, 0.0)).astype(np.float32)
    return alpha, np.rint(255 * np.where(core[..., None] > 0, rgb, near)).clip(0, 255).astype(np.uint8)


def _placed(
    alpha: Floats, rgb: Rgb, size_px: int, random: np.random.Generator, *, sharpen: bool
) -> tuple[Floats, Rgb] | None:
    """Both turned, about at their size or enlarged, and moved so that a point of the outline is near the middle."""
    edge = np.argwhere((alpha > 0.25) & (alpha < 0.75))
    if len(edge) < 10:
        return None
    if rgb.shape[:2] != alpha.shape:
        rgb = np.asarray(cv2.resize(rgb, alpha.shape[::-1]), np.uint8)
    y, x = edge[random.integers(len(edge))]
    scale = float(np.exp(random.uniform(np.log(0.8), np.log(3.0 if sharpen else 2.0))))
    turn = np.asarray(cv2.getRotationMatrix2D((float(x), float(y)), random.uniform(0, 360), scale), np.float64)
    turn[:, 2] += size_px / 2 - np.array([x, y]) + random.uniform(-0.2, 0.2, 2) * size_px
    placed = cv2.warpAffine(alpha, turn, (size_px, size_px), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
    colours = cv2.warpAffine(rgb, turn, (size_px, size_px), borderMode=cv2.BORDER_REFLECT_101)
    if sharpen:
        placed = _antialiased((placed - np.float32(0.5)) * 4)
    return np.clip(placed, 0, 1).astype(np.float32), np.asarray(colours, np.uint8)


def _antialiased(field: Floats) -> Floats:
    """1 where a field is positive, 0 where negative, the change about a pixel wide."""
    across, down = np.gradient(field)
    steepness = np.maximum(np.hypot(across, down), np.float32(1e-4))
    return np.asarray(np.clip(field / steepness + np.float32(0.5), 0, 1), np.float32)
