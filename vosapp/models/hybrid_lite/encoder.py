"""Image encoder: a pretrained backbone, a thin stem beside it for sharp edges, and adapters to what is read of it."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vosapp.models.backbones.efficientnet_lite import CHANNELS, EfficientNetLite
from vosapp.models.hybrid.encoder import WIDTHS, Features
from vosapp.models.hybrid.layers import ConvNorm, Residual, upsampled

_STEM = 16
_DEEP = 64  # channels at 1/8 that the levels at 1/16 and 1/32 are brought to


class LiteEncoder(nn.Module):
    """EfficientNet-Lite0 and adapters; the backbone learns nothing as long as `backbone_learns` is False.

    Attributes:
        backbone_learns: whether gradients reach the backbone.
    """

    def __init__(self, keys: int = 64) -> None:
        super().__init__()
        half, quarter, eighth, _ = WIDTHS
        self.backbone_learns = False
        self.backbone = EfficientNetLite()
        self.stem = ConvNorm(3, _STEM, stride=2)
        self.at_half = ConvNorm(_STEM + CHANNELS[0], half)
        self.at_quarter = ConvNorm(half + CHANNELS[1], quarter)
        self.from_sixteenth = nn.Conv2d(CHANNELS[3], _DEEP, 1)
        self.from_last = nn.Conv2d(CHANNELS[4], _DEEP, 1)
        self.at_eighth = nn.Sequential(ConvNorm(quarter + CHANNELS[2] + _DEEP, eighth), Residual(eighth, eighth))
        self.key = nn.Conv2d(eighth, keys, 3, 1, 1)

    def forward(self, rgb: Tensor) -> Features:
        """Features of pictures (B, 3, H, W), RGB in 0..1; height and width are multiples of 16."""
        with torch.set_grad_enabled(torch.is_grad_enabled() and self.backbone_learns):
            half, quarter, eighth, sixteenth, last = self.backbone(rgb)
        half = self.at_half(torch.cat([self.stem(rgb * 2 - 1), half], 1))
        quarter = self.at_quarter(torch.cat([F.avg_pool2d(half, 2), quarter], 1))
        deep = self.from_sixteenth(sixteenth)
        deep = deep + upsampled(self.from_last(last), deep)
        eighth = self.at_eighth(torch.cat([F.avg_pool2d(quarter, 2), eighth, upsampled(deep, eighth)], 1))
        return Features(half, quarter, eighth, self.key(eighth))
