"""Pictures with the mask of one object to learn from: photographs as they are, and composed frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.data.generator.camera_effects import draw_camera_effects, with_camera_effects
from vosapp.data.generator.clip import generate
from vosapp.data.generator.damage import damaged
from vosapp.data.generator.settings import GeneratorSettings
from vosapp.data.photographs.bank import PhotographBank
from vosapp.data.photographs.cutouts import object_mask, superpixel_group

Image = NDArray[np.uint8]
_FEWEST_PX = 60  # an object of fewer pixels is no object
_TRIES = 12


@dataclass(frozen=True, slots=True)
class ClickSettings:
    """How pictures look, and what is told about them.

    Attributes:
        size_px: height and width, a multiple of 32.
        composed: share of pictures that the clip generator composes; the others are crops of photographs.
        pieces: share of the crops whose object is a few pieces of a photograph along its own edges.
        box: share of pictures that begin with a box.
        stroke: share that begin with a stroke along the object.
        given: share that begin with a damaged mask, as a prediction to be corrected.
        rounds: the most clicks before the one that is learnt from.
    """

    size_px: int = 256
    composed: float = 0.5
    pieces: float = 0.1
    box: float = 0.15
    stroke: float = 0.12
    given: float = 0.2
    rounds: int = 3


class ClickSample(NamedTuple):
    """One picture.

    Attributes:
        rgb: (size, size, 3) uint8.
        mask: (size, size) uint8, 255 on the object.
        given: (size, size) uint8, a damaged mask to begin with, or zeros.
        box: (size, size) uint8, 255 inside the box to begin with, or zeros.
        stroke: (size, size) uint8, 255 on a stroke over the object to begin with, or zeros.
    """

    rgb: Image
    mask: Image
    given: Image
    box: Image
    stroke: Image


def make_sample(bank: PhotographBank, settings: ClickSettings, seed: tuple[int, int]) -> ClickSample:
    """The picture of a seed: the same seed gives the same picture."""
    random = np.random.default_rng(seed)
    for _ in range(_TRIES):
        if not bank.masked or random.random() < settings.composed:
            rgb, mask, neighbour = _composed(bank, settings, random)
        else:
            rgb, mask = _cropped(bank, settings, random)
            neighbour = np.zeros_like(mask)
        if _FEWEST_PX <= np.count_nonzero(mask > 127) <= 0.9 * mask.size:
            break
    mask = np.where(mask > 127, 255, 0).astype(np.uint8)
    given = box = stroke = np.zeros_like(mask)
    luck = random.random()
    if luck < settings.box:
        box = _box(mask, random)
    elif luck < settings.box + settings.stroke:
        stroke = draw_stroke(mask, random)
    elif luck < settings.box + settings.stroke + settings.given:
        given = damaged(mask, neighbour, random)
    return ClickSample(np.ascontiguousarray(rgb), mask, given, box, stroke)


def draw_stroke(mask: Image, random: np.random.Generator) -> Image:
    """A hasty stroke inside a mask, (height, width) uint8: lines between its pixels, cut off where they leave."""
    drawn = np.zeros_like(mask)
    depth = cv2.distanceTransform(np.pad((mask > 127).astype(np.uint8), 1), cv2.DIST_L2, cv2.DIST_MASK_3)[1:-1, 1:-1]
    places = np.argwhere(depth >= 0.4 * depth.max())
    if not len(places):
        return drawn
    points = places[random.integers(len(places), size=int(random.integers(2, 4)))][:, ::-1]
    cv2.polylines(drawn, [points.astype(np.int32)], False, 255, int(random.integers(4, 9)))
    return np.asarray(np.minimum(drawn, np.where(depth > 0, 255, 0)), np.uint8)


def _box(mask: Image, random: np.random.Generator) -> Image:
    """The object's box as a hand draws it: each side off by up to a tenth."""
    left, top, across, down = cv2.boundingRect((mask > 127).astype(np.uint8))
    off = random.normal(0, 0.04, 4) * (across, down, across, down)
    x0, y0, x1, y1 = np.array([left, top, left + across, top + down]) + off
    drawn = np.zeros_like(mask)
    cv2.rectangle(drawn, (round(x0), round(y0)), (round(x1), round(y1)), 255, -1)
    return drawn


def _composed(bank: PhotographBank, settings: ClickSettings, random: np.random.Generator) -> tuple[Image, Image, Image]:
    clips = GeneratorSettings(
        size_px=settings.size_px, steps=1, smallest=0.12, largest=0.95, bent=0.2, turned=0.2, crossing=0.25,
        limbs=0.4, poles=0.3, damage=0.0, real_clips=0.15,
    )  # fmt: skip
    clip = generate(bank, clips, (int(random.integers(2**31)), 0))
    index = int(random.integers(3))
    return clip.rgb[index], clip.masks[index], clip.others[index]


def _cropped(bank: PhotographBank, settings: ClickSettings, random: np.random.Generator) -> tuple[Image, Image]:
    """A part of a photograph around one of its objects, turned and recoloured a little."""
    photograph = bank.masked[random.integers(len(bank.masked))]
    rgb = bank.rgb(photograph.picture)
    mask = object_mask(bank.labels(str(photograph.labels)), random)
    if mask is None or random.random() < settings.pieces:
        mask = superpixel_group(rgb, random)
    if mask.shape != rgb.shape[:2]:
        mask = np.asarray(cv2.resize(mask, rgb.shape[1::-1], interpolation=cv2.INTER_NEAREST), np.uint8)
    left, top, across, down = cv2.boundingRect(mask)
    centre = np.array([left + across / 2, top + down / 2]) + random.normal(0, 0.12, 2) * max(across, down)
    shown = max(across, down, 24) * float(np.exp(random.uniform(np.log(1.05), np.log(5.0))))
    # What lies outside of the photograph is not made up: a mirrored twin of the object would be labelled wrongly.
    shown = min(shown, min(rgb.shape[:2]))
    sides = np.array(rgb.shape[1::-1])
    centre = np.clip(centre, shown / 2, sides - shown / 2)
    scale = settings.size_px / shown
    turn = np.radians(random.normal(0, 8))
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) * scale
    matrix[:, 0] *= random.choice([-1, 1])
    moved = settings.size_px / 2 - matrix @ centre
    view, size = np.hstack([matrix, moved[:, None]]), (settings.size_px, settings.size_px)
    smooth = cv2.INTER_AREA if scale < 0.8 else cv2.INTER_CUBIC
    seen = cv2.warpAffine(rgb, view, size, flags=smooth, borderMode=cv2.BORDER_REPLICATE)
    shape = cv2.warpAffine(mask, view, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    filmed = with_camera_effects(np.asarray(seen, np.uint8), draw_camera_effects(random), random)
    return filmed, np.asarray(shape, np.uint8)
