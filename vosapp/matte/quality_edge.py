"""The *quality* edge: the refiner, tile by tile along the outline, at full resolution.

The *fast* edge is among what it chooses from, and what it finds is averaged with it: their errors are different ones,
so the mean has less of them. Beyond its reach the fast edge stands alone, which follows wide motion blur.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from vosapp.core.mask import BoolImage
from vosapp.matte.edge_planes import EdgePlanes
from vosapp.matte.fast_edge import FastEdge
from vosapp.matte.refiner_input import RefinerInput, look, refiner_input

Floats = NDArray[np.float32]
Part = tuple[slice, slice]

_TILE_PX = 152
_OVERLAP_PX = 24  # of a tile that only helps to decide the rest; a multiple of 8, so that all tiles fold alike
BAND_PX = 20.0  # from the outline, beyond which the mask is believed
_FADE_PX = 6.0  # over which the band goes over into the mask
_REFINER_SHARE = 0.5  # of the mean; chosen on the demo shot and the suite's `soft`
_TOO_WIDE_PX = np.float32(12), np.float32(20)  # widths of an edge between which it counts less and less
_MULTIPLE_PX = 8  # of the sides that the network takes


@dataclass(frozen=True, slots=True)
class RefinedEdge:
    """Output of the refiner for a frame.

    Attributes:
        alpha: (H, W) float32 in 0..1.
        foreground: (H, W, 3) float32 in 0..1, the object's own colour in the band; the picture elsewhere.
    """

    alpha: Floats
    foreground: Floats


def quality_edge(
    network: nn.Module,
    rgb: Floats,
    mask: BoolImage,
    fast: FastEdge,
    *,
    band_px: float = 0.0,
    unknown: BoolImage | None = None,
) -> RefinedEdge:
    """Refines the edge of a mask (H, W) on a picture (H, W, 3) in 0..1.

    Args:
        network: the refiner, in evaluation mode.
        rgb, mask: the picture and the mask.
        fast: the fast edge, which is begun from and stands where it is wider than the refiner sees.
        band_px: how far from the outline alpha may differ from the mask; 0: as far as the refiner was taught.
        unknown: (H, W) pixels that the refiner decides, however far from the outline.
    """
    edge = look(rgb, mask, unknown)
    near = np.clip(((band_px or BAND_PX) - np.abs(edge.inside_px)) / np.float32(_FADE_PX), 0, 1)
    if unknown is not None:
        near[unknown] = 1
    alpha, foreground = fast.alpha.copy(), rgb.copy()
    counts = near * _refiner_share(fast.width_px)
    for inner, outer in _tiles(near > 0):
        seen = FastEdge(fast.alpha[outer], fast.width_px[outer])
        tile = refiner_input(rgb[outer], mask[outer], _part(edge, outer), seen)
        found, colour = _ask(network, tile)
        cut = tuple(slice(i.start - o.start, i.stop - o.start) for i, o in zip(inner, outer, strict=True))
        alpha[inner] += counts[inner] * (found[cut] - alpha[inner])
        foreground[inner] += near[inner][..., None] * (colour[cut] - foreground[inner])
    return RefinedEdge(np.clip(alpha, 0, 1), np.clip(foreground, 0, 1))


def _refiner_share(width_px: Floats) -> Floats:
    """How much the refiner counts in the mean, by the width of the edge."""
    begin, end = _TOO_WIDE_PX
    return np.asarray(np.float32(_REFINER_SHARE) * np.clip((end - width_px) / (end - begin), 0, 1), np.float32)


def _tiles(wanted: BoolImage) -> Iterator[tuple[Part, Part]]:
    """Parts (rows, columns) to decide, each with the surroundings to look at, wherever something is wanted."""
    step = _TILE_PX - 2 * _OVERLAP_PX
    height, width = wanted.shape
    for top in range(0, height, step):
        for left in range(0, width, step):
            inner = slice(top, min(top + step, height)), slice(left, min(left + step, width))
            if not wanted[inner].any():
                continue
            rows, columns = (
                slice(max(0, part.start - _OVERLAP_PX), min(size, part.stop + _OVERLAP_PX))
                for part, size in zip(inner, (height, width), strict=True)
            )
            yield inner, (rows, columns)


def _part(edge: EdgePlanes, part: Part) -> EdgePlanes:
    return EdgePlanes(edge.inside_px[part], edge.front[part], edge.behind[part], edge.mixed[part])


def _ask(network: nn.Module, tile: RefinerInput) -> tuple[Floats, Floats]:
    with torch.inference_mode():
        alpha, foreground = network(*(_padded(values) for values in tile))
    height, width = tile.near.shape[1:]
    return alpha[0, 0, :height, :width].numpy(), foreground[0, :, :height, :width].permute(1, 2, 0).numpy()


def _padded(planes: Floats) -> Tensor:
    """(C, H, W) as (1, C, H', W') whose sides the network takes; the border is repeated."""
    height, width = planes.shape[1:]
    bottom, right = -height % _MULTIPLE_PX, -width % _MULTIPLE_PX
    if bottom or right:
        planes = np.pad(planes, ((0, 0), (0, bottom), (0, right)), mode="edge")
    return torch.from_numpy(np.ascontiguousarray(planes))[None]
