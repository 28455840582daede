"""Layers of a clip: pictures under a pose, drawn on the frame and laid over each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.data.generator.motion import Pose

_NOTHING: Any = None
FloatImage = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Hinge:
    """A line through the layer beyond which it may fold: a point and the direction across, in box coordinates -1..1."""

    point: tuple[float, float]
    across: tuple[float, float]


def draw_hinge(random: np.random.Generator) -> Hinge:
    """A line somewhere across the middle of a layer."""
    angle = random.uniform(0, 2 * np.pi)
    point = random.uniform(-0.4, 0.4, 2)
    return Hinge((float(point[0]), float(point[1])), (float(np.cos(angle)), float(np.sin(angle))))


@dataclass(frozen=True, slots=True)
class Picture:
    """Picture of a layer at one moment.

    Attributes:
        rgb: (height, width, 3) uint8.
        alpha: (height, width) uint8, or None for a background that covers everything.
        box: left, top, right, bottom of what a pose places.
        hinge: where it folds.
    """

    rgb: NDArray[np.uint8]
    alpha: NDArray[np.uint8] | None
    box: tuple[int, int, int, int]
    hinge: Hinge | None = None

    @property
    def size_px(self) -> float:
        """The longer side of the box."""
        left, top, right, bottom = self.box
        return float(max(right - left, bottom - top))


def placed(picture: Picture, pose: Pose, size_px: int) -> NDArray[np.float32]:
    """For every pixel of the frame the place (x, y) in the picture that it shows: (size, size, 2) float32."""
    left, top, right, bottom = picture.box
    half = picture.size_px / 2
    x, y = np.meshgrid(np.arange(size_px, dtype=np.float32), np.arange(size_px, dtype=np.float32))
    cos, sin = np.cos(pose.angle) / (pose.scale * half), np.sin(pose.angle) / (pose.scale * half)
    dx, dy = x - np.float32(pose.centre[0]), y - np.float32(pose.centre[1])
    u: FloatImage = dx * np.float32(cos) + dy * np.float32(sin)
    v: FloatImage = dy * np.float32(cos) - dx * np.float32(sin)
    u = np.asarray(u * np.exp(-pose.stretch / 2) - v * pose.shear, np.float32)
    v = np.asarray(v * np.exp(pose.stretch / 2), np.float32)
    if picture.hinge is not None and pose.fold:
        u, v = _folded(u, v, picture.hinge, pose.fold)
    grid = np.asarray(pose.bend, np.float32)
    field = cv2.remap(grid, (u + 1) * 2, (v + 1) * 2, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    centre = ((left + right) / 2, (top + bottom) / 2)
    places = np.stack([u + 2 * field[..., 0], v + 2 * field[..., 1]], axis=-1) * np.float32(half)
    return np.asarray(places + np.array(centre, np.float32), np.float32)


def draw(picture: Picture, pose: Pose, size_px: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The layer on the frame: rgb (size, size, 3) and alpha (size, size), uint8."""
    places = placed(picture, pose, size_px)
    rgb = cv2.remap(picture.rgb, places, _NOTHING, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    if picture.alpha is None:
        return np.asarray(rgb, np.uint8), np.full((size_px, size_px), 255, np.uint8)
    alpha = cv2.remap(picture.alpha, places, _NOTHING, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return np.asarray(rgb, np.uint8), np.asarray(alpha, np.uint8)


def streaked(
    rgb: NDArray[np.uint8], alpha: NDArray[np.uint8], shift: NDArray[np.float64]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A drawn layer blurred along its motion, as by an open shutter."""
    length = int(min(15, np.hypot(*shift)))
    if length < 3:
        return rgb, alpha
    kernel = np.zeros((length | 1, length | 1), np.float32)
    middle = (length | 1) // 2
    way = shift / np.hypot(*shift) * middle
    ends = [(round(middle - way[0]), round(middle - way[1])), (round(middle + way[0]), round(middle + way[1]))]
    cv2.line(kernel, ends[0], ends[1], 1.0)
    kernel /= kernel.sum()
    return np.asarray(cv2.filter2D(rgb, -1, kernel), np.uint8), np.asarray(cv2.filter2D(alpha, -1, kernel), np.uint8)


def over(below: NDArray[np.uint8], rgb: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A layer laid over a picture."""
    weight = alpha.astype(np.uint16)[..., None]
    return ((below * (255 - weight) + rgb * weight + 127) // 255).astype(np.uint8)


def hidden(mask: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What stays visible of a mask under a layer."""
    return ((mask.astype(np.uint16) * (255 - alpha.astype(np.uint16)) + 127) // 255).astype(np.uint8)


def _folded(u: FloatImage, v: FloatImage, hinge: Hinge, fold: float) -> tuple[FloatImage, FloatImage]:
    """Turns what lies beyond the hinge around its point; the crease is soft."""
    du, dv = u - np.float32(hinge.point[0]), v - np.float32(hinge.point[1])
    beyond = np.clip((du * np.float32(hinge.across[0]) + dv * np.float32(hinge.across[1])) * 5 + 0.5, 0, 1)
    cos, sin = np.float32(np.cos(fold) - 1), np.float32(np.sin(fold))
    return (
        np.asarray(u + beyond * (du * cos + dv * sin), np.float32),
        np.asarray(v + beyond * (dv * cos - du * sin), np.float32),
    )
