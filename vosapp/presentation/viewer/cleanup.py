"""Finds small holes and specks of a mask, and the hole or part under a point."""

from __future__ import annotations

import math

import numpy as np

from vosapp.presentation.viewer.raster import BoolImage, Point


def small_holes(mask: BoolImage, size_px: float) -> BoolImage:
    """Finds holes of a mask (height, width) smaller than a disk; what touches the picture's border is no hole."""
    import cv2

    holes = _small_pieces(~mask, size_px)
    labels = cv2.connectedComponents(holes.view(np.uint8), connectivity=4)[1]
    at_border = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    return holes & ~np.isin(labels, at_border)


def specks(mask: BoolImage, size_px: float) -> BoolImage:
    """Pieces of a mask (height, width) smaller than a disk, unless nothing else would be left."""
    pieces = _small_pieces(mask, size_px)
    return np.zeros_like(mask) if np.array_equal(pieces, mask) else pieces


def part_count(area: BoolImage) -> int:
    """How many connected parts an area (height, width) has."""
    import cv2

    return int(cv2.connectedComponents(area.view(np.uint8), connectivity=4)[0]) - 1


def part_at(area: BoolImage, point: Point) -> BoolImage | None:
    """The connected part of an area (height, width) that holds a picture point, None where the point is not in it."""
    import cv2

    column, row = math.floor(point[0]), math.floor(point[1])
    if not (0 <= row < area.shape[0] and 0 <= column < area.shape[1] and area[row, column]):
        return None
    labels = cv2.connectedComponents(area.view(np.uint8), connectivity=4)[1]
    return np.asarray(labels == labels[row, column], np.bool_)


def is_open(area: BoolImage) -> bool:
    """Whether an area (height, width) reaches the picture's border."""
    return bool(area[0].any() or area[-1].any() or area[:, 0].any() or area[:, -1].any())


def _small_pieces(area: BoolImage, size_px: float) -> BoolImage:
    """The connected pieces with less area than a disk of a diameter; pixels are neighbours across edges alone."""
    import cv2

    count, labels, statistics, _ = cv2.connectedComponentsWithStats(area.view(np.uint8), connectivity=4)
    is_small = statistics[:count, cv2.CC_STAT_AREA] < math.pi * size_px**2 / 4
    is_small[0] = False
    return np.asarray(is_small[labels], np.bool_)
