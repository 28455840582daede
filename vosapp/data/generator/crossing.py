"""Look-alikes that come near and pass before or behind the object: what makes a mask jump to the wrong one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vosapp.data.generator.layer_types import KNOWN, STRANGER, Layer
from vosapp.data.generator.layers import Picture
from vosapp.data.generator.motion import Pose, draw_motion, elsewhen, jittered, moved, still_pose, towards, turn_by

_KNOWN = 0.25  # share of look-alikes that the user follows too
_SLOWEST, _FASTEST = 0.06, 0.3  # of the object's size a frame, relative to it
_NEAREST, _FARTHEST = 0.1, 0.8  # of the object's size, between the middles when they meet


def crossing_twin(target: Layer, picture: Picture, side: float, random: np.random.Generator, *, speed: float) -> Layer:
    """A look-alike on a straight way relative to the object; they meet on one of the frames to predict.

    Args:
        target: the object.
        picture: what the look-alike shows.
        side: longer side of the object on the frame before, in pixels.
        random: draws.
        speed: factor on its pace.
    """
    steps = len(target.poses) - 2
    meeting = random.uniform(0.5, steps + 0.5)
    angle = random.uniform(0, 2 * np.pi)
    along, across = turn_by(angle).T
    pace = random.uniform(_SLOWEST, _FASTEST) * speed * side
    miss = random.uniform(_NEAREST, _FARTHEST) * random.choice([-1, 1]) * side
    first = _likeness(target.poses[1], random)
    own = replace(draw_motion(side, random, speed), shift=np.zeros(2))
    walk = []
    for step in range(steps + 1):
        centre = target.poses[1 + step].centre + across * miss + along * pace * (step - meeting)
        walk.append(replace(moved(first, own, step), centre=centre))
    walk = [jittered(pose, side, random) for pose in walk]
    anchor = elsewhen(first, side, random)
    away = random.uniform(0, 2 * np.pi)
    apart = towards(away) * side * random.uniform(0.7, 1.5)
    anchor = replace(anchor, centre=target.poses[0].centre + apart)
    role = KNOWN if random.random() < _KNOWN else STRANGER
    return Layer(role, (picture,) * len(target.poses), (anchor, *walk), target.shift + along * pace)


def _likeness(pose: Pose, random: np.random.Generator) -> Pose:
    """A pose that differs from the object's as that of one fish from the next."""
    own = still_pose(pose.centre, pose.scale * float(np.exp(random.normal(0, 0.15))), random)
    return replace(own, angle=pose.angle + random.normal(0, 0.3))
