"""edge_width: how wide the edge of a mask is in the picture, stretch by stretch along the outline.

Where the colours of both sides mix over a long way the edge is soft: fur, defocus, motion blur. It is measured on the
pixels near the outline alone, and gathered on a coarse grid, so a large picture costs little. What is wider than the
colours beside it reach is measured again on a smaller picture. Where both sides look alike little can be measured, and
what is found may be anything: there the edge is as wide as it usually is where it can be measured.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.core.mask import BoolImage
from vosapp.matte.edge_planes import colour_near, mixture

Floats = NDArray[np.float32]
Places = NDArray[np.intp]
"""Indices into the pixels of a picture, row by row."""

NARROWEST_PX, WIDEST_PX = 1.2, 48.0
_CELL_PX = 4  # of the coarse grid
_STRETCH_CELLS = 9  # of outline over which a width is measured
_REACH_PX = 8.0  # from the outline, within which colours count as the edge's
_BEYOND_PX = 6.0  # further out: what mixes there is texture, and is taken off
_GAIN = 8.0  # a linear edge of a width mixes to a sixth of it; colours hide some of it
_NOISE_PX = 0.7  # of a measured width: noise and compression mix colours too
_LEAST_LENGTH_PX = 2e-3  # of outline in a cell, in the mean: further off nothing is known
_ALIKE = 0.05  # squared contrast at which a pixel is trusted by a quarter; nothing is read off sides that look alike
_SMALLER = 3  # times, for wide edges
_WIDE_STRETCH_CELLS = 3  # motion blur is as wide as this only where the outline lies across the motion
_WIDE_FROM_PX, _WIDE_TO_PX = 7.0, 10.0  # measured widths between which that measure takes over


@dataclass(frozen=True, slots=True)
class EdgeColours:
    """Colours on both sides of an outline, on a coarse grid; both (h, w, 3) float32 in 0..1."""

    front: Floats
    behind: Floats

    @classmethod
    def of(cls, rgb: Floats, trusted_px: Floats) -> EdgeColours:
        """Looks at a picture (H, W, 3).

        Args:
            rgb: the picture.
            trusted_px: (H, W) signed distance to the outline, positive inside; 0 where a pixel belongs to no side.
        """
        height, width = trusted_px.shape
        size = -(-width // _CELL_PX), -(-height // _CELL_PX)
        small, distance = (
            np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.float32) for image in (rgb, trusted_px)
        )
        return cls(colour_near(small, distance, _CELL_PX), colour_near(small, -distance, _CELL_PX))

    def mixed(self, rgb: Floats, mask: BoolImage, places: Places) -> Floats:
        """(N,) the alpha 0..1 at which both mix to the picture, at some pixels."""
        return self.read(rgb, mask, places)[0]

    def read(self, rgb: Floats, mask: BoolImage, places: Places) -> tuple[Floats, Floats]:
        """As `mixed`, and (N,) the squared contrast of both sides there."""
        front, behind = (_sampled(grid, places, mask.shape[1]) for grid in (self.front, self.behind))
        mixed = mixture(rgb.reshape(-1, 3).take(places, axis=0), front, behind, mask.ravel().take(places))
        return mixed, np.asarray(np.square(front - behind).sum(axis=-1), np.float32)


def _sampled(grid: Floats, places: Places, width: int) -> Floats:
    """(N, 3) values of a coarse grid (h, w, 3) at some pixels of a picture of a width."""
    scale = np.float32(1 / _CELL_PX)
    rows, columns = (
        (one.astype(np.float32) + np.float32(0.5)) * scale - np.float32(0.5) for one in divmod(places, width)
    )
    # OpenCV takes no more than 32767 columns.
    pieces = [
        cv2.remap(grid, columns[None, part], rows[None, part], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[0]
        for part in (slice(begin, begin + 30_000) for begin in range(0, len(rows), 30_000))
    ]
    return np.asarray(np.concatenate(pieces) if pieces else np.zeros((0, 3)), np.float32)


def edge_width(rgb: Floats, mask: BoolImage, inside_px: Floats, colours: EdgeColours) -> Floats:
    """(h, w) how wide the edge is nearby, in pixels, on a grid of cells of `_CELL_PX`.

    Args:
        rgb, mask: picture (H, W, 3) in 0..1 and mask (H, W).
        inside_px: (H, W) signed distance to the outline, positive inside.
        colours: of both sides.
    """
    measured = _measured(rgb, mask, inside_px, colours)
    width_px, trust = measured.width_px, measured.trust
    share = np.clip((width_px - _WIDE_FROM_PX) / np.float32(_WIDE_TO_PX - _WIDE_FROM_PX), 0, 1)
    if share.max() > 0 and min(mask.shape) >= 8 * _SMALLER:
        width_px = width_px + share * (_wide(rgb, mask, width_px) - width_px)
        trust = 1 - (1 - trust) * (1 - share)  # the wide measure believed no more than it could tell
    width_px = np.clip(width_px, NARROWEST_PX, WIDEST_PX)
    if measured.outline_cells.size:
        on_outline, weights = (grid.ravel().take(measured.outline_cells) for grid in (width_px, measured.trust))
        usual_px = np.quantile(on_outline, 0.5, weights=weights + np.float32(1e-6), method="inverted_cdf")
        width_px = usual_px + trust * (width_px - usual_px)
    return np.asarray(width_px, np.float32)


def _wide(rgb: Floats, mask: BoolImage, narrow_px: Floats) -> Floats:
    """The same from a smaller picture; nowhere less, and no more where both sides look alike: that would be texture."""
    height, width = mask.shape
    size = -(-width // _SMALLER), -(-height // _SMALLER)
    small = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.float32)
    solid = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA) >= 0.5
    if not solid.any() or solid.all():
        return narrow_px
    inside_px = rough_distance(solid)
    measured = _measured(small, solid, inside_px, EdgeColours.of(small, inside_px), is_wide=True)
    found, trust = (
        np.asarray(cv2.resize(grid, narrow_px.shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)
        for grid in (_SMALLER * measured.width_px, np.clip(2 * measured.trust, 0, 1))
    )
    return np.asarray(narrow_px + trust * np.maximum(found - narrow_px, 0), np.float32)


@dataclass(frozen=True, slots=True)
class _Measured:
    """What was measured on the grid.

    Attributes:
        width_px: (h, w) widths in pixels.
        trust: (h, w) how far they can be trusted, 0..1.
        outline_cells: (n,) the cell of each pixel of the outline.
    """

    width_px: Floats
    trust: Floats
    outline_cells: Places


def _measured(
    rgb: Floats, mask: BoolImage, inside_px: Floats, colours: EdgeColours, *, is_wide: bool = False
) -> _Measured:
    places = np.flatnonzero(np.abs(inside_px) < _REACH_PX + _BEYOND_PX)
    mixed, contrast = colours.read(rgb, mask, places)
    seen = np.square(contrast / (contrast + np.float32(_ALIKE)))  # how far a pixel tells the width
    told = np.ones_like(seen) if is_wide else seen
    stretch_cells = _WIDE_STRETCH_CELLS if is_wide else _STRETCH_CELLS
    away, mixing = np.abs(inside_px.ravel().take(places)), told * mixed * (1 - mixed)
    grid_shape = colours.front.shape[:2]
    rows, columns = divmod(places, mask.shape[1])
    cells = (rows // _CELL_PX) * grid_shape[1] + columns // _CELL_PX

    def gathered(values: Floats | BoolImage) -> Floats:
        sums = np.bincount(cells, weights=values, minlength=grid_shape[0] * grid_shape[1]).reshape(grid_shape)
        size = (stretch_cells, stretch_cells)
        return np.asarray(cv2.blur(cv2.blur(sums.astype(np.float32), size), size), np.float32)

    near = away < _REACH_PX
    texture = gathered(mixing * ~near) / (gathered(told * ~near) + np.float32(1e-3))
    found = np.maximum(gathered(mixing * near) - gathered(told * near) * texture, 0)
    outline = away < 1
    length = gathered(outline) / 2  # one pixel on either side
    told_length = length if is_wide else gathered(told * outline) / 2
    seen_length = gathered(seen * outline) / 2 if is_wide else told_length
    width_px = _GAIN * found / (told_length + np.float32(1e-3)) - np.float32(_NOISE_PX)
    is_near = length > _LEAST_LENGTH_PX
    trust = np.where(is_near, seen_length / np.maximum(length, np.float32(_LEAST_LENGTH_PX)), 0)
    return _Measured(np.where(is_near, width_px, 0).astype(np.float32), trust.astype(np.float32), cells[outline])


def rough_distance(mask: BoolImage) -> Floats:
    """As `distance_to_outline`, a percent or two off and several times as fast."""
    solid = mask.astype(np.uint8)
    inside = cv2.distanceTransform(solid, cv2.DIST_L2, cv2.DIST_MASK_5)
    outside = cv2.distanceTransform(1 - solid, cv2.DIST_L2, cv2.DIST_MASK_5)
    # One of both is 0 at every pixel; the outline runs half a pixel from the centres on either side.
    return np.asarray(inside - outside + (np.float32(0.5) - solid), np.float32)
