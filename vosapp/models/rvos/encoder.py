"""RVOS's encoding of a picture: ResNet-101 and four projections of its stages."""

from __future__ import annotations

from typing import Any, NamedTuple

from torch import Tensor, nn

from vosapp.models.backbones.classifiers import RESNET101, ResNetSize, resnet101
from vosapp.models.fusing import fold_pair

SKIP_CHANNELS = (128, 128, 64, 32)


class Stages(NamedTuple):
    """Outputs of the backbone for (B, 3, H, W): `x1` (64 channels) at 1/2, `x2` (256) at 1/4 to `x5` (2048) at 1/32."""

    x1: Tensor
    x2: Tensor
    x3: Tensor
    x4: Tensor
    x5: Tensor


class Base(nn.Module):
    """torchvision's ResNet-101 without its classifier."""

    def __init__(self, size: ResNetSize = RESNET101) -> None:
        super().__init__()
        whole: Any = resnet101(size)
        self.conv1, self.bn1, self.relu, self.maxpool = whole.conv1, whole.bn1, whole.relu, whole.maxpool
        self.layer1, self.layer2 = whole.layer1, whole.layer2
        self.layer3, self.layer4 = whole.layer3, whole.layer4

    def forward(self, image: Tensor) -> Stages:
        """The five stages of a normalised RGB picture (B, 3, H, W) of any size."""
        x1 = self.relu(self.bn1(self.conv1(image)))
        x2 = self.layer1(self.maxpool(x1))
        x3 = self.layer2(x2)
        x4 = self.layer3(x3)
        return Stages(x1, x2, x3, x4, self.layer4(x4))

    def fold_norms(self) -> None:
        """Takes the first batch norm into the convolution before it."""
        fold_pair(self, "conv1", "bn1")


class Encoder(nn.Module):
    """Backbone and skip projections: 3x3 convolution and batch norm, with no activation after them."""

    def __init__(self, size: ResNetSize = RESNET101, skips: tuple[int, ...] = SKIP_CHANNELS) -> None:
        super().__init__()
        self.base = Base(size)
        c2, c3, c4, c5 = size.channels
        deep, middle, fine, finest = skips
        self.sk5, self.bn5 = nn.Conv2d(c5, deep, 3, padding=1), nn.BatchNorm2d(deep)
        self.sk4, self.bn4 = nn.Conv2d(c4, middle, 3, padding=1), nn.BatchNorm2d(middle)
        self.sk3, self.bn3 = nn.Conv2d(c3, fine, 3, padding=1), nn.BatchNorm2d(fine)
        self.sk2, self.bn2 = nn.Conv2d(c2, finest, 3, padding=1), nn.BatchNorm2d(finest)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Skip features with 128, 128, 64, 32 channels at 1/32, 1/16, 1/8, 1/4, coarse to fine."""
        stages = self.base(image)
        return (
            self.bn5(self.sk5(stages.x5)),
            self.bn4(self.sk4(stages.x4)),
            self.bn3(self.sk3(stages.x3)),
            self.bn2(self.sk2(stages.x2)),
        )

    def fold_norms(self) -> None:
        """Takes the batch norms of the projections into their convolutions."""
        for level in (2, 3, 4, 5):
            fold_pair(self, f"sk{level}", f"bn{level}")
