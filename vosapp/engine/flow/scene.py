"""One frame as the objects of the flow engine see it, and the windows of it that they look at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.core.mask import bounding_box
from vosapp.engine.flow.extent import Extent, Point
from vosapp.engine.flow.features import CONTEXT_PX
from vosapp.optical_flow import Flow
from vosapp.video.source import RgbImage

WORK_PIXELS = 240 * 427  # size of the working picture: half of 480p each way
_SMALLEST_PX = 8
_Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of the working picture and its like at full size, each as (rows, columns)."""

    small: tuple[slice, slice]
    full: tuple[slice, slice]


@dataclass(frozen=True, slots=True)
class Scene:
    """One frame.

    Attributes:
        frame_index: which frame.
        rgb: (height, width, 3) at full size.
        small: the working picture.
        to_previous: flow from this frame to the one before, at full size; None when there is none.
        small_flow: the same on the working picture, in its pixels.
        camera: motion (x, y) of most of the picture since the frame before, in working pixels.
    """

    frame_index: int
    rgb: RgbImage
    small: RgbImage
    to_previous: Flow | None = None
    small_flow: Flow | None = None
    camera: Point = (0.0, 0.0)

    @classmethod
    def of(cls, frame_index: int, rgb: RgbImage, to_previous: Flow | None = None) -> Scene:
        """A scene with its working picture."""
        height, width = rgb.shape[:2]
        scale = min(1.0, (WORK_PIXELS / (height * width)) ** 0.5)
        size = (max(_SMALLEST_PX, round(width * scale)), max(_SMALLEST_PX, round(height * scale)))
        small = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
        if to_previous is None:
            return cls(frame_index, rgb, small)
        ratio = np.array([size[0] / width, size[1] / height], np.float32)
        small_flow = np.asarray(cv2.resize(to_previous, size, interpolation=cv2.INTER_AREA), np.float32) * ratio
        x, y = np.median(small_flow[::4, ::4].reshape(-1, 2), axis=0)
        return cls(frame_index, rgb, small, to_previous, small_flow, (-float(x), -float(y)))

    @property
    def scale(self) -> float:
        """Width of the working picture over the full width."""
        return float(self.small.shape[1] / self.rgb.shape[1])

    def reduced(self, image: NDArray[np.float32]) -> NDArray[np.float32]:
        """A full-size (height, width) image at the working size."""
        size = (self.small.shape[1], self.small.shape[0])
        return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.float32)

    def enlarged(self, image: NDArray[np.float32]) -> NDArray[np.float32]:
        """An image (height, width, any channels) of the working size at full size."""
        size = (self.rgb.shape[1], self.rgb.shape[0])
        return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR), np.float32)

    def window(self, inside: NDArray[np.bool_], expected: Extent | None, margin: float) -> Window | None:
        """The part of the picture to look at: around a mask and around where its object should be.

        Args:
            inside: (height, width) of the working picture.
            expected: where the object should be, if that is known.
            margin: room around it, in its own sizes.

        Returns:
            None when there is nothing to look around, or it lies outside the picture.
        """
        boxes: list[_Box] = []
        box = bounding_box(inside)
        if box is not None:
            x_margin = max(CONTEXT_PX, margin * (box[2] - box[0]))
            y_margin = max(CONTEXT_PX, margin * (box[3] - box[1]))
            boxes.append((box[0] - x_margin, box[1] - y_margin, box[2] + x_margin, box[3] + y_margin))
        if expected is not None:
            (x, y), (x_radius, y_radius) = expected.centre, expected.radius
            reach = 1 + margin
            boxes.append((x - reach * x_radius, y - reach * y_radius, x + reach * x_radius, y + reach * y_radius))
        return self._windowed(boxes) if boxes else None

    def _windowed(self, boxes: Iterable[_Box]) -> Window | None:
        lefts, tops, rights, bottoms = zip(*boxes, strict=True)
        height, width = self.small.shape[:2]
        left, top = int(max(0, min(lefts))), int(max(0, min(tops)))
        right, bottom = int(min(width, np.ceil(max(rights)))), int(min(height, np.ceil(max(bottoms))))
        if right - left < _SMALLEST_PX or bottom - top < _SMALLEST_PX:
            return None
        full_height, full_width = self.rgb.shape[:2]
        y_scale, x_scale = full_height / height, full_width / width
        full = (
            slice(int(top * y_scale), min(full_height, int(np.ceil(bottom * y_scale)))),
            slice(int(left * x_scale), min(full_width, int(np.ceil(right * x_scale)))),
        )
        return Window((slice(top, bottom), slice(left, right)), full)
