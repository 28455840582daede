"""The window: the part of the frame around an object that the hybrid network looks at.

A small object is seen enlarged, a large one with the whole frame around it. The window's size follows the object's
slowly, so that the mask does not breathe; its place follows at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.core.document import ObjectId
from vosapp.engine.propagator import Probability
from vosapp.models.hybrid.matching import STRIDE
from vosapp.models.hybrid.memory import CELL
from vosapp.optical_flow import Flow
from vosapp.video.source import RgbImage


@dataclass(frozen=True, slots=True)
class WindowSettings:
    """How windows are chosen: four numbers, chosen on ten shots of DAVIS 2016, and a bound of cost.

    Attributes:
        object_sizes: side of the window in sides of the object's box.
        side_px: the network sees about this many pixels squared.
        enlargement: largest factor by which the frame is enlarged.
        pace: share of the way to the wanted size that is gone within a frame.
        shared: objects are seen through one window if it has at most so many times the area of the largest of theirs.
    """

    object_sizes: float = 2.5
    side_px: int = 352
    enlargement: float = 3.0
    pace: float = 0.1
    shared: float = 1.3

    @property
    def least_sizes(self) -> float:
        """The smallest side, in sides of the object's box: a quarter of the usual room around it is left."""
        return 1 + (self.object_sizes - 1) / 4


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of a frame, in whole pixels, and the size at which the network sees it.

    Attributes:
        left, top, right, bottom: within the frame; right and bottom are outside.
        height, width: as the network sees it, multiples of 16.
        reach_px: side of the square that was wanted, which may go beyond the frame.
    """

    left: int
    top: int
    right: int
    bottom: int
    height: int
    width: int
    reach_px: float

    def rgb(self, picture: RgbImage) -> RgbImage:
        """The window of a picture, (height, width, 3) uint8."""
        return np.asarray(self._seen(picture), np.uint8)

    def mask(self, mask: Probability) -> Probability:
        """The window of a mask, (height, width) float32."""
        return np.asarray(self._seen(mask), np.float32)

    def put_back(self, seen: Probability, shape: tuple[int, int]) -> Probability:
        """A mask as the network sees it, in its place on an empty frame of a (height, width)."""
        frame = np.zeros(shape, np.float32)
        size = (self.right - self.left, self.bottom - self.top)
        frame[self.top : self.bottom, self.left : self.right] = cv2.resize(seen, size, interpolation=cv2.INTER_LINEAR)
        return np.clip(frame, 0, 1, out=frame)

    def flow(self, flow: Flow) -> Flow:
        """The window of a flow (frame height, frame width, 2), in the pixels that the network sees."""
        ratio = np.array([self.width / (self.right - self.left), self.height / (self.bottom - self.top)], np.float32)
        return np.asarray(self._seen(flow), np.float32) * ratio

    @property
    def scale(self) -> float:
        """Sides as the network sees them over sides in the frame."""
        return float((self.height * self.width / self.area) ** 0.5)

    @property
    def area(self) -> int:
        """Pixels of the frame."""
        return (self.right - self.left) * (self.bottom - self.top)

    def _seen(self, picture: NDArray[Any]) -> NDArray[Any]:
        part = picture[self.top : self.bottom, self.left : self.right]
        shrinks = self.height * self.width < self.area
        kind = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(part, (self.width, self.height), interpolation=kind))


def box_of(mask: Probability) -> tuple[int, int, int, int] | None:
    """Left, top, right, bottom of the pixels of at least one half; None where there are none."""
    left, top, across, down = cv2.boundingRect((mask >= 0.5).astype(np.uint8))
    return (left, top, left + across, top + down) if across and down else None


def window_around(
    mask: Probability, before: Window | None, settings: WindowSettings, drift: tuple[float, float] = (0.0, 0.0)
) -> Window:
    """The window for an object.

    Args:
        mask: (height, width), where the object was last.
        before: the last window; None at the start.
        settings: how to choose.
        drift: (x, y) in pixels by which the object is expected to have moved since.

    Returns:
        A window within the frame. Where the object is lost it grows from frame to frame around its last place.
    """
    box = box_of(mask)
    height, width = mask.shape
    whole = 2.0 * max(height, width)  # a square of this side covers the frame from any point of it
    if box is None:
        if before is None:
            return _window((height, width), (width / 2, height / 2), whole, settings)
        middle = ((before.left + before.right) / 2, (before.top + before.bottom) / 2)
        reach = min(before.reach_px * (1 + settings.pace), whole)
        return _window((height, width), middle, reach, settings)
    left, top, right, bottom = box
    wanted = settings.object_sizes * max(right - left, bottom - top, CELL)
    if before is not None:
        slow = before.reach_px * (wanted / before.reach_px) ** settings.pace
        # Whatever the pace, the object stays inside with room to move.
        wanted = max(slow, settings.least_sizes * max(right - left, bottom - top))
    middle = ((left + right) / 2 + drift[0], (top + bottom) / 2 + drift[1])
    return _window((height, width), middle, wanted, settings)


def shared_window(windows: list[Window], shape: tuple[int, int], settings: WindowSettings) -> Window | None:
    """One window in place of several where it is hardly larger than the largest; None otherwise."""
    left, top = min(w.left for w in windows), min(w.top for w in windows)
    right, bottom = max(w.right for w in windows), max(w.bottom for w in windows)
    if (right - left) * (bottom - top) > settings.shared * max(w.area for w in windows):
        return None
    reach = max(w.reach_px for w in windows)
    return _sized((left, top, right, bottom), reach, shape, settings)


def grouped(
    windows: Mapping[ObjectId, Window], shape: tuple[int, int], settings: WindowSettings
) -> list[tuple[Window, list[ObjectId]]]:
    """Windows and the objects seen through each: one for all where that costs little.

    Args:
        windows: of each object.
        shape: (height, width) of the frame.
        settings: how to choose.
    """
    if len(windows) > 1:
        common = shared_window(list(windows.values()), shape, settings)
        if common is not None:
            return [(common, list(windows))]
    return [(window, [object_id]) for object_id, window in windows.items()]


def view_between(new: Window, old: Window) -> list[list[float]]:
    """The affine map (2, 3) from the new window's coordinates (-1..1) to the old one's."""
    width, height = old.right - old.left, old.bottom - old.top
    across, down = (new.right - new.left) / width, (new.bottom - new.top) / height
    x = (new.left + new.right - old.left - old.right) / width
    y = (new.top + new.bottom - old.top - old.bottom) / height
    return [[across, 0.0, x], [0.0, down, y]]


def _window(shape: tuple[int, int], middle: tuple[float, float], reach: float, settings: WindowSettings) -> Window:
    across, down = (max(STRIDE, round(min(reach, side))) for side in (shape[1], shape[0]))
    left = round(min(max(middle[0] - across / 2, 0), max(0, shape[1] - across)))
    top = round(min(max(middle[1] - down / 2, 0), max(0, shape[0] - down)))
    return _sized((left, top, min(left + across, shape[1]), min(top + down, shape[0])), reach, shape, settings)


def _sized(box: tuple[int, int, int, int], reach: float, shape: tuple[int, int], settings: WindowSettings) -> Window:
    left, top, right, bottom = box
    across, down = right - left, bottom - top
    # The scale comes from the slow reach, not from the clipped box, so that it changes slowly too.
    whole = min(reach, shape[1]) * min(reach, shape[0])
    scale = min(settings.side_px / whole**0.5, settings.enlargement)
    seen = [max(2 * STRIDE, STRIDE * round(side * scale / STRIDE)) for side in (down, across)]
    return Window(left, top, right, bottom, seen[0], seen[1], reach)
