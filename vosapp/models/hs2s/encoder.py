"""HS2S's encoder: ResNet-50 with a mask beside the picture, a finer stem and a reduced last map."""

from __future__ import annotations

from typing import NamedTuple

import torch.nn.functional as F
from torch import Tensor, nn

from vosapp.models.backbones.classifiers import bottleneck_stages
from vosapp.models.fusing import fold, fold_pair
from vosapp.models.preparing import dtype_of


class Levels(NamedTuple):
    """Maps of one picture with N masks.

    Attributes:
        r: (N, 1024, H/32, W/32), the reduced last map.
        c5, c4, c3, c2: outputs of the stages, 2048 channels at 1/32 to 256 at 1/4.
        a: (N, 64, H/2, W/2), of the stem.
    """

    r: Tensor
    c5: Tensor
    c4: Tensor
    c3: Tensor
    c2: Tensor
    a: Tensor


class Encoder(nn.Module):
    """One of the network's two encoders; the other has weights of its own.

    Args:
        stem: channels of the first layers.
        widths: inner channels of the four stages; they put out four times as many.
        depths: blocks of the four stages.
    """

    def __init__(self, stem: int, widths: tuple[int, int, int, int], depths: tuple[int, int, int, int]) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, stem, 7, stride=2, padding=3, bias=False)
        self.mask_conv = nn.Conv2d(1, stem, 7, stride=2, padding=3, bias=False)
        self.bn: nn.Module = nn.BatchNorm2d(stem)
        self.added_conv = nn.Conv2d(stem, stem, 3, padding=1)
        self.added_bn = nn.BatchNorm2d(stem)
        self.pool = nn.MaxPool2d(2, stride=2)
        self.conv2, self.conv3, self.conv4, self.conv5 = bottleneck_stages(widths, depths, stem)
        self.reduce_channel_ = nn.Conv2d(4 * widths[3], 4 * widths[2], 1)
        self.reduce_bn = nn.BatchNorm2d(4 * widths[2])

    def look(self, image: Tensor) -> Tensor:
        """The picture's part of the first layer, the same for every object: (N or 1, stem, H/2, W/2).

        Args:
            image: (N or 1, 3, H, W), normalised; H and W multiples of 32.
        """
        seen: Tensor = self.conv1(image.to(dtype_of(self)))
        return seen

    def forward(self, seen: Tensor, masks: Tensor) -> Levels:
        """Encodes a picture, given by what `look` saw, with each of N masks (N, H, W) in 0..1."""
        x = F.relu(self.bn(seen + self.mask_conv(masks.unsqueeze(1).to(seen.dtype))))
        a = F.relu(self.added_bn(self.added_conv(x)))
        c2 = self.conv2(self.pool(a))
        c3 = self.conv3(c2)
        c4 = self.conv4(c3)
        c5 = self.conv5(c4)
        return Levels(F.relu(self.reduce_bn(self.reduce_channel_(c5))), c5, c4, c3, c2, a)

    def fold_norms(self) -> None:
        """Takes the batch norms outside the stages into the convolutions before them."""
        if isinstance(self.bn, nn.BatchNorm2d):
            fold(self.bn, self.mask_conv, self.conv1)
            self.bn = nn.Identity()
        fold_pair(self, "added_conv", "added_bn")
        fold_pair(self, "reduce_channel_", "reduce_bn")
