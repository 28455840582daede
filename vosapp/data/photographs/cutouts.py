"""Cut-outs: something to move, cut from a photograph with a soft edge.

Objects come from label images; where there is none, from groups of superpixels and drawn shapes, so that the network
learns to follow whatever region it is given and not only things it has seen named.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.data.photographs.bank import IGNORE, Labels, Photograph, PhotographBank, Rgb

_SMALLEST_SIDE_PX = 14


@dataclass(frozen=True, slots=True)
class Cutout:
    """A piece of a photograph.

    Attributes:
        rgb: (height, width, 3) uint8, with a little of its surroundings.
        alpha: (height, width) uint8, 255 inside; the edge is soft.
        box: left, top, right, bottom of what is visible.
    """

    rgb: Rgb
    alpha: NDArray[np.uint8]
    box: tuple[int, int, int, int]

    @property
    def size_px(self) -> float:
        """The longer side of the box."""
        left, top, right, bottom = self.box
        return float(max(right - left, bottom - top))


def draw_cutout(bank: PhotographBank, random: np.random.Generator) -> Cutout:
    """Some cut-out: two in three are labelled objects where the bank has any."""
    for _ in range(8):
        if bank.masked and random.random() < 0.68:
            photograph = bank.masked[random.integers(len(bank.masked))]
            cutout = labelled_object(bank, photograph, random)
        else:
            rgb = bank.rgb(bank.photographs[random.integers(len(bank.photographs))].picture)
            shape = superpixel_group(rgb, random) if random.random() < 0.6 else drawn_shape(rgb, random)
            cutout = cut(rgb, shape, random)
        if cutout is not None:
            return cutout
    rgb = bank.rgb(bank.photographs[random.integers(len(bank.photographs))].picture)
    return _whole(rgb)


def labelled_object(bank: PhotographBank, photograph: Photograph, random: np.random.Generator) -> Cutout | None:
    """One object of a labelled photograph, or several that touch as one; None where they are too small."""
    if photograph.labels is None:
        return None
    labels = bank.labels(photograph.labels)
    chosen = object_mask(labels, random)
    return None if chosen is None else cut(bank.rgb(photograph.picture), chosen, random)


def object_mask(labels: Labels, random: np.random.Generator) -> NDArray[np.uint8] | None:
    """(height, width) uint8 0/255 of one object of a label image; one time in five of all its objects together."""
    ids = [int(i) for i in np.unique(labels) if i not in (0, IGNORE)]
    if not ids:
        return None
    if len(ids) > 1 and random.random() < 0.2:
        return np.where((labels > 0) & (labels != IGNORE), 255, 0).astype(np.uint8)
    return np.where(labels == ids[random.integers(len(ids))], 255, 0).astype(np.uint8)


def superpixel_group(rgb: Rgb, random: np.random.Generator) -> NDArray[np.uint8]:
    """(height, width) uint8 0/255: a few neighbouring pieces of a photograph, cut along its own edges.

    Pieces are the basins of a watershed that floods the picture from jittered seeds on a grid.
    """
    height, width = rgb.shape[:2]
    across = int(random.integers(4, 9))
    step = max(8.0, max(height, width) / across)
    seeds = np.zeros((height, width), np.int32)
    rows, columns = np.arange(step / 2, height, step), np.arange(step / 2, width, step)
    y, x = np.meshgrid(rows, columns, indexing="ij")
    y = np.clip(y + random.uniform(-0.35, 0.35, y.shape) * step, 0, height - 1).astype(int)
    x = np.clip(x + random.uniform(-0.35, 0.35, x.shape) * step, 0, width - 1).astype(int)
    seeds[y, x] = np.arange(1, y.size + 1).reshape(y.shape)
    basins = cv2.watershed(cv2.GaussianBlur(rgb, (0, 0), 1.0), seeds)
    centre = (int(random.uniform(0.2, 0.8) * height), int(random.uniform(0.2, 0.8) * width))
    reach = random.uniform(0.6, 1.8) * step
    distance = np.hypot((y - centre[0]) * random.uniform(0.5, 1.5), x - centre[1])
    chosen = np.flatnonzero(distance.ravel() <= max(reach, distance.min() + 1e-6)) + 1
    group = np.where(np.isin(basins, chosen), 255, 0).astype(np.uint8)
    return np.asarray(cv2.morphologyEx(group, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)), np.uint8)


def drawn_shape(rgb: Rgb, random: np.random.Generator) -> NDArray[np.uint8]:
    """(height, width) uint8 0/255: a wobbly closed outline filled, at times with thin limbs."""
    height, width = rgb.shape[:2]
    shape = np.zeros((height, width), np.uint8)
    angles = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    radius = np.ones(48)
    for harmonic in range(2, 7):
        radius += random.normal(0, 0.32 / harmonic) * np.cos(harmonic * angles + random.uniform(0, 6.3))
    across, down = random.uniform(0.12, 0.4) * width, random.uniform(0.12, 0.4) * height
    centre = np.array([random.uniform(0.35, 0.65) * width, random.uniform(0.35, 0.65) * height])
    outline = centre + np.stack([np.cos(angles) * across, np.sin(angles) * down], 1) * np.abs(radius)[:, None]
    cv2.fillPoly(shape, [outline.astype(np.int32)], 255)
    for _ in range(int(random.integers(0, 4))):
        ends = centre + random.uniform(-0.45, 0.45, (2, 2)) * np.array([width, height])
        cv2.polylines(shape, [np.stack([centre, *ends]).astype(np.int32)], False, 255, int(random.integers(4, 14)))
    return shape


def cut(rgb: Rgb, shape: NDArray[np.uint8], random: np.random.Generator) -> Cutout | None:
    """Cuts a shape (height, width, uint8 0/255) out of a picture; None where it is too small or all there is."""
    height, width = rgb.shape[:2]
    if shape.shape != (height, width):
        shape = np.asarray(cv2.resize(shape, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8)
    left, top, across, down = cv2.boundingRect(shape)
    if min(across, down) < _SMALLEST_SIDE_PX or cv2.countNonZero(shape) > 0.85 * height * width:
        return None
    margin = 6
    x0, y0 = max(0, left - margin), max(0, top - margin)
    x1, y1 = min(width, left + across + margin), min(height, top + down + margin)
    alpha = cv2.GaussianBlur(shape[y0:y1, x0:x1], (0, 0), random.uniform(0.5, 1.2))
    box = (left - x0, top - y0, left - x0 + across, top - y0 + down)
    return Cutout(np.ascontiguousarray(rgb[y0:y1, x0:x1]), np.asarray(alpha, np.uint8), box)


def _whole(rgb: Rgb) -> Cutout:
    height, width = rgb.shape[:2]
    alpha = np.zeros((height, width), np.uint8)
    cv2.ellipse(alpha, (width // 2, height // 2), (width // 3, height // 3), 0, 0, 360, 255, -1)
    return Cutout(rgb, alpha, (width // 6, height // 6, width - width // 6, height - height // 6))
