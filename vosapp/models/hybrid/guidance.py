"""Guidance: the previous soft mask moved to this frame by optical flow, how far to believe it, and a second opinion."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vosapp.models.hybrid.layers import ConvNorm

MAPS = 6
_PACE_PX = 4.0  # differences of flow around this many pixels tell parts apart


class Moved(NamedTuple):
    """What flow brings from the frame before, all in the pixels of this frame.

    Attributes:
        mask: (B, 1, H, W) the object's soft mask in 0..1.
        others: (B, 1, H, W) the other objects' soft mask.
        mismatch: (B, 1, H, W) how much the moved picture differs from this one, in 0..1.
        flow: (B, 2, H, W) backward flow in pixels.
        advice: (B, 1, H, W) the object's soft mask on this frame as the engine `flow` finds it by motion and looks;
            where that is not to be had, `mask`.
    """

    mask: Tensor
    others: Tensor
    mismatch: Tensor
    flow: Tensor
    advice: Tensor


def warped(x: Tensor, flow: Tensor) -> Tensor:
    """x (B, C, H, W) sampled at every pixel plus its flow (B, 2, H, W, in pixels); 0 from outside."""
    height, width = x.shape[-2:]
    rows = torch.arange(height, device=x.device, dtype=torch.float32).view(1, -1, 1)
    columns = torch.arange(width, device=x.device, dtype=torch.float32).view(1, 1, -1)
    across = (flow[:, 0].float() + columns + 0.5) * (2 / width) - 1
    down = (flow[:, 1].float() + rows + 0.5) * (2 / height) - 1
    grid = torch.stack([across, down], -1)
    return F.grid_sample(x.float(), grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def shrunk_flow(flow: Tensor, factor: int) -> Tensor:
    """Flow at 1/factor of the size, in the pixels of that size."""
    return F.avg_pool2d(flow, factor) / factor


def mismatch(rgb: Tensor, before: Tensor, flow: Tensor) -> Tensor:
    """(B, 1, H, W) in 0..1: mean difference over colours between a picture and the one before it moved along flow."""
    return difference(rgb, warped(before, flow))


def difference(rgb: Tensor, other: Tensor) -> Tensor:
    """(B, 1, H, W) in 0..1: mean difference over colours between two pictures (B, 3, H, W) in 0..1."""
    return ((rgb - other).abs().mean(1, keepdim=True) * 4).clamp(max=1)


class GuidanceEncoder(nn.Module):
    """Turns maps of what flow brings, at half the size, into features at 1/2, 1/4 and 1/8.

    Args:
        maps: their number.
        widths: channels at 1/2, 1/4, 1/8.
    """

    def __init__(self, maps: int, widths: tuple[int, int, int] = (16, 32, 48)) -> None:
        super().__init__()
        half, quarter, eighth = widths
        self.at_half = ConvNorm(maps, half)
        self.at_quarter = ConvNorm(half, quarter, stride=2)
        self.at_eighth = nn.Sequential(ConvNorm(quarter, eighth, stride=2), ConvNorm(eighth, eighth))

    def forward(self, maps: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Features (B, C, H/2, W/2), (B, C, H/4, W/4), (B, C, H/8, W/8) from maps (B, maps, H/2, W/2)."""
        half = self.at_half(maps.contiguous(memory_format=torch.channels_last))
        quarter = self.at_quarter(half)
        return half, quarter, self.at_eighth(quarter)


def maps_of(moved: Moved) -> Tensor:
    """(B, 6, H/2, W/2): mask, others, mismatch, whether a pixel moves unlike the object or the rest, advice."""
    mask, others, difference, flow, advice = (F.avg_pool2d(m.float(), 2) for m in moved)
    return torch.cat([mask, others, difference, apart(flow, mask), apart(flow, 1 - mask), advice], 1)


def apart(flow: Tensor, weight: Tensor) -> Tensor:
    """(B, 1, H, W) in 0..1: how far each pixel's flow is from the weighted mean."""
    total = weight.sum((2, 3), keepdim=True) + 1e-3
    mean = (flow * weight).sum((2, 3), keepdim=True) / total
    return torch.tanh((flow - mean).square().sum(1, keepdim=True).add(1e-6).sqrt() / _PACE_PX)
