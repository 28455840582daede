"""A small U-net that turns picture and mask into alpha and foreground colour, at the full resolution of a tile.

Most of it works at half the size, into which the input is folded without loss; only the last two convolutions see
single pixels. It starts from a plain feather of the mask and from the colours found near the edge, and says what to
add to them: with weights at zero it is that feather.
"""

from __future__ import annotations

import itertools
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from vosapp.models.stages.residual import ResidualBlock

PLANES = 14  # of the input, see `vosapp.matte.edge_planes`
MULTIPLE_PX = 16  # heights and widths it takes are multiples of this
_WIDTHS = (32, 48, 72, 72)  # channels at 1/2, 1/4, 1/8 and 1/16
_FINE = 8  # channels handed to the full resolution


class Refined(NamedTuple):
    """Output of the network for a tile.

    Attributes:
        alpha: (N, 1, H, W), near 0..1; not clamped, so that a loss sees what lies outside.
        foreground: (N, 3, H, W), near 0..1: the object's own colour, without what shines through from behind.
    """

    alpha: Tensor
    foreground: Tensor


class MatteRefiner(nn.Module):
    """See the module. Its input is planes (N, 14, H, W) as `vosapp.matte.edge_planes` makes them."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(4 * PLANES, _WIDTHS[0], 3, padding=1)
        self.down = nn.ModuleList(
            nn.Conv2d(fine, coarse, 3, stride=2, padding=1) for fine, coarse in itertools.pairwise(_WIDTHS)
        )
        self.before = nn.ModuleList(ResidualBlock(width) for width in _WIDTHS)
        self.up = nn.ModuleList(nn.Conv2d(coarse, fine, 1) for fine, coarse in itertools.pairwise(_WIDTHS))
        self.after = nn.ModuleList(ResidualBlock(width) for width in _WIDTHS[:-1])
        self.unfold = nn.Conv2d(_WIDTHS[0], 4 * _FINE, 3, padding=1)
        self.fine = nn.Conv2d(_FINE + PLANES, 16, 3, padding=1)
        self.out = nn.Conv2d(16, 4, 3, padding=1)
        nn.init.zeros_(self.out.weight)
        if self.out.bias is not None:
            nn.init.zeros_(self.out.bias)

    def forward(self, planes: Tensor, feather: Tensor, near: Tensor) -> Refined:
        """Refines tiles.

        Args:
            planes: (N, 14, H, W), heights and widths multiples of 16.
            feather: (N, 1, H, W) the alpha to start from.
            near: (N, 3, H, W) the foreground colour to start from.
        """
        levels = [functional.relu(self.stem(functional.pixel_unshuffle(planes, 2)))]
        levels[0] = self.before[0](levels[0])
        for down, block in zip(self.down, self.before[1:], strict=True):
            levels.append(block(functional.relu(down(levels[-1]))))
        state = levels.pop()
        for up, block in zip(reversed(self.up), reversed(self.after), strict=True):
            larger = functional.interpolate(up(state), scale_factor=2.0, mode="nearest")
            state = block(levels.pop() + larger)
        fine = functional.pixel_shuffle(self.unfold(state), 2)
        change = self.out(functional.relu(self.fine(torch.cat([fine, planes], dim=1))))
        return Refined(feather + change[:, :1], near + change[:, 1:])


def build() -> MatteRefiner:
    """The network without weights that mean anything."""
    return MatteRefiner()
