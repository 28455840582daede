"""RGMP's encoder: ResNet-50 that takes a mask beside the picture, the same for reference and target."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from vosapp.models.backbones.classifiers import bottleneck_stages
from vosapp.models.fusing import fold
from vosapp.models.preparing import dtype_of

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)


class Features(NamedTuple):
    """Outputs of the four stages, after their ReLU: `r5` (2048 channels at 1/32) to `r2` (256 at 1/4)."""

    r5: Tensor
    r4: Tensor
    r3: Tensor
    r2: Tensor


class Encoder(nn.Module):
    """The encoder. The mask has filters of its own in the first layer, whose result is added to the picture's.

    Args:
        stem: channels of the first layer.
        widths: inner channels of the four stages; they put out four times as many.
        depths: blocks of the four stages.
    """

    def __init__(
        self,
        stem: int = 64,
        *,
        widths: tuple[int, ...] = (64, 128, 256, 512),
        depths: tuple[int, ...] = (3, 4, 6, 3),
    ) -> None:
        super().__init__()
        self.conv1_p = nn.Conv2d(1, stem, 7, stride=2, padding=3, bias=True)
        self.conv1 = nn.Conv2d(3, stem, 7, stride=2, padding=3, bias=False)
        self.bn1: nn.Module = nn.BatchNorm2d(stem)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.res2, self.res3, self.res4, self.res5 = bottleneck_stages(widths, depths, stem)
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(STD).view(1, 3, 1, 1))
        self.mean: Tensor
        self.std: Tensor

    def normalise(self, rgb: Tensor) -> Tensor:
        """Takes ImageNet's mean and deviation out of (N, 3, H, W) in 0..1."""
        return (rgb - self.mean) / self.std

    def look(self, rgb: Tensor) -> Tensor:
        """The picture's part of the first layer, the same for every object in it.

        Args:
            rgb: (1, 3, H, W) in 0..1, H and W multiples of 32.

        Returns:
            (1, stem, H/2, W/2), before the batch norm.
        """
        seen: Tensor = self.conv1(self.normalise(rgb).to(dtype_of(self)))
        return seen

    def forward(self, seen: Tensor, masks: Tensor) -> Features:
        """Encodes a picture with each of N masks.

        Args:
            seen: from `look`.
            masks: (N, H, W) in 0..1, soft or hard.
        """
        x = self.relu(self.bn1(seen + self.conv1_p(masks.unsqueeze(1).to(seen.dtype))))
        r2 = self.res2(self.maxpool(x))
        r3 = self.res3(r2)
        r4 = self.res4(r3)
        return Features(self.res5(r4), r4, r3, r2)

    def fold_norms(self) -> None:
        """Takes the first batch norm into the two convolutions before it."""
        if isinstance(self.bn1, nn.BatchNorm2d):
            fold(self.bn1, self.conv1_p, self.conv1)
            self.bn1 = nn.Identity()
