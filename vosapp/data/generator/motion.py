"""Motions of layers: smooth poses, slow and fast, stiff, bending and articulated."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

_GRID = 5


@dataclass(frozen=True, slots=True)
class Pose:
    """Place, turn and size of a layer on the frame.

    Attributes:
        centre: (x, y) in pixels of the frame.
        scale: pixels of the frame per pixel of the picture.
        angle: turn in radians.
        stretch: log of width against height, relative to the picture.
        shear: x shift per y.
        bend: (5, 5, 2) displacements on a coarse grid over the layer's box, in box sides.
        fold: turn in radians of the part beyond the hinge.
    """

    centre: NDArray[np.float64]
    scale: float
    angle: float
    stretch: float
    shear: float
    bend: NDArray[np.float64]
    fold: float = 0.0


@dataclass(frozen=True, slots=True)
class Motion:
    """Change of a pose within one frame."""

    shift: NDArray[np.float64]
    growth: float
    turn: float
    stretch: float
    bend: NDArray[np.float64]
    fold: float


def towards(angle: float) -> NDArray[np.float64]:
    """The unit vector (x, y) of a direction in radians."""
    return np.array([np.cos(angle), np.sin(angle)])


def turn_by(angle: float) -> NDArray[np.float64]:
    """The matrix (2, 2) that turns vectors (x, y) by radians."""
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def still_pose(centre: NDArray[np.float64], scale: float, random: np.random.Generator, bend: float = 0.03) -> Pose:
    """A first pose at a place and scale."""
    return Pose(
        centre, scale, random.normal(0, 0.25), random.normal(0, 0.1), random.normal(0, 0.05), _bend(random, bend)
    )


def draw_motion(size_px: float, random: np.random.Generator, speed: float = 1.0) -> Motion:
    """A motion for a layer of a size: most are slow, some cross a third of their own size within a frame."""
    pace = speed * random.choice([0.02, 0.06, 0.14, 0.3], p=[0.3, 0.35, 0.22, 0.13])
    direction = random.uniform(0, 2 * np.pi)
    length = abs(random.normal(0, 1)) * pace * size_px
    return Motion(
        shift=towards(direction) * length,
        growth=random.normal(0, 0.25 * pace),
        turn=random.normal(0, 0.5 * pace),
        stretch=random.normal(0, 0.2 * pace),
        bend=_bend(random, random.choice([0.0, 0.01, 0.03]) * speed),
        fold=random.normal(0, 0.12) * speed if random.random() < 0.4 else 0.0,
    )


def moved(pose: Pose, motion: Motion, frames: float) -> Pose:
    """The pose some frames later."""
    return replace(
        pose,
        centre=pose.centre + motion.shift * frames,
        scale=pose.scale * float(np.exp(motion.growth * frames)),
        angle=pose.angle + motion.turn * frames,
        stretch=pose.stretch + motion.stretch * frames,
        bend=pose.bend + motion.bend * frames,
        fold=pose.fold + motion.fold * frames,
    )


def elsewhen(pose: Pose, size_px: float, random: np.random.Generator) -> Pose:
    """The pose at a moment far away: another place, size, turn and shape."""
    far = random.choice([0.3, 1.0], p=[0.3, 0.7])
    return replace(
        pose,
        centre=pose.centre + random.normal(0, 0.3 * far, 2) * size_px,
        scale=pose.scale * float(np.exp(random.normal(0, 0.22 * far))),
        angle=pose.angle + random.normal(0, 0.35 * far),
        stretch=pose.stretch + random.normal(0, 0.16 * far),
        shear=pose.shear + random.normal(0, 0.1 * far),
        bend=pose.bend + _bend(random, 0.05 * far),
        fold=pose.fold + random.normal(0, 0.35 * far),
    )


def jittered(pose: Pose, size_px: float, random: np.random.Generator) -> Pose:
    """The pose, shaken a little: no hand and no car moves evenly."""
    return replace(
        pose,
        centre=pose.centre + random.normal(0, 0.008, 2) * size_px,
        angle=pose.angle + random.normal(0, 0.008),
        bend=pose.bend + _bend(random, 0.003),
    )


def _bend(random: np.random.Generator, amount: float) -> NDArray[np.float64]:
    return random.normal(0, 1, (_GRID, _GRID, 2)) * amount
