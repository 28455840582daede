"""RGMP's refinement module: brings a coarse map to the resolution of a skip connection."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn


class Refinement(nn.Module):
    """Two residual blocks around an addition; all convolutions 3x3 with bias, no batch norm.

    Args:
        skip_channels: of the encoder's features.
        width: of everything else.
        align_corners: how the coarser map is upsampled. True is what the authors' weights were trained with.
    """

    def __init__(self, skip_channels: int, width: int, *, align_corners: bool = True) -> None:
        super().__init__()
        self.align_corners = align_corners
        self.convFS1 = nn.Conv2d(skip_channels, width, 3, padding=1)
        self.convFS2 = nn.Conv2d(width, width, 3, padding=1)
        self.convFS3 = nn.Conv2d(width, width, 3, padding=1)
        self.convMM1 = nn.Conv2d(width, width, 3, padding=1)
        self.convMM2 = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, skip: Tensor, coarse: Tensor) -> Tensor:
        """Merges a skip connection (N, skip_channels, H, W) with a map (N, width, H/2, W/2); (N, width, H, W)."""
        s = residual(self.convFS1(skip), self.convFS2, self.convFS3)
        m = s + upsample(coarse, 2, align_corners=self.align_corners)
        return residual(m, self.convMM1, self.convMM2)


def residual(x: Tensor, first: nn.Module, second: nn.Module) -> Tensor:
    """`x + second(relu(first(relu(x))))`: a residual block without normalisation."""
    out: Tensor = x + second(F.relu(first(F.relu(x))))
    return out


def upsample(x: Tensor, factor: int, *, align_corners: bool) -> Tensor:
    """Bilinear enlargement of (N, C, H, W) by a whole factor."""
    return F.interpolate(x, scale_factor=factor, mode="bilinear", align_corners=align_corners)
