"""The *fast* edge: as wide as the picture shows it to be, along its own edges. Needs no network.

How wide an edge is, is measured from the colours on both sides: where they mix over a long way the edge is soft. The
mask feathered by that width then goes through a guided filter (He, Sun and Tang, "Guided image filtering", ECCV
2010), which lets alpha follow hair and fur in the picture.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.core.mask import BoolImage
from vosapp.matte.edge_planes import EdgePlanes, edge_planes

Floats = NDArray[np.float32]

_NARROWEST_PX, _WIDEST_PX = 1.2, 16.0
_STRETCH_PX = 31  # of outline over which a width is measured
_REACH_PX = 8.0  # from the outline, within which colours count as the edge's
_BEYOND_PX = 6.0  # further out: what mixes there is texture, and is taken off
_GAIN = 8.0  # a linear edge of a width mixes to a sixth of it; colours hide some of it
_SHARP, _SOFT = (2, 1e-2), (4, 1e-2)  # radius in pixels and smoothness of the guided filter
_NOISE_PX = 0.7  # of a measured width: noise and compression mix colours too
_SOFT_FROM_PX = 8.0  # width at which the second of them takes over
_FAINT = 0.01  # alpha that a filter leaves where there is none, at both ends
_TILE_PX, _LOOKS_PX = 64, 9  # the filters run in tiles along the edge, and look twice their radius around
_FADE_PX = 4.0  # over which the edge goes over into the mask


def fast_edge(rgb: Floats, mask: BoolImage, band_px: float = 0.0, *, unknown: BoolImage | None = None) -> Floats:
    """The alpha (H, W) 0..1 of a mask (H, W) on a picture (H, W, 3) in 0..1.

    Args:
        rgb, mask: the picture and the mask.
        band_px: how far from the outline alpha may differ from the mask; 0 follows the measured width.
        unknown: (H, W) pixels whose alpha is read off the colours, however far from the outline.
    """
    planes = edge_planes(rgb, mask, shrink=4, mixed_within_px=_REACH_PX + _BEYOND_PX, unknown=unknown)
    width_px = edge_width(planes)
    reach = np.full_like(width_px, band_px) if band_px > 0 else width_px + np.float32(_FADE_PX)
    near = np.clip((reach - np.abs(planes.inside_px)) / np.float32(_FADE_PX), 0, 1)
    soft = np.asarray(np.clip(planes.inside_px / width_px + np.float32(0.5), 0, 1), np.float32)
    if unknown is not None:
        near[unknown] = 1
        soft[unknown] = planes.mixed[unknown]
    result = mask.astype(np.float32)
    for inner, outer in _tiles(near > 0):
        alpha = _filtered(rgb[outer], soft[outer], width_px[outer])
        cut = tuple(slice(i.start - o.start, i.stop - o.start) for i, o in zip(inner, outer, strict=True))
        result[inner] += near[inner] * (alpha[cut] - result[inner])
    return np.asarray(np.clip(result, 0, 1), np.float32)


def _filtered(rgb: Floats, soft: Floats, width_px: Floats) -> Floats:
    """An alpha led by the picture."""
    share = np.clip(width_px / np.float32(_SOFT_FROM_PX) - np.float32(0.5), 0, 1)
    alpha = cv2.ximgproc.guidedFilter(rgb, soft, *_SHARP) if share.min() < 1 else np.zeros_like(soft)
    if share.max() > 0:
        alpha = alpha + share * (cv2.ximgproc.guidedFilter(rgb, soft, *_SOFT) - alpha)
    return np.asarray((alpha - np.float32(_FAINT)) / np.float32(1 - 2 * _FAINT), np.float32)


def _tiles(wanted: BoolImage) -> Iterator[tuple[tuple[slice, slice], tuple[slice, slice]]]:
    """Parts (rows, columns) where something is wanted, each with what the filters look at around it."""
    height, width = wanted.shape
    for top in range(0, height, _TILE_PX):
        for left in range(0, width, _TILE_PX):
            inner = slice(top, min(top + _TILE_PX, height)), slice(left, min(left + _TILE_PX, width))
            if wanted[inner].any():
                rows, columns = (
                    slice(max(0, part.start - _LOOKS_PX), min(size, part.stop + _LOOKS_PX))
                    for part, size in zip(inner, (height, width), strict=True)
                )
                yield inner, (rows, columns)


def edge_width(planes: EdgePlanes) -> Floats:
    """(H, W) how wide the edge is nearby, in pixels, from how far the colours of both sides mix across it."""
    away = np.abs(planes.inside_px)
    mixing = planes.mixed * (1 - planes.mixed)
    near = away < _REACH_PX
    further = ~near & (away < _REACH_PX + _BEYOND_PX)
    texture = _over(mixing * further) / (_over(further.astype(np.float32)) + np.float32(1e-6))
    found = np.maximum(_over(mixing * near) - _over(near.astype(np.float32)) * texture, 0)
    length = _over((away < 1).astype(np.float32)) / 2  # one pixel on either side of the outline
    width_px = _GAIN * found / (length + np.float32(1e-4)) - np.float32(_NOISE_PX)
    return np.asarray(np.clip(width_px, _NARROWEST_PX, _WIDEST_PX), np.float32)


def _over(values: Floats) -> Floats:
    size = (_STRETCH_PX, _STRETCH_PX)
    return np.asarray(cv2.blur(cv2.blur(values, size), size), np.float32)
