"""One training tile: two frames of an edge over a real background, with the exact alpha of the second."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.data.generator.camera_effects import CameraEffects, draw_camera_effects, recoloured, with_camera_effects
from vosapp.data.mattes.hair import draw_coat, grown
from vosapp.data.mattes.mask_damage import as_propagated, drawn_field
from vosapp.data.mattes.silhouettes import drawn, keyed, labelled
from vosapp.data.photographs.bank import PhotographBank, Rgb

Floats = NDArray[np.float32]

_MARGIN_PX = 24  # around the tile, for what moves in


@dataclass(frozen=True, slots=True)
class TileSettings:
    """Settings of generated tiles.

    Attributes:
        size_px: height and width of a tile, a multiple of 16.
        hairy: share of tiles whose edge has hair or fur.
        keyed: share of tiles whose alpha is keyed from a photograph.
        motion: share of tiles that are blurred by motion.
        defocus: share of tiles whose edge is out of focus.
        alike: share of tiles whose background is brought near the object's colour.
    """

    size_px: int = 128
    hairy: float = 0.55
    keyed: float = 0.2
    motion: float = 0.4
    defocus: float = 0.4
    alike: float = 0.25


class MatteTile(NamedTuple):
    """Two frames; index 0 is the one before.

    Attributes:
        rgb: (2, size, size, 3) uint8.
        masks: (2, size, size) bool, as a refiner would be given them.
        alpha: (size, size) uint8, exact, on the second frame.
        foreground: (size, size, 3) uint8, the object's colour there.
        to_previous: (size, size, 2) float16 flow in pixels from the second frame to the first, a little wrong.
    """

    rgb: NDArray[np.uint8]
    masks: NDArray[np.bool_]
    alpha: NDArray[np.uint8]
    foreground: NDArray[np.uint8]
    to_previous: NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class _Object:
    """Alpha (H, W) and colours (H, W, 3) on the canvas, 0..1."""

    alpha: Floats
    colour: Floats


@dataclass(frozen=True, slots=True)
class _Shot:
    """Motion and camera of object and background over the two frames."""

    motion: NDArray[np.float64]
    blur_steps: int
    shutter: float
    defocus_px: float
    background_motion: NDArray[np.float64]
    effects: CameraEffects


def make_tile(bank: PhotographBank, settings: TileSettings, seed: tuple[int, int]) -> MatteTile:
    """The tile of a seed: the same seed gives the same tile."""
    random = np.random.default_rng(seed)
    canvas = settings.size_px + 2 * _MARGIN_PX
    item = _object(bank, settings, canvas, random)
    behind = _background(bank, settings, item, random)
    shot = _shot(settings, random)
    before, now = (_frame(item, behind, shot, time, random) for time in (-1.0, 0.0))
    inner = slice(_MARGIN_PX, -_MARGIN_PX)
    size = settings.size_px
    flow = drawn_field(size, 3, 0.5, random) - shot.motion.astype(np.float32)
    return MatteTile(
        np.stack([before.rgb[inner, inner], now.rgb[inner, inner]]),
        np.stack([as_propagated(frame.alpha[inner, inner], random) for frame in (before, now)]),
        np.rint(255 * now.alpha[inner, inner]).astype(np.uint8),
        np.rint(255 * now.colour[inner, inner]).clip(0, 255).astype(np.uint8),
        flow.astype(np.float16),
    )


def _object(bank: PhotographBank, settings: TileSettings, canvas: int, random: np.random.Generator) -> _Object:
    luck = random.random()
    found = keyed(bank, canvas, random) if luck < settings.keyed else None
    is_keyed = found is not None
    if found is None and luck < 0.65 and bank.masked:
        found = labelled(bank, canvas, random)
    alpha, rgb = found if found is not None else (drawn(canvas, random), _crop(bank, canvas, random))
    if not is_keyed and random.random() < 0.3:
        rgb = _crop(bank, canvas, random)
    elif random.random() < 0.7:
        rgb = _filled(rgb, alpha)
    colour = recoloured(rgb, random, 0.6).astype(np.float32) / 255
    mean = colour.mean(axis=(0, 1))
    colour = mean + (colour - mean) * np.float32(random.uniform(0.3, 1.0))
    if not is_keyed and random.random() < settings.hairy / (1 - settings.keyed):
        alpha, tones = grown(alpha, draw_coat(random), random)
        colour = colour * (1 + (tones - 1) * np.float32(random.uniform(0, 1)))[..., None]
    if random.random() < 0.08:
        alpha = 1 - alpha
    return _Object(alpha, np.clip(colour, 0, 1).astype(np.float32))


def _filled(rgb: Rgb, alpha: Floats) -> Rgb:
    """The object's colours carried on beyond its outline, where hair will grow, in place of what was behind it."""
    solid = (alpha > 0.9).astype(np.float32)[..., None]
    weight = cv2.blur(solid, (41, 41))[..., None]
    if not solid.any():
        return rgb
    near = (cv2.blur(rgb * solid, (41, 41)) + np.float32(1e-3) * rgb[solid[..., 0] > 0].mean(axis=0)) / (weight + 1e-3)
    return np.where(solid > 0, rgb, np.rint(near).clip(0, 255)).astype(np.uint8)


def _background(bank: PhotographBank, settings: TileSettings, item: _Object, random: np.random.Generator) -> Floats:
    rgb = _crop(bank, item.alpha.shape[0], random).astype(np.float32) / np.float32(255)
    if random.random() < settings.alike:
        towards = item.colour.mean(axis=(0, 1)) - rgb.mean(axis=(0, 1))
        rgb = rgb + towards * np.float32(random.uniform(0.5, 1.0))
    if random.random() < 0.5:
        rgb = np.asarray(cv2.GaussianBlur(rgb, (0, 0), float(np.exp(random.uniform(-0.7, 1.6)))), np.float32)
    return np.asarray(np.clip(rgb, 0, 1), np.float32)


def _crop(bank: PhotographBank, size_px: int, random: np.random.Generator) -> Rgb:
    """(size, size, 3) of some photograph, enlarged as it comes."""
    rgb = bank.rgb(bank.photographs[random.integers(len(bank.photographs))].picture)
    height, width = rgb.shape[:2]
    side = min(height, width, int(size_px / random.uniform(1.0, 3.0)))
    top, left = int(random.integers(height - side + 1)), int(random.integers(width - side + 1))
    piece = cv2.resize(rgb[top : top + side, left : left + side], (size_px, size_px), interpolation=cv2.INTER_CUBIC)
    turned = np.rot90(piece, int(random.integers(4)))
    return np.ascontiguousarray(turned[:, ::-1] if random.random() < 0.5 else turned)


def _shot(settings: TileSettings, random: np.random.Generator) -> _Shot:
    angle, speed = random.uniform(0, 2 * np.pi), min(12.0, float(random.exponential(3.0)))
    blurred = random.random() < settings.motion
    if blurred:
        speed = random.uniform(2, 14)
    direction = np.array([np.cos(angle), np.sin(angle)])
    return _Shot(
        motion=speed * direction,
        blur_steps=7 if blurred else 1,
        shutter=random.uniform(0.3, 1.0) if blurred else 0.0,
        defocus_px=float(np.exp(random.uniform(np.log(0.5), np.log(5)))) if random.random() < settings.defocus else 0.0,
        background_motion=random.normal(0, 2, 2),
        effects=draw_camera_effects(random),
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    rgb: Rgb
    alpha: Floats
    colour: Floats


def _frame(item: _Object, behind: Floats, shot: _Shot, time: float, random: np.random.Generator) -> _Frame:
    """One frame of the canvas. What light falls through adds up: colours are averaged times alpha, not alone."""
    solid = np.dstack([item.colour * item.alpha[..., None], item.alpha])
    total = np.zeros_like(solid)
    for step in range(shot.blur_steps):
        moment = time + shot.shutter * ((step + 0.5) / shot.blur_steps - 0.5)
        total += _shifted(solid, shot.motion * moment)
    total /= shot.blur_steps
    if shot.defocus_px:
        total = cv2.GaussianBlur(total, (0, 0), shot.defocus_px)
    alpha = np.clip(total[..., 3], 0, 1)
    plate = _shifted(behind, shot.background_motion * time)
    seen = total[..., :3] + (1 - alpha[..., None]) * plate
    plain = _shifted(item.colour, shot.motion * time)
    sure = np.clip(alpha * 10, 0, 1)[..., None]
    colour = sure * total[..., :3] / np.maximum(alpha, 1e-3)[..., None] + (1 - sure) * plain
    rgb = with_camera_effects(np.rint(255 * seen).clip(0, 255).astype(np.uint8), shot.effects, random)
    return _Frame(rgb, np.asarray(alpha, np.float32), np.asarray(colour, np.float32))


def _shifted(image: Floats, by: NDArray[np.float64]) -> Floats:
    if not by.any():
        return image
    shift = np.array([[1, 0, by[0]], [0, 1, by[1]]])
    return np.asarray(
        cv2.warpAffine(image, shift, image.shape[1::-1], flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101),
        np.float32,
    )
