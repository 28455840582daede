"""One training tile: an edge over a real background, with its exact alpha."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.data.generator.camera_effects import CameraEffects, recoloured, with_camera_effects
from vosapp.data.mattes.colours import carried_out, crop, rimmed
from vosapp.data.mattes.hair import draw_coat, grown
from vosapp.data.mattes.mask_damage import as_given
from vosapp.data.mattes.silhouettes import drawn, keyed, labelled
from vosapp.data.photographs.bank import PhotographBank, Rgb

Floats = NDArray[np.float32]

_MARGIN_PX = 24  # around the tile, for what moves in


@dataclass(frozen=True, slots=True)
class TileSettings:
    """Settings of generated tiles.

    Attributes:
        size_px: height and width of a tile, a multiple of 8.
        keyed: share of tiles whose alpha is keyed from a photograph of a plain background.
        labelled: share of tiles whose outline is a labelled object's; the rest is drawn.
        hairy: share of tiles whose edge has drawn hair or fur; a third as many of the keyed ones.
        motion: share of tiles that are blurred by motion.
        defocus: share of tiles whose edge is out of focus, half of them by a disc as a lens does it.
        alike: share of tiles whose background is brought near the object's colour.
        twin: share of tiles whose background has the object's own texture: the mask alone tells where it ends.
        borrowed: share of objects with the texture of some other photograph.
        rimmed: share of objects that are darker or lighter along their outline.
        true_masks: share of tiles whose mask is the true one; the rest is damaged as a propagated one is.
        views: how often each tile is trained on, turned and mirrored: making one costs as much as learning from it.
    """

    size_px: int = 96
    keyed: float = 0.45
    labelled: float = 0.35
    hairy: float = 0.55
    motion: float = 0.25
    defocus: float = 0.3
    alike: float = 0.25
    twin: float = 0.1
    borrowed: float = 0.3
    rimmed: float = 0.3
    true_masks: float = 0.6
    views: int = 1


class MatteTile(NamedTuple):
    """A picture of an edge, and what is true of it.

    Attributes:
        rgb: (size, size, 3) uint8.
        mask: (size, size) bool, as a refiner would be given it.
        alpha: (size, size) uint8, exact.
        foreground: (size, size, 3) uint8, the object's colour there.
    """

    rgb: NDArray[np.uint8]
    mask: NDArray[np.bool_]
    alpha: NDArray[np.uint8]
    foreground: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class _Object:
    """Alpha (H, W) and colours (H, W, 3) on the canvas, 0..1."""

    alpha: Floats
    colour: Floats


@dataclass(frozen=True, slots=True)
class _Shot:
    """Motion of the object in the shutter, and the camera."""

    motion: NDArray[np.float64]
    blur_steps: int
    shutter: float
    defocus_px: float
    by_disc: bool
    lens_px: float
    effects: CameraEffects


def make_tile(bank: PhotographBank, settings: TileSettings, seed: tuple[int, int]) -> MatteTile:
    """The tile of a seed: the same seed gives the same tile."""
    random = np.random.default_rng(seed)
    canvas = settings.size_px + 2 * _MARGIN_PX
    item = _object(bank, settings, canvas, random)
    behind = _background(bank, settings, item, random)
    frame = _frame(item, behind, _shot(settings, random), random)
    inner = slice(_MARGIN_PX, -_MARGIN_PX)
    return MatteTile(
        np.ascontiguousarray(frame.rgb[inner, inner]),
        as_given(frame.alpha[inner, inner], random, true_masks=settings.true_masks),
        np.rint(255 * frame.alpha[inner, inner]).astype(np.uint8),
        np.rint(255 * frame.colour[inner, inner]).clip(0, 255).astype(np.uint8),
    )


def _object(bank: PhotographBank, settings: TileSettings, canvas: int, random: np.random.Generator) -> _Object:
    alpha, rgb, is_keyed = _silhouette(bank, settings, canvas, random)
    own = random.random() >= settings.borrowed
    seen = recoloured(carried_out(rgb, alpha) if own else crop(bank, canvas, random), random, 0.6)
    colour = seen.astype(np.float32) / np.float32(255)
    if random.random() < 0.25:  # a plain object
        mean = colour.mean(axis=(0, 1))
        colour = mean + (colour - mean) * np.float32(random.uniform(0.2, 1.0))
    if random.random() < settings.rimmed:
        colour = rimmed(colour, alpha, random)
    if random.random() < (settings.hairy / 3 if is_keyed else settings.hairy):
        alpha, tones = grown(alpha, draw_coat(random), random)
        colour = colour * (1 + (tones - 1) * np.float32(random.uniform(0, 1)))[..., None]
    if random.random() < 0.05:
        alpha = 1 - alpha
    return _Object(alpha, np.clip(colour, 0, 1).astype(np.float32))


def _silhouette(
    bank: PhotographBank, settings: TileSettings, canvas: int, random: np.random.Generator
) -> tuple[Floats, Rgb, bool]:
    """Alpha, colours in the same place, and whether it was keyed."""
    luck = random.random()
    for _ in range(3 if luck < settings.keyed else 0):
        found = keyed(bank, canvas, random)
        if found is not None:
            return *found, True
    if luck < settings.keyed + settings.labelled and bank.masked:
        found = labelled(bank, canvas, random)
        if found is not None:
            return *found, False
    return drawn(canvas, random), crop(bank, canvas, random), False


def _background(bank: PhotographBank, settings: TileSettings, item: _Object, random: np.random.Generator) -> Floats:
    if random.random() < settings.twin:
        return np.ascontiguousarray(item.colour[::-1, ::-1])
    rgb = crop(bank, item.alpha.shape[0], random).astype(np.float32) / np.float32(255)
    if random.random() < settings.alike:
        towards = item.colour.mean(axis=(0, 1)) - rgb.mean(axis=(0, 1))
        rgb = rgb + towards * np.float32(random.uniform(0.5, 1.0))
    if random.random() < 0.4:
        rgb = np.asarray(cv2.GaussianBlur(rgb, (0, 0), float(np.exp(random.uniform(-0.7, 1.6)))), np.float32)
    return np.asarray(np.clip(rgb, 0, 1), np.float32)


def _shot(settings: TileSettings, random: np.random.Generator) -> _Shot:
    angle, speed = random.uniform(0, 2 * np.pi), min(12.0, float(random.exponential(3.0)))
    blurred = random.random() < settings.motion
    shutter = random.uniform(0.3, 1.0) if blurred else 0.0
    if blurred:
        speed = random.uniform(2, 16)
    direction = np.array([np.cos(angle), np.sin(angle)])
    return _Shot(
        motion=speed * direction,
        blur_steps=1 + math.ceil(1.3 * shutter * speed),
        shutter=shutter,
        defocus_px=float(np.exp(random.uniform(np.log(0.5), np.log(4)))) if random.random() < settings.defocus else 0.0,
        by_disc=random.random() < 0.5,
        lens_px=abs(random.normal(0, 0.5)),
        effects=CameraEffects(
            blur_px=0.0,
            noise=abs(random.normal(0, 4)) if random.random() < 0.6 else 0.0,
            quality=int(random.integers(45, 96)) if random.random() < 0.6 else None,
            flicker=0.01,
        ),
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    rgb: Rgb
    alpha: Floats
    colour: Floats


def _frame(item: _Object, behind: Floats, shot: _Shot, random: np.random.Generator) -> _Frame:
    """The canvas as it is filmed. What light falls through adds up: colours are averaged times alpha, not alone."""
    solid = np.dstack([item.colour * item.alpha[..., None], item.alpha])
    total = np.zeros_like(solid)
    for step in range(shot.blur_steps):
        moment = shot.shutter * ((step + 0.5) / shot.blur_steps - 0.5)
        total += _shifted(solid, shot.motion * moment)
    total /= shot.blur_steps
    if shot.defocus_px:
        total = _out_of_focus(total, 2 * shot.defocus_px) if shot.by_disc else _blurred(total, shot.defocus_px)
    alpha = np.clip(total[..., 3], 0, 1)
    seen = total[..., :3] + (1 - alpha[..., None]) * behind
    sure = np.clip(alpha * 10, 0, 1)[..., None]
    colour = sure * total[..., :3] / np.maximum(alpha, 1e-3)[..., None] + (1 - sure) * item.colour
    if shot.lens_px > 0.3:  # softens all that it sees, so alpha as well
        seen, alpha = _blurred(seen, shot.lens_px), _blurred(alpha, shot.lens_px)
    rgb = with_camera_effects(np.rint(255 * seen).clip(0, 255).astype(np.uint8), shot.effects, random)
    return _Frame(rgb, np.asarray(alpha, np.float32), np.asarray(colour, np.float32))


def _blurred(image: Floats, by_px: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), by_px), np.float32)


def _out_of_focus(image: Floats, radius_px: float) -> Floats:
    """Each point as a disc, as wide as a Gaussian of half its radius: such an edge ends."""
    reach = math.ceil(radius_px)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1].astype(np.float32)
    kernel = np.clip(np.float32(radius_px + 0.5) - np.hypot(x, y), 0, 1)
    return np.asarray(cv2.filter2D(image, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REFLECT_101), np.float32)


def _shifted(image: Floats, by: NDArray[np.float64]) -> Floats:
    if not by.any():
        return image
    shift = np.array([[1, 0, by[0]], [0, 1, by[1]]])
    return np.asarray(
        cv2.warpAffine(image, shift, image.shape[1::-1], flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101),
        np.float32,
    )
