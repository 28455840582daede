"""The cast of a clip: background, the object to follow, distractors and occluders, and how each moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.data.generator.camera_effects import recoloured
from vosapp.data.generator.crossing import crossing_twin
from vosapp.data.generator.layer_types import BACKGROUND, KNOWN, STRANGER, TARGET, Layer
from vosapp.data.generator.layers import Picture, draw_hinge
from vosapp.data.generator.limbs import draw_limbs
from vosapp.data.generator.motion import (
    Motion,
    Pose,
    draw_motion,
    elsewhen,
    jittered,
    moved,
    still_pose,
    towards,
    turn_by,
)
from vosapp.data.generator.poles import draw_poles
from vosapp.data.generator.settings import GeneratorSettings
from vosapp.data.generator.turning import turning
from vosapp.data.photographs.bank import IGNORE, PhotographBank, Rgb
from vosapp.data.photographs.cutouts import Cutout, cut, draw_cutout, object_mask, superpixel_group

_SMALLEST_SIDE_PX = 14


def draw_scene(bank: PhotographBank, settings: GeneratorSettings, random: np.random.Generator) -> list[Layer]:
    """A cast, from the bottom to the top."""
    layers = bent_scene(bank, settings, random) if settings.bent and random.random() < settings.bent else []
    layers = layers or _composed_scene(bank, settings, random)
    if settings.poles and random.random() < settings.poles:
        body = _body_of(layers)
        layers += draw_poles(bank, body, _side_of(body), random, settings.size_px)
    return layers


def _composed_scene(bank: PhotographBank, settings: GeneratorSettings, random: np.random.Generator) -> list[Layer]:
    """Cut-outs on a backdrop."""
    frames, size = settings.steps + 2, settings.size_px
    camera = draw_motion(size * 0.5, random, settings.speed)
    scene = _home_scene(bank, settings, random) if random.random() < settings.in_place else None
    target, backdrop = scene if scene is not None else (draw_cutout(bank, random), _backdrop(bank, frames, random))
    centre, side = _place(settings, random)
    pose = still_pose(centre, side / target.size_px, random)
    motion = draw_motion(side, random, settings.speed)
    layers = [_background(backdrop, camera, settings, random)]
    layers += _distractors(bank, target, (centre, side), settings, random)
    parts = _with_limbs(bank, target, _layer(TARGET, target, pose, motion, settings, random), settings, random)
    body = _body_of(parts)
    if settings.crossing and random.random() < settings.crossing:
        shown = Cutout(recoloured(target.rgb, random, random.choice([0.0, 0.2, 0.5])), target.alpha, target.box)
        twin = crossing_twin(body, _picture(shown, random), side, random, speed=settings.speed)
        parts.insert(len(parts) * int(random.random() < 0.5), twin)
    layers += parts
    if random.random() < 0.15:
        layers.append(_companion(bank, body, side, random))
    if random.random() < 0.35:
        layers.append(_occluder(bank, centre, side, settings, random))
    return layers


def _with_limbs(
    bank: PhotographBank, cutout: Cutout, plain: Layer, settings: GeneratorSettings, random: np.random.Generator
) -> list[Layer]:
    """The object, which may turn and may have limbs."""
    layer = plain
    if settings.turned and random.random() < settings.turned:
        other = draw_cutout(bank, random) if random.random() < 0.5 else cutout
        layer = replace(plain, pictures=turning(plain.pictures, other, random, settings.speed))
    if not settings.limbs or random.random() >= settings.limbs:
        return [layer]
    looks = [cutout, draw_cutout(bank, random)]
    behind, before = draw_limbs(layer, looks, _side_of(layer), random, speed=settings.speed)
    return [*behind, layer, *before]


def _body_of(layers: Sequence[Layer]) -> Layer:
    """The largest part of the object on the frame before."""
    return max((layer for layer in layers if layer.role == TARGET), key=_side_of)


def _side_of(layer: Layer) -> float:
    """The longer side of a layer on the frame before, in pixels."""
    return layer.pictures[1].size_px * layer.poses[1].scale


def _place(settings: GeneratorSettings, random: np.random.Generator) -> tuple[NDArray[np.float64], float]:
    """Centre and longer side of the object on the frame before, in pixels."""
    size = settings.size_px
    side = size * random.uniform(settings.smallest, settings.largest)
    return size / 2 + random.normal(0, 0.07, 2) * size, side


def bent_scene(bank: PhotographBank, settings: GeneratorSettings, random: np.random.Generator) -> list[Layer]:
    """A photograph that bends as a whole around one of its objects, which keeps its true edges, shadow and neighbours.

    Empty where the photograph that was drawn has no usable object.
    """
    found = _labelled(bank, random) if random.random() < 0.75 else None
    if found is None:
        rgb = bank.rgb(bank.photographs[random.integers(len(bank.photographs))].picture)
        shape, rest = superpixel_group(rgb, random), None
    else:
        rgb, shape, rest = found
    left, top, across, down = cv2.boundingRect(shape)
    if min(across, down) < _SMALLEST_SIDE_PX or cv2.countNonZero(shape) > 0.85 * shape.size:
        return []
    centre, side = _place(settings, random)
    # Never so small that the photograph ends within the frame: its mirrored edge would show the object twice.
    side = max(side, 0.95 * max(across, down) * settings.size_px / min(rgb.shape[:2]))
    pose = still_pose(centre, side / max(across, down), random, bend=0.05)
    motion = draw_motion(side, random, settings.speed)
    poses = _poses(pose, motion, side, settings, random)
    box, hinge = (left, top, left + across, top + down), draw_hinge(random)
    still = np.zeros(2)

    def layer(role: int, alpha: NDArray[np.uint8] | None) -> Layer:
        soft = None if alpha is None else np.asarray(cv2.GaussianBlur(alpha, (0, 0), 0.7), np.uint8)
        return Layer(role, (Picture(rgb, soft, box, hinge),) * len(poses), poses, still)

    layers = [layer(BACKGROUND, None), layer(TARGET, shape)]
    if rest is not None and random.random() < 0.5:
        layers.insert(1, layer(KNOWN, rest))
    if random.random() < 0.35:
        layers.append(_occluder(bank, centre, side, settings, random))
    return layers


def _labelled(
    bank: PhotographBank, random: np.random.Generator
) -> tuple[Rgb, NDArray[np.uint8], NDArray[np.uint8]] | None:
    """A photograph, one of its labelled objects and the rest of them, (height, width) uint8 0/255."""
    photograph = bank.masked[random.integers(len(bank.masked))] if bank.masked else None
    if photograph is None or photograph.labels is None:
        return None
    labels, rgb = bank.labels(photograph.labels), bank.rgb(photograph.picture)
    shape = object_mask(labels, random)
    if shape is None or shape.shape != rgb.shape[:2]:
        return None
    rest = np.where((labels > 0) & (labels != IGNORE) & (shape == 0), 255, 0).astype(np.uint8)
    return rgb, shape, rest


def _home_scene(
    bank: PhotographBank, settings: GeneratorSettings, random: np.random.Generator
) -> tuple[Cutout, tuple[Rgb, ...]] | None:
    """An object and its own photograph with the object painted out."""
    found = _labelled(bank, random)
    if found is None:
        return None
    rgb, shape, _ = found
    cutout = cut(rgb, shape, random)
    if cutout is None:
        return None
    return cutout, (_painted_out(rgb, shape),) * (settings.steps + 2)


def _painted_out(rgb: Rgb, shape: NDArray[np.uint8]) -> Rgb:
    """A picture with a region filled from its surroundings, at half size (a background is never sharp there)."""
    height, width = rgb.shape[:2]
    half = (max(1, width // 2), max(1, height // 2))
    region = cv2.dilate(cv2.resize(shape, half, interpolation=cv2.INTER_AREA), np.ones((5, 5), np.uint8))
    small = cv2.resize(rgb, half, interpolation=cv2.INTER_AREA)
    filled = cv2.resize(cv2.inpaint(small, (region > 0).astype(np.uint8), 3, cv2.INPAINT_TELEA), (width, height))
    weight = cv2.resize(region, (width, height))[..., None] > 127
    return np.where(weight, filled, rgb).astype(np.uint8)


def _backdrop(bank: PhotographBank, frames: int, random: np.random.Generator) -> tuple[Rgb, ...]:
    """A photograph, or consecutive frames of a real clip with a first one from elsewhere in it."""
    if not bank.clips or random.random() < 0.65:
        return (bank.rgb(bank.photographs[random.integers(len(bank.photographs))].picture),) * frames
    clip = bank.clips[random.integers(len(bank.clips))].frames
    first = int(random.integers(0, max(1, len(clip) - frames + 2)))
    order = [int(random.integers(len(clip))), *(min(first + k, len(clip) - 1) for k in range(frames - 1))]
    return tuple(bank.rgb(clip[k]) for k in order)


def _background(
    pictures: tuple[Rgb, ...], camera: Motion, settings: GeneratorSettings, random: np.random.Generator
) -> Layer:
    height, width = pictures[0].shape[:2]
    size = settings.size_px
    scale = size / min(height, width) * random.uniform(0.7, 1.6)
    pose = still_pose(np.full(2, size / 2) + random.normal(0, 0.15, 2) * size, scale, random, bend=0.01)
    shown = tuple(Picture(rgb, None, (0, 0, width, height)) for rgb in pictures)
    return Layer(BACKGROUND, shown, _poses(pose, camera, size * 0.6, settings, random), camera.shift)


def _distractors(
    bank: PhotographBank,
    target: Cutout,
    where: tuple[NDArray[np.float64], float],
    settings: GeneratorSettings,
    random: np.random.Generator,
) -> list[Layer]:
    """Other things behind the object; half of the time a twin of it."""
    centre, side = where
    layers = []
    for _ in range(int(random.choice(3, p=[0.45, 0.35, 0.2]))):
        cutout = target if random.random() < 0.45 else draw_cutout(bank, random)
        if cutout is target and random.random() < 0.6:
            cutout = Cutout(recoloured(target.rgb, random, 0.8), target.alpha, target.box)
        away = random.uniform(0, 2 * np.pi)
        place = centre + towards(away) * side * random.uniform(0.5, 1.3)
        own = side * float(np.exp(random.normal(0, 0.3)))
        role = KNOWN if random.random() < 0.4 else STRANGER
        pose, motion = still_pose(place, own / cutout.size_px, random), draw_motion(own, random, settings.speed)
        layers.append(_layer(role, cutout, pose, motion, settings, random))
    return layers


def _companion(bank: PhotographBank, target: Layer, side: float, random: np.random.Generator) -> Layer:
    """A second part of the object that moves almost like the first: a rider and what he rides."""
    cutout = draw_cutout(bank, random)
    offset = random.normal(0, 0.35, 2) * side
    own = side * random.uniform(0.3, 0.8)
    start = still_pose(target.poses[1].centre + offset, own / cutout.size_px, random)
    first = target.poses[1]
    poses = []
    for pose in target.poses:
        growth = pose.scale / first.scale
        turn = pose.angle - first.angle
        turned = turn_by(turn) @ offset
        own_pose = moved(start, Motion(np.zeros(2), 0.0, turn, 0.0, random.normal(0, 0.01, (5, 5, 2)), 0.0), 1.0)
        centre = pose.centre + turned * growth + random.normal(0, 0.01, 2) * side
        poses.append(_at(own_pose, centre, growth))
    return Layer(TARGET, (_picture(cutout, random),) * len(poses), tuple(poses), target.shift)


def _at(pose: Pose, centre: NDArray[np.float64], growth: float) -> Pose:
    return Pose(centre, pose.scale * growth, pose.angle, pose.stretch, pose.shear, pose.bend, pose.fold)


def _occluder(
    bank: PhotographBank,
    centre: NDArray[np.float64],
    side: float,
    settings: GeneratorSettings,
    random: np.random.Generator,
) -> Layer:
    """Something in front of the object: passing, or standing while it passes."""
    cutout = draw_cutout(bank, random)
    own = side * random.uniform(0.25, 0.9)
    place = centre + random.normal(0, 0.45, 2) * side
    role = KNOWN if random.random() < 0.3 else STRANGER
    pose, motion = still_pose(place, own / cutout.size_px, random), draw_motion(side, random, settings.speed)
    return _layer(role, cutout, pose, motion, settings, random)


def _layer(
    role: int,
    cutout: Cutout,
    pose: Pose,
    motion: Motion,
    settings: GeneratorSettings,
    random: np.random.Generator,
) -> Layer:
    size = cutout.size_px * pose.scale
    picture = _picture(cutout, random)
    return Layer(role, (picture,) * (settings.steps + 2), _poses(pose, motion, size, settings, random), motion.shift)


def _picture(cutout: Cutout, random: np.random.Generator) -> Picture:
    hinge = draw_hinge(random)
    return Picture(recoloured(cutout.rgb, random, 0.5), cutout.alpha, cutout.box, hinge)


def _poses(
    pose: Pose, motion: Motion, size: float, settings: GeneratorSettings, random: np.random.Generator
) -> tuple[Pose, ...]:
    """The anchor's pose, then those of consecutive frames."""
    walk = [jittered(moved(pose, motion, step), size, random) for step in range(settings.steps + 1)]
    return (elsewhen(pose, size, random), *walk)
