"""Fusion of appearance and motion, and the upsampling to a mask (sections 3.4 and 3.5 of the paper)."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vosapp.models.agame.propagation import WIDTH, ConvRelu
from vosapp.models.stages.split import bias_of, part

NARROW = 128


def _upsample(x: Tensor, scale: int) -> Tensor:
    return F.interpolate(x, scale_factor=scale, mode="bilinear", align_corners=False)


class Plain(nn.Module):
    """A convolution with bias and nothing after it."""

    def __init__(self, kernel: int, channels: int = NARROW) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, 2, kernel, padding=kernel // 2)

    def forward(self, x: Tensor) -> Tensor:
        """(N, channels, h, w) to (N, 2, h, w)."""
        scores: Tensor = self.conv(x)
        return scores


class FusionModule(nn.Module):
    """Four appearance scores and 512 motion channels to 128 fused channels; and a coarse segmentation of them."""

    def __init__(self, width: int = WIDTH, narrow: int = NARROW) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            OrderedDict(layer00=ConvRelu(4 + width, width), layer01=ConvRelu(width, narrow)),
        )
        self.predictor = nn.Sequential(OrderedDict(layer00=Plain(1, narrow)))

    def forward(self, scores: Tensor, motion: Tensor) -> Tensor:
        """Fused features (N, 128, h, w) from scores (N, 4, h, w) and motion (N, 512, h, w)."""
        fused: Tensor = self.layers(torch.cat([scores, motion], dim=1))
        return fused

    def coarse(self, fused: Tensor) -> Tensor:
        """Background and foreground scores at 1/16, (N, 2, h, w). Training uses them; a pass does not."""
        scores: Tensor = self.predictor(fused)
        return scores


class Detail(NamedTuple):
    """The part of the finer levels that comes from the picture alone and is the same for every object.

    Attributes:
        s8, s4: (1, 128, h, w) at 1/8 and 1/4: the projected features after their half of the blending convolution.
    """

    s8: Tensor
    s4: Tensor


class SegmentationModule(nn.Module):
    """Upsamples fused features to full resolution with the finer features of the picture.

    Each blending convolution sees [projected features, upsampled features]. Its first half does not depend on the
    object, so `detail` computes it once a frame.
    """

    def __init__(self, s8: int = 512, s4: int = 256, narrow: int = NARROW) -> None:
        super().__init__()
        self.project_s8 = ConvRelu(s8, narrow, kernel=1)
        self.blend_s8 = ConvRelu(2 * narrow, narrow)
        self.project_s4 = ConvRelu(s4, narrow, kernel=1)
        self.blend_s4 = ConvRelu(2 * narrow, narrow)
        self.predictor = Plain(3, narrow)

    def detail(self, s4: Tensor, s8: Tensor) -> Detail:
        """The object-free half of both levels, from features (1, 256, H/4, W/4) and (1, 512, H/8, W/8)."""
        return Detail(_first_half(self.blend_s8, self.project_s8(s8)), _first_half(self.blend_s4, self.project_s4(s4)))

    def forward(self, fused: Tensor, detail: Detail) -> Tensor:
        """Background and foreground scores at full resolution, (N, 2, H, W), from fused (N, 128, H/16, W/16)."""
        s8 = F.relu(detail.s8 + _second_half(self.blend_s8, _upsample(fused, 2)))
        s4 = F.relu(detail.s4 + _second_half(self.blend_s4, _upsample(s8, 2)))
        return _upsample(self.predictor(s4), 4)


def _first_half(blend: ConvRelu, projected: Tensor) -> Tensor:
    return part(blend.conv, projected, 0) + bias_of(blend.conv)


def _second_half(blend: ConvRelu, upsampled: Tensor) -> Tensor:
    return part(blend.conv, upsampled, upsampled.shape[1])
