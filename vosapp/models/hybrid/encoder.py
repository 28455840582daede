"""Image encoder: one pass over a picture serves all objects, as query and as memory."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from vosapp.models.hybrid.layers import ConvNorm, Residual, upsampled

_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of natural pictures, RGB
WIDTHS = (32, 64, 96, 160)  # channels at 1/2, 1/4, 1/8, 1/16


class Features(NamedTuple):
    """What the encoder says of a picture (B, 3, H, W).

    Attributes:
        half: (B, 32, H/2, W/2).
        quarter: (B, 64, H/4, W/4).
        eighth: (B, 96, H/8, W/8), which has seen the 1/16 level too.
        key: (B, keys, H/8, W/8): what is compared between query and memory.
    """

    half: Tensor
    quarter: Tensor
    eighth: Tensor
    key: Tensor

    def split(self, pictures: int) -> list[Features]:
        """The features of consecutive groups of this many pictures of the batch."""
        levels = [torch.split(level, pictures) for level in self]
        return [Features(*group) for group in zip(*levels, strict=True)]

    def expanded(self, objects: int) -> Features:
        """The features of one picture, for several objects at no cost."""
        return Features(*(level.expand(objects, -1, -1, -1) for level in self))


class Encoder(nn.Module):
    """Residual stages down to 1/16, the last merged back into 1/8."""

    def __init__(self, keys: int = 64, widths: tuple[int, int, int, int] = WIDTHS) -> None:
        super().__init__()
        half, quarter, eighth, sixteenth = widths
        self.stem = ConvNorm(3, half, stride=2)
        self.at_quarter = nn.Sequential(Residual(half, quarter, stride=2), Residual(quarter, quarter))
        self.at_eighth = nn.Sequential(Residual(quarter, eighth, stride=2), Residual(eighth, eighth))
        self.at_sixteenth = nn.Sequential(Residual(eighth, sixteenth, stride=2), Residual(sixteenth, sixteenth))
        self.down = nn.Conv2d(sixteenth, eighth, 1)
        self.merge = Residual(eighth, eighth)
        self.key = nn.Conv2d(eighth, keys, 3, 1, 1)

    def forward(self, rgb: Tensor) -> Features:
        """Features of pictures (B, 3, H, W), RGB in 0..1; height and width are multiples of 16."""
        half = self.stem((rgb - rgb.new_tensor(_MEAN).view(1, 3, 1, 1)) / rgb.new_tensor(_DEVIATION).view(1, 3, 1, 1))
        quarter = self.at_quarter(half)
        eighth = self.at_eighth(quarter)
        merged = self.merge(eighth + upsampled(self.down(self.at_sixteenth(eighth)), eighth))
        return Features(half, quarter, merged, self.key(merged))
