"""A-GAME's image encoding: ResNet-101 whose last stage stays at 1/16."""

from __future__ import annotations

from typing import Any, NamedTuple

from torch import Tensor, nn

from vosapp.models.backbones.classifiers import RESNET101, ResNetSize, resnet101
from vosapp.models.fusing import fold_pair


class Features(NamedTuple):
    """Features of one picture; the same for every object in it.

    Attributes:
        s4: (1, 256, H/4, W/4).
        s8: (1, 512, H/8, W/8).
        s16: (1, 2048, H/16, W/16).
    """

    s4: Tensor
    s8: Tensor
    s16: Tensor


class Backbone(nn.Module):
    """ResNet-101 with the stride of its last stage taken out.

    The first block of the last stage has stride 1 and no dilation, the second and third have dilation 2: the
    authors widen only the blocks after the one that used to shrink the map.
    """

    def __init__(self, size: ResNetSize = RESNET101) -> None:
        super().__init__()
        base: Any = resnet101(size)
        self.conv1, self.bn1, self.relu, self.maxpool = base.conv1, base.bn1, base.relu, base.maxpool
        self.layer1, self.layer2, self.layer3, self.layer4 = base.layer1, base.layer2, base.layer3, base.layer4
        first, *rest = self.layer4
        first.conv2.stride = first.downsample[0].stride = (1, 1)
        for block in rest:
            block.conv2.dilation = block.conv2.padding = (2, 2)

    def forward(self, image: Tensor) -> Features:
        """Encodes a picture.

        Args:
            image: (1, 3, H, W) RGB with ImageNet's mean and deviation taken out; H and W multiples of 16.
        """
        stem = self.maxpool(self.relu(self.bn1(self.conv1(image))))
        s4 = self.layer1(stem)
        s8 = self.layer2(s4)
        return Features(s4, s8, self.layer4(self.layer3(s8)))

    def fold_norms(self) -> None:
        """Takes the first batch norm into the convolution before it."""
        fold_pair(self, "conv1", "bn1")
