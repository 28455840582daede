"""Limbs: thin parts of the object that swing about a joint, before and behind it, and look like it or not.

Arms, legs, tails and wheels move faster than flow can follow, and often they look unlike the body that they hang on.
What masks let go of on real shots is mostly these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.data.generator.camera_effects import recoloured
from vosapp.data.generator.layer_types import TARGET, Layer
from vosapp.data.generator.layers import Hinge, Picture
from vosapp.data.generator.motion import Pose, still_pose, towards, turn_by
from vosapp.data.photographs.cutouts import Cutout

_LENGTH_PX = 96  # of a limb's picture
_LONG = (0.25, 0.8)  # a limb's length, as a share of the object's longer side
_WIDE = (0.1, 0.34)  # its width, as a share of its length
_SWING = (0.15, 1.0)  # radians to either side
_PACE = (0.1, 0.9)  # radians of the swing's phase a frame
_TUCKED = 0.25  # share of limbs that are tucked in on the anchor


def draw_limbs(
    target: Layer, looks: Sequence[Cutout], side: float, random: np.random.Generator, *, speed: float
) -> tuple[list[Layer], list[Layer]]:
    """One to four limbs: those behind the object and those before it.

    Args:
        target: the object.
        looks: what their surfaces are taken from.
        side: longer side of the object on the frame before, in pixels.
        random: draws.
        speed: factor on their pace.
    """
    behind: list[Layer] = []
    before: list[Layer] = []
    for _ in range(int(random.integers(1, 5))):
        limb = _limb(target, looks[int(random.integers(len(looks)))], side, random, speed)
        (behind if random.random() < 0.6 else before).append(limb)
    return behind, before


def _limb(target: Layer, look: Cutout, side: float, random: np.random.Generator, speed: float) -> Layer:
    picture = _picture(look, random)
    joint = _joint(target, random)
    outward = float(np.arctan2(joint[1], joint[0]))
    rest = outward + random.normal(0, 0.5)
    length = random.uniform(*_LONG) * side
    swing, fold = random.uniform(*_SWING), random.normal(0, 0.6)
    pace, phase = random.uniform(*_PACE) * speed, random.uniform(0, 2 * np.pi)
    times = (random.uniform(0, 40), *range(len(target.poses) - 1))
    start = still_pose(np.zeros(2), length / _LENGTH_PX, random, bend=0.01)
    poses: list[Pose] = []
    for time, body in zip(times, target.poses, strict=True):
        angle = rest + swing * np.sin(pace * time + phase)
        if not poses and random.random() < _TUCKED:
            angle += np.pi
        pose = replace(start, angle=angle, stretch=0.0, fold=fold * np.sin(pace * time))
        poses.append(_hung(pose, joint, body, target.poses[1]))
    fastest = towards(rest + np.pi / 2) * swing * pace * length / 2
    return Layer(TARGET, (picture,) * len(poses), tuple(poses), target.shift + fastest)


def _joint(target: Layer, random: np.random.Generator) -> NDArray[np.float64]:
    """Some point of the object on the frame before, from its middle, in pixels of the frame."""
    picture, pose = target.pictures[1], target.poses[1]
    if picture.alpha is None:
        return np.zeros(2)
    inside = np.argwhere(picture.alpha > 127)
    if not len(inside):  # so soft, or so thin once made smaller, that no pixel is at least half inside
        return np.zeros(2)
    left, top, right, bottom = picture.box
    middle = np.array([(left + right) / 2, (top + bottom) / 2])
    away = (inside[random.integers(len(inside))][::-1] - middle) * pose.scale
    return np.asarray(turn_by(pose.angle) @ away, np.float64)


def _hung(limb: Pose, joint: NDArray[np.float64], body: Pose, first: Pose) -> Pose:
    """The limb with its root at the joint, which goes where the body goes."""
    growth, turn = body.scale / first.scale, body.angle - first.angle
    angle, scale = limb.angle + turn, limb.scale * growth
    root = body.centre + turn_by(turn) @ joint * growth
    return replace(limb, angle=angle, scale=scale, centre=root + towards(angle) * scale * _LENGTH_PX / 2)


def _picture(look: Cutout, random: np.random.Generator) -> Picture:
    """A limb that lies along x, its root on the left, its joint in the middle."""
    width = max(8, round(_LENGTH_PX * random.uniform(*_WIDE)))
    margin = 6
    height, length = width + 2 * margin, _LENGTH_PX + 2 * margin
    along = np.linspace(0, 1, 24)
    thick = 1 + (random.uniform(0.3, 1.1) - 1) * along
    for harmonic in (1, 2, 3):
        thick += random.normal(0, 0.12) * np.sin(harmonic * np.pi * along)
    half = np.clip(thick, 0.25, 1.2) * width / 2 / 1.2
    x = margin + along * _LENGTH_PX
    outline = np.concatenate([np.stack([x, height / 2 - half], 1), np.stack([x, height / 2 + half], 1)[::-1]])
    alpha = np.zeros((height, length), np.uint8)
    cv2.fillPoly(alpha, [np.rint(outline).astype(np.int32)], 255)
    cv2.circle(
        alpha, (length - margin - 2, height // 2), max(2, round(float(half[-1]) * random.uniform(0.8, 1.3))), 255, -1
    )
    alpha = np.asarray(cv2.GaussianBlur(alpha, (0, 0), random.uniform(0.6, 1.2)), np.uint8)
    box = (margin, margin, margin + _LENGTH_PX, margin + width)
    return Picture(
        _surface(look, (height, length), random), alpha, box, Hinge((random.uniform(-0.2, 0.2), 0.0), (1.0, 0.0))
    )


def _surface(look: Cutout, shape: tuple[int, int], random: np.random.Generator) -> NDArray[np.uint8]:
    """A piece of the look (height, width, 3); at times its end, a hand or a shoe, has another colour."""
    inside = np.argwhere(look.alpha > 127)
    y, x = inside[random.integers(len(inside))] if len(inside) else (0, 0)
    high, wide = look.rgb.shape[:2]
    across = max(4, round(random.uniform(0.15, 0.5) * wide))
    down = max(4, round(across * shape[0] / shape[1]))
    top, left = min(max(0, y - down // 2), max(0, high - down)), min(max(0, x - across // 2), max(0, wide - across))
    piece = cv2.resize(look.rgb[top : top + down, left : left + across], shape[::-1], interpolation=cv2.INTER_LINEAR)
    piece = recoloured(np.asarray(piece, np.uint8), random, 0.3)
    if random.random() < 0.35:
        end = round(shape[1] * random.uniform(0.65, 0.85))
        piece[:, end:] = recoloured(np.ascontiguousarray(piece[:, end:]), random, 1.0)
    return piece
