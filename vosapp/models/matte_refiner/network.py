"""A small U-net that turns picture and mask into alpha and foreground colour, at the full resolution of a tile.

It works at half the size and below, into which the input is folded without loss. It does not draw alpha from nothing:
it says how much each of several candidates counts at each pixel (the mask feathered by several widths, ramps along its
outline, and alphas led by the picture) and what to add to their mixture. With weights at zero it is a feather.
"""

from __future__ import annotations

import itertools
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from vosapp.models.stages.residual import ResidualBlock

PLANES, CANDIDATES = 17, 14  # of the input, see `vosapp.matte.refiner_input`
MULTIPLE_PX = 8  # heights and widths it takes are multiples of this
_WIDTHS = (24, 40, 64)  # channels at 1/2, 1/4 and 1/8
_FIRST = (0.0, 3.0, 3.0, 1.0, *(0.0,) * 9, 3.0)  # how much each candidate counts untrained, as a logarithm


class Refined(NamedTuple):
    """Output of the network for a tile.

    Attributes:
        alpha: (N, 1, H, W), near 0..1; not clamped, so that a loss sees what lies outside.
        foreground: (N, 3, H, W), near 0..1: the object's own colour, without what shines through from behind.
    """

    alpha: Tensor
    foreground: Tensor


class MatteRefiner(nn.Module):
    """See the module."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(4 * PLANES, _WIDTHS[0], 3, padding=1)
        self.down = nn.ModuleList(
            nn.Conv2d(fine, coarse, 3, stride=2, padding=1) for fine, coarse in itertools.pairwise(_WIDTHS)
        )
        self.before = nn.ModuleList(ResidualBlock(width) for width in _WIDTHS)
        self.deepest = ResidualBlock(_WIDTHS[-1])
        self.up = nn.ModuleList(nn.Conv2d(coarse, fine, 1) for fine, coarse in itertools.pairwise(_WIDTHS))
        self.after = nn.ModuleList(ResidualBlock(width) for width in _WIDTHS[:-1])
        self.choice = nn.Conv2d(_WIDTHS[0], CANDIDATES, 3, padding=1)
        self.change = nn.Conv2d(_WIDTHS[0], 4 * 4, 3, padding=1)
        for head, first in ((self.choice, _FIRST), (self.change, (0.0,) * 16)):
            nn.init.zeros_(head.weight)
            if head.bias is not None:
                head.bias.data = torch.tensor(first)

    def forward(self, planes: Tensor, candidates: Tensor, near: Tensor) -> Refined:
        """Refines tiles.

        Args:
            planes: (N, 17, H, W), heights and widths multiples of 8.
            candidates: (N, 14, H, W) the alphas to choose among.
            near: (N, 3, H, W) the foreground colour to start from.
        """
        levels = [functional.relu(self.stem(functional.pixel_unshuffle(planes, 2)))]
        levels[0] = self.before[0](levels[0])
        for down, block in zip(self.down, self.before[1:], strict=True):
            levels.append(block(functional.relu(down(levels[-1]))))
        state = self.deepest(levels.pop())
        for up, block in zip(reversed(self.up), reversed(self.after), strict=True):
            larger = functional.interpolate(up(state), scale_factor=2.0, mode="nearest")
            state = block(levels.pop() + larger)
        counts = functional.interpolate(self.choice(state), scale_factor=2.0, mode="bilinear", align_corners=False)
        mixture = (counts.softmax(dim=1) * candidates).sum(dim=1, keepdim=True)
        change = functional.pixel_shuffle(self.change(state), 2)
        return Refined(mixture + change[:, :1], near + change[:, 1:])


def build() -> MatteRefiner:
    """The network without weights that mean anything."""
    return MatteRefiner()
