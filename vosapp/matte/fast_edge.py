"""The *fast* edge: as wide as the picture shows it to be, along its own edges. Needs no network.

The mask feathered by the width that was measured goes through a guided filter (He, Sun and Tang, "Guided image
filtering", ECCV 2010), which lets alpha follow hair and fur in the picture. All of it is done near the outline alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.core.mask import BoolImage
from vosapp.matte.edge_width import EdgeColours, edge_width, rough_distance

Floats = NDArray[np.float32]
Part = tuple[slice, slice]

_SMOOTHNESS = 1e-2  # of the guided filter
# Radius in pixels, and the widths between which it takes over from the one before: each adds softness of its own.
_FILTERS = ((1, 0.0, 0.0), (2, 3.0, 5.0), (4, 4.0, 12.0))
_FAINT = 0.01  # alpha that a filter leaves where there is none, at both ends
_TILE_PX = 32  # the filters run in tiles along the edge, and look twice their radius around
_FADE_PX = 4.0  # over which the edge goes over into the mask


class FastEdge(NamedTuple):
    """A fast edge: alpha (H, W) 0..1, and how wide the edge is measured to be near each pixel, (H, W) in pixels."""

    alpha: Floats
    width_px: Floats


def fast_edge(rgb: Floats, mask: BoolImage, band_px: float = 0.0, *, unknown: BoolImage | None = None) -> Floats:
    """The alpha of `measured_edge`."""
    return measured_edge(rgb, mask, band_px, unknown=unknown).alpha


def measured_edge(rgb: Floats, mask: BoolImage, band_px: float = 0.0, *, unknown: BoolImage | None = None) -> FastEdge:
    """The fast edge of a mask (H, W) on a picture (H, W, 3) in 0..1.

    Args:
        rgb, mask: the picture and the mask.
        band_px: how far from the outline alpha may differ from the mask; 0 follows the measured width.
        unknown: (H, W) pixels whose alpha is read off the colours, however far from the outline.
    """
    inside_px = rough_distance(mask)
    colours = EdgeColours.of(rgb, inside_px if unknown is None else np.where(unknown, np.float32(0), inside_px))
    grid = edge_width(rgb, mask, inside_px, colours)
    width_px = np.asarray(cv2.resize(grid, mask.shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)
    read = None if unknown is None else _read_off(rgb, mask, colours, unknown)
    result = mask.astype(np.float32)
    wanted = np.abs(inside_px) < (np.float32(band_px) if band_px > 0 else width_px + np.float32(_FADE_PX))
    for inner in _tiles(wanted if unknown is None else wanted | unknown):
        outer = _widened(inner, width_px)
        soft = np.clip(inside_px[outer] / width_px[outer] + np.float32(0.5), 0, 1)
        reach = np.float32(band_px) if band_px > 0 else width_px[inner] + np.float32(_FADE_PX)
        near = np.clip((reach - np.abs(inside_px[inner])) / np.float32(_FADE_PX), 0, 1)
        if unknown is not None and read is not None:
            soft[unknown[outer]] = read[outer][unknown[outer]]
            near[unknown[inner]] = 1
        if near.any():
            alpha = _filtered(rgb[outer], soft, width_px[outer])[_within(inner, outer)]
            result[inner] += near * (alpha - result[inner])
    return FastEdge(np.asarray(np.clip(result, 0, 1), np.float32), width_px)


def _read_off(rgb: Floats, mask: BoolImage, colours: EdgeColours, unknown: BoolImage) -> Floats:
    read, places = np.zeros(mask.shape, np.float32), np.flatnonzero(unknown)
    read.flat[places] = colours.mixed(rgb, mask, places)
    return read


def _filtered(rgb: Floats, soft: Floats, width_px: Floats) -> Floats:
    """An alpha led by the picture."""
    shares = [_share(width_px, *between) for _, *between in _FILTERS]
    alpha = np.zeros_like(soft)
    for place, (radius, *_) in enumerate(_FILTERS):
        if shares[place].max() > 0 and all(share.min() < 1 for share in shares[place + 1 :]):
            alpha = alpha + shares[place] * (cv2.ximgproc.guidedFilter(rgb, soft, radius, _SMOOTHNESS) - alpha)
    return np.asarray((alpha - np.float32(_FAINT)) / np.float32(1 - 2 * _FAINT), np.float32)


def _tiles(wanted: BoolImage) -> Iterator[Part]:
    """Parts (rows, columns) where something is wanted."""
    height, width = wanted.shape
    for top in range(0, height, _TILE_PX):
        rows = slice(top, min(top + _TILE_PX, height))
        columns_wanted = np.asarray(wanted[rows].any(axis=0))
        for left in range(0, width, _TILE_PX):
            columns = slice(left, min(left + _TILE_PX, width))
            if columns_wanted[columns].any():
                yield rows, columns


def _widened(inner: Part, width_px: Floats) -> Part:
    """A part with what the filters look at around it."""
    radius = max(radius for radius, *between in _FILTERS if _share(width_px[inner], *between).max() > 0)
    rows, columns = (
        slice(max(0, part.start - 2 * radius), min(size, part.stop + 2 * radius))
        for part, size in zip(inner, width_px.shape, strict=True)
    )
    return rows, columns


def _share(width_px: Floats, begin_px: float, end_px: float) -> Floats:
    """How much a filter counts that takes over between two widths."""
    if end_px == 0:
        return np.ones_like(width_px)
    return np.asarray(np.clip((width_px - np.float32(begin_px)) / np.float32(end_px - begin_px), 0, 1), np.float32)


def _within(inner: Part, outer: Part) -> Part:
    """A part as seen from one around it."""
    rows, columns = (slice(i.start - o.start, i.stop - o.start) for i, o in zip(inner, outer, strict=True))
    return rows, columns
