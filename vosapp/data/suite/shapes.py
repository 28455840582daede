"""Shapes of the synthetic suite as signed distances, so that their truth is exact at every size.

A shape lives in its own units: about 1 from its centre to its outline. Distances are negative inside.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]
Point = tuple[float, float]


class Shape(Protocol):
    """An outline that may change with time."""

    @property
    def reach(self) -> float:
        """Distance from the centre that nothing exceeds, in own units."""

    def distance(self, x: Field, y: Field, time: float) -> Field:
        """Signed distance to the outline at places in own units; `time` counts frames."""


@dataclass(frozen=True)
class Blob:
    """A disk whose radius swings around the circle and with time.

    Attributes:
        waves: (lobes around the circle, amplitude, phase, radians a frame) each.
    """

    waves: tuple[tuple[int, float, float, float], ...] = ()

    @property
    def reach(self) -> float:
        """All amplitudes at once."""
        return 1.05 + sum(abs(amplitude) for _, amplitude, _, _ in self.waves)

    def distance(self, x: Field, y: Field, time: float) -> Field:
        """Along the radius, shortened where the outline is steep, so that its edge is equally soft all around."""
        angle, radius = np.arctan2(y, x), np.hypot(x, y)
        outline, slope = np.ones_like(angle), np.zeros_like(angle)
        for lobes, amplitude, phase, speed in self.waves:
            turn = lobes * angle + np.float32(phase + speed * time)
            outline += np.float32(amplitude) * np.cos(turn)
            slope -= np.float32(lobes * amplitude) * np.sin(turn)
        return np.asarray((radius - outline) / np.sqrt(1 + (slope / np.maximum(outline, 0.2)) ** 2), np.float32)


@dataclass(frozen=True)
class Limb:
    """A rounded bar that swings about its first end.

    Attributes:
        start, end: of its middle line.
        radius: half its thickness.
        swing: largest angle either way, radians.
        speed, phase: of the swing, radians a frame and radians.
    """

    start: Point
    end: Point
    radius: float
    swing: float = 0.0
    speed: float = 0.0
    phase: float = 0.0

    @property
    def reach(self) -> float:
        """From the centre to its farthest possible end."""
        return math.hypot(*self.start) + math.dist(self.start, self.end) + self.radius

    def distance(self, x: Field, y: Field, time: float) -> Field:
        """Exact."""
        angle = self.swing * math.sin(self.speed * time + self.phase)
        dx, dy = self.end[0] - self.start[0], self.end[1] - self.start[1]
        along_x = dx * math.cos(angle) - dy * math.sin(angle)
        along_y = dx * math.sin(angle) + dy * math.cos(angle)
        px, py = x - np.float32(self.start[0]), y - np.float32(self.start[1])
        length = max(along_x**2 + along_y**2, 1e-9)
        place = np.clip((px * np.float32(along_x) + py * np.float32(along_y)) / np.float32(length), 0, 1)
        away = np.hypot(px - place * np.float32(along_x), py - place * np.float32(along_y))
        return np.asarray(away - np.float32(self.radius), np.float32)


@dataclass(frozen=True)
class Ring:
    """A circle of a thickness around a centre."""

    centre: Point
    radius: float
    half_width: float

    @property
    def reach(self) -> float:
        """From the shape's centre to the far side."""
        return math.hypot(*self.centre) + self.radius + self.half_width

    def distance(self, x: Field, y: Field, time: float) -> Field:  # noqa: ARG002 - a ring does not change
        """Exact."""
        radius = np.hypot(x - np.float32(self.centre[0]), y - np.float32(self.centre[1]))
        return np.asarray(np.abs(radius - np.float32(self.radius)) - np.float32(self.half_width), np.float32)


@dataclass(frozen=True)
class Together:
    """Several shapes as one."""

    parts: tuple[Shape, ...]

    @property
    def reach(self) -> float:
        """Of the part that reaches farthest."""
        return max(part.reach for part in self.parts)

    def distance(self, x: Field, y: Field, time: float) -> Field:
        """To the nearest part; exact outside."""
        nearest = self.parts[0].distance(x, y, time)
        for part in self.parts[1:]:
            nearest = np.minimum(nearest, part.distance(x, y, time))
        return nearest


def walker() -> Shape:
    """A body with a head, a tail and four swinging legs."""
    legs = tuple(
        Limb((x, 0.3), (x, 1.15), 0.13, swing=0.5, speed=0.55, phase=phase)
        for x, phase in ((-0.55, 0.0), (-0.4, math.pi), (0.45, math.pi), (0.6, 0.0))
    )
    body = Limb((-0.55, 0.0), (0.55, 0.0), 0.42)
    head = Limb((0.8, -0.4), (1.05, -0.5), 0.27, swing=0.15, speed=0.3)
    tail = Limb((-0.9, -0.15), (-1.35, -0.55), 0.09, swing=0.7, speed=0.8)
    return Together((body, head, tail, *legs))


def bicycle() -> Shape:
    """Two wheels with spokes and a frame of thin bars: hardly any inside at all."""
    wheels = [Ring((side, 0.4), 0.52, 0.045) for side in (-0.75, 0.75)]
    spokes = [
        Limb(
            (side - 0.5 * math.cos(a), 0.4 - 0.5 * math.sin(a)),
            (side + 0.5 * math.cos(a), 0.4 + 0.5 * math.sin(a)),
            0.02,
        )
        for side in (-0.75, 0.75)
        for a in (0.3, 0.3 + math.pi / 3, 0.3 + 2 * math.pi / 3)
    ]
    nodes = ((-0.75, 0.4), (-0.3, -0.35), (0.45, -0.4), (0.75, 0.4), (0.0, 0.4))
    joints = ((0, 1), (1, 2), (2, 3), (1, 4), (2, 4), (0, 4))
    bars = [Limb(nodes[a], nodes[b], 0.05) for a, b in joints]
    bar = Limb((0.45, -0.4), (0.4, -0.75), 0.04)
    handle = Limb((0.2, -0.78), (0.55, -0.72), 0.04)
    return Together((*wheels, *spokes, *bars, bar, handle))


def furry(hairs: int = 40) -> Shape:
    """A round body with hairs all around that sway."""
    angles = [2 * math.pi * i / hairs for i in range(hairs)]
    fringe = tuple(
        Limb(
            (0.86 * math.cos(a), 0.86 * math.sin(a)),
            ((1.12 + 0.1 * math.sin(5 * a)) * math.cos(a + 0.12), (1.12 + 0.1 * math.sin(5 * a)) * math.sin(a + 0.12)),
            0.022,
            swing=0.35,
            speed=0.4,
            phase=3 * a,
        )
        for a in angles
    )
    return Together((Blob(((3, 0.05, 0.0, 0.1),)), *fringe))
