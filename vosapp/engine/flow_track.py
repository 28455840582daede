"""One object on its way through the clip: the moved mask, what the object looks like, and where it should be.

Each frame weighs three kinds of evidence in log-odds per pixel, on a small working picture: the mask that optical flow
carried over (prior), the appearance score, and the extent, which lets the appearance decide alone where part of the
object went missing. An edge-aware smoothing at full size then lays the outline onto the picture's edges.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.core.mask import bounding_box
from vosapp.engine.flow_appearance import AppearanceModel
from vosapp.engine.flow_extent import Extent, Point, extent_of
from vosapp.engine.flow_features import CONTEXT_PX, pixel_features
from vosapp.engine.optical_flow import Flow, warp
from vosapp.engine.propagator import Probability
from vosapp.video.source import RgbImage

WORK_PIXELS = 240 * 427  # size of the working picture: half of 480p each way


@dataclass(frozen=True, slots=True)
class FlowSettings:
    """The constants of the engine, chosen on footage. Lengths are in pixels of the working picture.

    Attributes:
        prior_blur_px: how far flow is trusted to place an outline.
        prior_limit: most log-odds that the moved mask can claim.
        appearance_gain: log-odds of a full appearance score.
        lost_gain: log-odds given back inside the extent when the whole object is missing.
        extent_slope: log-odds lost for each extent radius outside the box.
        margin: room around the object, in its own sizes, that is looked at.
        edge_strength, edge_colour: lambda and sigma of the edge-aware smoothing.
        sharpness: slope of the soft edge kept for the next frame.
        keep_share: area, against the usual, that a detached piece needs to be taken for the object come back.
        learn_share: area, against the usual, from which a frame teaches the appearance model.
    """

    prior_blur_px: float = 1.0
    prior_limit: float = 3.0
    appearance_gain: float = 2.5
    lost_gain: float = 2.0
    extent_slope: float = 4.0
    margin: float = 0.6
    edge_strength: float = 200.0
    edge_colour: float = 6.0
    sharpness: float = 1.5
    keep_share: float = 0.02
    learn_share: float = 0.4


@dataclass(frozen=True, slots=True)
class Scene:
    """One frame, as every object sees it.

    Attributes:
        frame_index: which frame.
        rgb: (height, width, 3) at full size.
        small: the working picture.
        to_previous: flow from this frame to the one before, at full size; None when there is none.
    """

    frame_index: int
    rgb: RgbImage
    small: RgbImage
    to_previous: Flow | None = None

    @classmethod
    def of(cls, frame_index: int, rgb: RgbImage, to_previous: Flow | None = None) -> Scene:
        """A scene with its working picture."""
        height, width = rgb.shape[:2]
        scale = min(1.0, (WORK_PIXELS / (height * width)) ** 0.5)
        size = (max(8, round(width * scale)), max(8, round(height * scale)))
        small = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
        return cls(frame_index, rgb, small, to_previous)

    @property
    def scale(self) -> float:
        """Width of the working picture over the full width."""
        return float(self.small.shape[1] / self.rgb.shape[1])

    def reduced(self, image: NDArray[np.float32]) -> NDArray[np.float32]:
        """A full-size (height, width) image at the working size."""
        size = (self.small.shape[1], self.small.shape[0])
        return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.float32)

    def camera(self) -> Point:
        """Motion (x, y) of most of the picture since the last frame, in working pixels."""
        if self.to_previous is None:
            return 0.0, 0.0
        x, y = np.median(self.to_previous[::8, ::8].reshape(-1, 2), axis=0)
        return -float(x) * self.scale, -float(y) * self.scale


@dataclass(frozen=True, slots=True)
class _Window:
    """A rectangle of the working picture and its like at full size, as slices (rows, columns)."""

    small: tuple[slice, slice]
    full: tuple[slice, slice]


class ObjectTrack:
    """The state of one object during a pass."""

    def __init__(self, settings: FlowSettings) -> None:
        self._settings = settings
        self._appearance = AppearanceModel()
        self._mask: Probability | None = None
        self._extent: Extent | None = None

    def remember(self, scene: Scene, mask: Probability) -> None:
        """Learns the look of the object from a trusted mask, without moving there."""
        if self._appearance.knows(scene.frame_index):
            return
        small = scene.reduced(mask)
        window = self._window(scene, small >= 0.5, None)
        if window is not None:
            features = pixel_features(scene.small[window.small])
            self._appearance.learn_anchor(scene.frame_index, features, small[window.small])

    def place(self, scene: Scene, mask: Probability) -> None:
        """Takes a trusted mask as the state of this frame."""
        if not self._appearance.is_ready():
            self.remember(scene, mask)
        self._mask = mask
        self._extent = extent_of(scene.reduced(mask) >= 0.5) or self._extent

    def adopt(self, mask: Probability) -> None:
        """Goes on from a mask (height, width) that others found on the present frame."""
        self._mask = mask

    def follow(self, scene: Scene) -> tuple[Probability, float]:
        """Moves to the scene's frame. Returns the probabilities (height, width) and the doubt, 0 to 1."""
        blank = np.zeros(scene.rgb.shape[:2], np.float32)
        if self._mask is None or self._extent is None or scene.to_previous is None:
            self._mask = blank
            return blank, 1.0
        moved = warp(self._mask, scene.to_previous)
        small = scene.reduced(moved)
        expected = self._extent.moved(scene.camera())
        window = self._window(scene, small >= 0.5, expected)
        if window is None:
            self._mask, self._extent = blank, expected
            return blank, 1.0
        lost = max(0.0, 1 - float(np.count_nonzero(small >= 0.5)) / self._extent.area_px)
        features = pixel_features(scene.small[window.small])
        score = self._appearance.score(scene.frame_index, features)
        odds = self._odds(small[window.small], score, expected, window, lost)
        found = self._outlined(scene, odds, window)
        found = self._without_strays(found, moved[window.full], scene, expected, window, lost)
        self._mask = blank
        self._mask[window.full] = found
        self._learn(scene, features, window, expected)
        return self._mask, self._doubt(scene, score, window, lost)

    def _odds(
        self, moved: NDArray[np.float32], score: NDArray[np.float32], expected: Extent, window: _Window, lost: float
    ) -> NDArray[np.float32]:
        """Log-odds of being inside, (height, width) of the window on the working picture."""
        settings = self._settings
        limit = settings.prior_limit
        trusted = np.clip(cv2.GaussianBlur(moved, (0, 0), settings.prior_blur_px), 1e-4, 1 - 1e-4)
        prior = np.clip(np.log(trusted / (1 - trusted)), -limit, limit)
        distance = expected.distance(window.small[0].start, window.small[1].start, moved.shape[0], moved.shape[1])
        floor = settings.lost_gain * lost - limit - settings.extent_slope * np.maximum(0, distance / 1.15 - 1)
        odds = np.maximum(prior, floor) + settings.appearance_gain * score
        return np.asarray(odds, np.float32)

    def _outlined(self, scene: Scene, odds: NDArray[np.float32], window: _Window) -> Probability:
        """Probabilities at full size, smooth along the picture's surfaces and steep at its edges."""
        settings = self._settings
        canvas = np.full(scene.small.shape[:2], -2 * settings.prior_limit, np.float32)
        canvas[window.small] = odds
        height, width = scene.rgb.shape[:2]
        full = cv2.resize(canvas, (width, height), interpolation=cv2.INTER_LINEAR)[window.full]
        probability = 255 / (1 + np.exp(-np.asarray(full, np.float32)))
        picture = np.ascontiguousarray(scene.rgb[window.full])
        strength = settings.edge_strength * (0.5 / scene.scale) ** 2
        smooth = cv2.ximgproc.fastGlobalSmootherFilter(picture, probability, strength, settings.edge_colour)
        steep = (np.asarray(smooth, np.float32) / 255 - 0.5) * settings.sharpness + 0.5
        return np.asarray(np.clip(steep, 0, 1), np.float32)

    def _without_strays(
        self,
        found: Probability,
        moved: Probability,
        scene: Scene,
        expected: Extent,
        window: _Window,
        lost: float,
    ) -> Probability:
        """Drops pieces that neither touch the moved mask nor look like a lost part come back."""
        count, labels, statistics, centres = cv2.connectedComponentsWithStats(
            (found >= 0.5).astype(np.uint8), connectivity=4
        )
        if count <= 2:
            return found
        keep = np.zeros(count, np.bool_)
        keep[np.unique(labels[moved >= 0.5])] = True
        if lost > 0.15:
            areas = statistics[:, cv2.CC_STAT_AREA] * scene.scale**2
            offset = np.array([window.full[1].start, window.full[0].start])
            places = np.abs((centres + offset) * scene.scale - expected.centre) / expected.radius
            keep |= (places.max(axis=1) < 1) & (areas > self._settings.keep_share * expected.area_px)
        keep[0] = True
        return np.where(keep[labels] | (found < 0.5), found, np.float32(0)).astype(np.float32)

    def _learn(self, scene: Scene, features: NDArray[np.float32], window: _Window, expected: Extent) -> None:
        before = self._extent
        if self._mask is None or before is None:
            return
        small = scene.reduced(self._mask)
        inside = small >= 0.5
        self._extent = expected.seen(inside, before, scene.camera())
        if np.count_nonzero(inside) > self._settings.learn_share * self._extent.area_px:
            self._appearance.learn_recent(features, small[window.small])

    def _doubt(self, scene: Scene, score: NDArray[np.float32], window: _Window, lost: float) -> float:
        """Part of the object that is missing or that does not look like it, whichever is more."""
        if self._mask is None:
            return 1.0
        inside = scene.reduced(self._mask)[window.small] >= 0.5
        if not inside.any():
            return 1.0
        return max(lost, float(np.mean(score[inside] < 0)))

    def _window(self, scene: Scene, inside: NDArray[np.bool_], expected: Extent | None) -> _Window | None:
        """The part of the picture to look at: around the mask and around where the object should be."""
        height, width = scene.small.shape[:2]
        margin = self._settings.margin
        boxes = []
        box = bounding_box(inside)
        if box is not None:
            x_margin = max(CONTEXT_PX, margin * (box[2] - box[0]))
            y_margin = max(CONTEXT_PX, margin * (box[3] - box[1]))
            boxes.append((box[0] - x_margin, box[1] - y_margin, box[2] + x_margin, box[3] + y_margin))
        if expected is not None:
            (x, y), (x_radius, y_radius) = expected.centre, expected.radius
            reach = 1 + margin
            boxes.append((x - reach * x_radius, y - reach * y_radius, x + reach * x_radius, y + reach * y_radius))
        if not boxes:
            return None
        left, top = (int(max(0, min(b[i] for b in boxes))) for i in (0, 1))
        right = int(min(width, np.ceil(max(b[2] for b in boxes))))
        bottom = int(min(height, np.ceil(max(b[3] for b in boxes))))
        if right - left < 8 or bottom - top < 8:
            return None
        return _Window((slice(top, bottom), slice(left, right)), _enlarged(scene, (top, bottom, left, right)))


def _enlarged(scene: Scene, edges: tuple[int, int, int, int]) -> tuple[slice, slice]:
    """The full-size rows and columns that lie inside top, bottom, left, right of the working picture."""
    height, width = scene.rgb.shape[:2]
    y_scale, x_scale = height / scene.small.shape[0], width / scene.small.shape[1]
    top, bottom, left, right = edges
    return (
        slice(int(top * y_scale), min(height, int(np.ceil(bottom * y_scale)))),
        slice(int(left * x_scale), min(width, int(np.ceil(right * x_scale)))),
    )
