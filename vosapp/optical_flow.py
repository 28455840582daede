"""Dense optical flow between two pictures (OpenCV's DIS), warping along it, and how far to trust it.

A flow (height, width, 2) float32 holds for every pixel of the first picture the way (dx, dy) in pixels to the same
point in the second: first(x, y) looks like second(x + dx, y + dy). To bring what stood on the previous frame to the
current one, take the flow from the current frame to the previous and warp with it.

Source: Kroeger et al., "Fast optical flow using dense inverse search", ECCV 2016, as OpenCV implements it.
"""

from __future__ import annotations

import functools
from typing import Any, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.video.source import RgbImage

Flow = NDArray[np.float32]
GreyImage = NDArray[np.uint8]
Sample = TypeVar("Sample", np.uint8, np.float32)


_FINEST_SCALE = 1  # half of the size of the picture
_PATCH_STRIDE_PX = 3
_REFINEMENT_STEPS = 5
_NOTHING: Any = None  # an array argument left out, which OpenCV takes and its type stubs do not know
_MAX_PIXELS = 480 * 864  # larger pictures get their flow at about 480p: it costs the same and moves masks as well


class FlowEstimator:
    """Dense flow between grey pictures. Keeps its buffers between calls; one object serves one thread."""

    def __init__(self) -> None:
        self._dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        self._dis.setFinestScale(_FINEST_SCALE)
        self._dis.setPatchStride(_PATCH_STRIDE_PX)
        self._dis.setVariationalRefinementIterations(_REFINEMENT_STEPS)

    def flow(self, first: GreyImage, second: GreyImage) -> Flow:
        """Flow (height, width, 2) from the first to the second of two (height, width) uint8 pictures."""
        height, width = first.shape
        scale = flow_scale(height, width)
        if scale < 1.0:
            size = (max(16, round(width * scale)), max(16, round(height * scale)))
            small = self._calculate(_shrunk(first, size), _shrunk(second, size))
            flow = np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
            flow *= np.array([width / size[0], height / size[1]], np.float32)
            return flow
        return self._calculate(first, second)

    def _calculate(self, first: GreyImage, second: GreyImage) -> Flow:
        height, width = first.shape
        # DIS needs room for its coarsest patches; pictures smaller than that are padded.
        bottom, right = max(0, 32 - height), max(0, 32 - width)
        if bottom or right:
            first, second = (
                np.asarray(cv2.copyMakeBorder(grey, 0, bottom, 0, right, cv2.BORDER_REPLICATE), np.uint8)
                for grey in (first, second)
            )
        flow = self._dis.calc(np.ascontiguousarray(first), np.ascontiguousarray(second), _NOTHING)
        return np.asarray(flow[:height, :width], np.float32)


def flow_scale(height: int, width: int) -> float:
    """The size at which flow is estimated, over the size of the pictures; at most 1."""
    return float(min(1.0, (_MAX_PIXELS / (height * width)) ** 0.5))


def _shrunk(picture: GreyImage, size: tuple[int, int]) -> GreyImage:
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def grey(rgb: RgbImage) -> GreyImage:
    """The (height, width) uint8 brightness of an RGB picture."""
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)


def dense_flow(first: RgbImage, second: RgbImage) -> Flow:
    """Flow (height, width, 2) float32 in pixels from the first to the second of two (height, width, 3) pictures.

    For many pairs keep a `FlowEstimator` and the grey pictures instead.
    """
    return FlowEstimator().flow(grey(first), grey(second))


@functools.lru_cache(maxsize=4)  # pictures of a shot have one size, working pictures another
def pixel_grid(height: int, width: int) -> Flow:
    """(height, width, 2) float32: every pixel's own (x, y). Shared by those who ask: it cannot be written to."""
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    grid = np.stack([x, y], axis=-1)
    grid.setflags(write=False)
    return grid


def warp(image: NDArray[Sample], flow: Flow, *, outside: float | None = 0.0) -> NDArray[Sample]:
    """`image` sampled at every pixel plus its flow, bilinear.

    Args:
        image: (height, width) or (height, width, channels), uint8 or float32, in the flow's second picture.
        flow: (height, width, 2) from the picture of the result to the picture of `image`.
        outside: value beyond the picture's border; None repeats the border.

    Returns:
        An array like `image`.
    """
    places = pixel_grid(*flow.shape[:2]) + flow
    border = cv2.BORDER_REPLICATE if outside is None else cv2.BORDER_CONSTANT
    warped = cv2.remap(image, places, _NOTHING, cv2.INTER_LINEAR, borderMode=border, borderValue=outside or 0.0)
    return np.asarray(warped, image.dtype)


def round_trip_error(flow: Flow, reverse: Flow) -> NDArray[np.float32]:
    """How far a pixel misses itself when it goes along the flow and back, in pixels: (height, width) float32.

    Large where the point is hidden in the other picture or the flow is wrong; 0 where both agree.

    Args:
        flow: (height, width, 2) from the first to the second picture.
        reverse: (height, width, 2) from the second to the first.
    """
    back = warp(reverse, flow, outside=None)
    missed = flow + back
    return np.asarray(cv2.magnitude(missed[..., 0], missed[..., 1]), np.float32)


def is_consistent(flow: Flow, reverse: Flow) -> NDArray[np.bool_]:
    """(height, width) bool: where the round trip ends within a tolerance that grows with the length of the way.

    The tolerance is that of Sundaram et al., "Dense point trajectories by GPU-accelerated large displacement
    optical flow", ECCV 2010: 1 % of the squared lengths of both ways plus half a pixel squared.
    """
    back = warp(reverse, flow, outside=None)
    missed = np.square(flow + back).sum(axis=-1)
    lengths = np.square(flow).sum(axis=-1) + np.square(back).sum(axis=-1)
    return np.asarray(missed <= 0.01 * lengths + 0.5, np.bool_)
