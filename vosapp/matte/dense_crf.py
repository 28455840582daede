"""Refinement by a fully connected conditional random field: outlines move to where the colours change.

The field of Krähenbühl and Koltun (2011): every pixel is tied to every other one, the more the nearer and the more
alike they are, and pixels tied to each other prefer the same label. RGMP's and COSNet's papers measure it as an
add-on. Inference is by mean field: all pixels are repeatedly brought into agreement with what the others say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.matte.lattice import Lattice, build_lattice

Floats: TypeAlias = NDArray[np.float32]

_CLAMP = 1e-5
_NOTHING = 0.01  # a probability that is no reason to look at a pixel


@dataclass(frozen=True, slots=True)
class CrfSettings:
    """Strengths that tie pixels to each other. The defaults repair outlines that wander by a few pixels at 480p.

    Attributes:
        near_weight: how much nearness alone counts.
        near_px: width of that tie.
        alike_weight: how much nearness together with alike colour counts.
        alike_px: width of that tie in position.
        alike_levels: and in colour, of 255.
        steps: of the mean field.
    """

    near_weight: float = 1.0
    near_px: float = 3.0
    alike_weight: float = 5.0
    alike_px: float = 30.0
    alike_levels: float = 5.0
    steps: int = 5


def refine_by_crf(rgb: NDArray[np.uint8], probabilities: Floats, settings: CrfSettings = CrfSettings()) -> Floats:
    """Refines the soft masks of objects on a frame. Only what lies around the objects is looked at.

    Args:
        rgb: (H, W, 3).
        probabilities: (N, H, W) in 0..1; over the objects they sum to at most 1, the rest is background.
        settings: of the field.

    Returns:
        (N, H, W), again summing to at most 1.
    """
    around = _surroundings(probabilities.max(axis=0), round(2 * settings.alike_px))
    if around is None:
        return probabilities
    refined = probabilities.copy()
    refined[(slice(None), *around)] = _mean_field(rgb[around], probabilities[(slice(None), *around)], settings)
    return refined


def _surroundings(largest: Floats, margin_px: int) -> tuple[slice, slice] | None:
    """The rows and columns that have something in them, and a margin; None for an empty picture."""
    rows, columns = (np.flatnonzero((largest > _NOTHING).any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return None
    top, left = (max(0, int(found[0]) - margin_px) for found in (rows, columns))
    return slice(top, int(rows[-1]) + margin_px + 1), slice(left, int(columns[-1]) + margin_px + 1)


def _mean_field(rgb: NDArray[np.uint8], probabilities: Floats, settings: CrfSettings) -> Floats:
    background = 1 - probabilities.sum(axis=0, keepdims=True)
    known = np.log(np.clip(np.concatenate([background, probabilities]), _CLAMP, 1))
    field = _Field(rgb, settings)
    labels = _softmax(known)
    for _ in range(settings.steps):
        labels = _softmax(known + np.stack([field.agreement(label) for label in labels]))
    return labels[1:]


class _Field:
    """The ties of one picture."""

    def __init__(self, rgb: NDArray[np.uint8], settings: CrfSettings) -> None:
        height, width = rgb.shape[:2]
        rows, columns = np.mgrid[:height, :width].astype(np.float32)
        colour = rgb.reshape(-1, 3).astype(np.float32) / np.float32(settings.alike_levels)
        place = np.stack([rows.ravel(), columns.ravel()], axis=1) / np.float32(settings.alike_px)
        self._lattice: Lattice = build_lattice(np.concatenate([place, colour], axis=1))
        self._settings = settings
        self._shape = (height, width)
        everything = np.ones((height, width), np.float32)
        self._near_scale: Floats = np.reciprocal(np.sqrt(self._near(everything)))
        self._alike_scale: Floats = np.reciprocal(np.sqrt(self._alike(everything)))

    def agreement(self, label: Floats) -> Floats:
        """How much each pixel is tied to pixels of a label (H, W)."""
        near = self._near_scale * self._near(self._near_scale * label)
        alike = self._alike_scale * self._alike(self._alike_scale * label)
        return np.asarray(self._settings.near_weight * near + self._settings.alike_weight * alike, np.float32)

    def _near(self, values: Floats) -> Floats:
        blurred = cv2.GaussianBlur(values, (0, 0), self._settings.near_px, borderType=cv2.BORDER_CONSTANT)
        return np.asarray(blurred, np.float32)

    def _alike(self, values: Floats) -> Floats:
        return self._lattice.filter(np.ascontiguousarray(values, np.float32).ravel()).reshape(self._shape)


def _softmax(logits: Floats) -> Floats:
    shifted = np.exp(logits - logits.max(axis=0, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=0, keepdims=True), np.float32)
