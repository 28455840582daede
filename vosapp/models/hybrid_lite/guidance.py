"""Guidance: the previous soft mask moved to this frame by optical flow, and how far to believe it."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vosapp.models.hybrid.guidance import apart
from vosapp.models.hybrid.layers import ConvNorm

MAPS = 5


class Carried(NamedTuple):
    """What flow brings from the frame before, all in the pixels of this frame.

    Attributes:
        mask: (B, 1, H, W) the object's soft mask in 0..1.
        others: (B, 1, H, W) the other objects' soft mask.
        mismatch: (B, 1, H, W) how much the moved picture differs from this one, in 0..1.
        flow: (B, 2, H, W) backward flow in pixels.
    """

    mask: Tensor
    others: Tensor
    mismatch: Tensor
    flow: Tensor


class GuidanceEncoder(nn.Module):
    """Turns what flow brings into features at 1/2, 1/4 and 1/8."""

    def __init__(self, widths: tuple[int, int, int] = (16, 32, 48)) -> None:
        super().__init__()
        half, quarter, eighth = widths
        self.at_half = ConvNorm(MAPS, half)
        self.at_quarter = ConvNorm(half, quarter, stride=2)
        self.at_eighth = nn.Sequential(ConvNorm(quarter, eighth, stride=2), ConvNorm(eighth, eighth))

    def forward(self, carried: Carried) -> tuple[Tensor, Tensor, Tensor]:
        """Features (B, C, H/2, W/2), (B, C, H/4, W/4), (B, C, H/8, W/8)."""
        half = self.at_half(self.maps(carried).contiguous(memory_format=torch.channels_last))
        quarter = self.at_quarter(half)
        return half, quarter, self.at_eighth(quarter)

    @staticmethod
    def maps(carried: Carried) -> Tensor:
        """(B, 5, H/2, W/2): mask, others, mismatch, whether a pixel moves unlike the object or the rest."""
        mask, others, difference, flow = (F.avg_pool2d(m.float(), 2) for m in carried)
        return torch.cat([mask, others, difference, apart(flow, mask), apart(flow, 1 - mask)], 1)
