"""Poles: narrow things that pass before the object while the camera goes along with it. What they hid comes back."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from vosapp.data.generator.layer_types import STRANGER, Layer
from vosapp.data.generator.layers import Picture
from vosapp.data.generator.motion import still_pose
from vosapp.data.photographs.bank import PhotographBank

_LENGTH_PX = 160  # of a pole's picture
_WIDE = (0.05, 0.35)  # width on the frame, as a share of the object's longer side
_PACE = (0.05, 0.5)  # of the object's longer side a frame, relative to it
_LEAN = 0.2  # standard deviation from upright, radians


def draw_poles(
    bank: PhotographBank, target: Layer, side: float, random: np.random.Generator, size_px: int
) -> list[Layer]:
    """One or two poles that pass the object on one of the frames to predict.

    Args:
        bank: photographs that their surfaces are taken from.
        target: the object.
        side: its longer side on the frame before, in pixels.
        random: draws.
        size_px: of the frame.
    """
    pace = random.uniform(*_PACE) * random.choice([-1, 1]) * side
    return [_pole(bank, target, pace, (side, 2.0 * size_px), random) for _ in range(int(random.integers(1, 3)))]


def _pole(
    bank: PhotographBank, target: Layer, pace: float, sides: tuple[float, float], random: np.random.Generator
) -> Layer:
    side, length = sides
    steps = len(target.poses) - 2
    meeting = random.uniform(0, steps + 0.5)
    scale = length / _LENGTH_PX
    picture = _picture(bank, random.uniform(*_WIDE) * side / scale, random)
    start = replace(still_pose(np.zeros(2), scale, random, bend=0.0), angle=random.normal(0, _LEAN), stretch=0.0)
    height = random.normal(0, 0.3) * side
    way = [target.poses[1 + k].centre + np.array([pace * (k - meeting), height]) for k in range(steps + 1)]
    away = target.poses[0].centre + np.array([random.choice([-1, 1]) * random.uniform(0.3, 3) * side, height])
    poses = tuple(replace(start, centre=centre) for centre in (away, *way))
    return Layer(STRANGER, (picture,) * len(poses), poses, target.shift + np.array([pace, 0.0]))


def _picture(bank: PhotographBank, width: float, random: np.random.Generator) -> Picture:
    """An upright pole, a little thicker at one end."""
    rgb = bank.rgb(bank.photographs[random.integers(len(bank.photographs))].picture)
    middle = max(2.0, width / 2)
    across = int(2 * middle + 12)
    left = int(random.integers(0, max(1, rgb.shape[1] - across)))
    strip = rgb[:, left : left + across]
    surface = np.asarray(cv2.resize(strip, (across, _LENGTH_PX), interpolation=cv2.INTER_AREA), np.uint8)
    top, bottom = middle * random.uniform(0.7, 1.0), middle
    x = across / 2
    outline = np.array([(x - top, 0), (x + top, 0), (x + bottom, _LENGTH_PX), (x - bottom, _LENGTH_PX)])
    alpha = np.zeros((_LENGTH_PX, across), np.uint8)
    cv2.fillPoly(alpha, [np.rint(outline * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return Picture(surface, alpha, (0, 0, across, _LENGTH_PX))
