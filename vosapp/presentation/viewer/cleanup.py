"""Finds small holes and specks of a mask."""

from __future__ import annotations

import math

import numpy as np

from vosapp.presentation.viewer.raster import BoolImage


def small_holes(mask: BoolImage, brush_px: float) -> BoolImage:
    """Finds holes of a mask (height, width) smaller than a brush; what touches the picture's border is no hole."""
    import cv2

    holes = _small_pieces(~mask, brush_px)
    labels = cv2.connectedComponents(holes.view(np.uint8), connectivity=4)[1]
    at_border = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    return holes & ~np.isin(labels, at_border)


def specks(mask: BoolImage, brush_px: float) -> BoolImage:
    """Pieces of a mask (height, width) smaller than a brush, unless nothing else would be left."""
    pieces = _small_pieces(mask, brush_px)
    return np.zeros_like(mask) if np.array_equal(pieces, mask) else pieces


def _small_pieces(area: BoolImage, brush_px: float) -> BoolImage:
    """The connected pieces with less area than a brush of a diameter; pixels are neighbours across edges alone."""
    import cv2

    count, labels, statistics, _ = cv2.connectedComponentsWithStats(area.view(np.uint8), connectivity=4)
    is_small = statistics[:count, cv2.CC_STAT_AREA] < math.pi * brush_px**2 / 4
    is_small[0] = False
    return np.asarray(is_small[labels], np.bool_)
