"""COSNet's frame embedding: dilated ResNet-101 in the Caffe form, and atrous spatial pyramid pooling."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vosapp.models.backbones.classifiers import RESNET101, ResNetSize, resnet101
from vosapp.models.fusing import fold_pair
from vosapp.models.stages.split import bias_of, part

EMBEDDING = 256
_BRANCH = 512
_DILATIONS = (6, 12, 18)


def _dilate(layer: Any, stride: int, dilation: int) -> None:
    """Gives a stage its stride on the first 1x1 convolution, as Caffe's ResNet has it, and its dilation."""
    first = layer[0]
    first.conv1.stride = first.downsample[0].stride = (stride, stride)
    for block in layer:
        block.conv2.stride = (1, 1)
        block.conv2.dilation = block.conv2.padding = (dilation, dilation)


class PyramidPooling(nn.Module):
    """Five views of the backbone's map, 512 channels each, drawn together to 256.

    Args:
        channels: of the map.
        branch: of each view.
        embedding: of the result.
    """

    def __init__(self, channels: int = 2048, branch: int = _BRANCH, embedding: int = EMBEDDING) -> None:
        super().__init__()
        self.branch = branch
        self.conv, self.bn_x = nn.Conv2d(channels, branch, 1), nn.BatchNorm2d(branch)
        self.conv2d_0, self.bn_0 = nn.Conv2d(channels, branch, 1), nn.BatchNorm2d(branch)
        near, middle, far = (nn.Conv2d(channels, branch, 3, padding=d, dilation=d) for d in _DILATIONS)
        self.conv2d_1, self.bn_1 = near, nn.BatchNorm2d(branch)
        self.conv2d_2, self.bn_2 = middle, nn.BatchNorm2d(branch)
        self.conv2d_3, self.bn_3 = far, nn.BatchNorm2d(branch)
        self.bottleneck = nn.Conv2d(5 * branch, embedding, 3, padding=1)
        self.bn = nn.BatchNorm2d(embedding)
        self.prelu = nn.PReLU()

    def forward(self, x: Tensor) -> Tensor:
        """(B, channels, h, w) to (B, embedding, h, w)."""
        pooled = F.relu(self.bn_x(self.conv(x.mean(dim=(2, 3), keepdim=True))))
        branches = [
            F.relu(self.bn_0(self.conv2d_0(x))),
            F.relu(self.bn_1(self.conv2d_1(x))),
            F.relu(self.bn_2(self.conv2d_2(x))),
            F.relu(self.bn_3(self.conv2d_3(x))),
        ]
        joined = part(self.bottleneck, torch.cat(branches, dim=1), self.branch) + bias_of(self.bottleneck)
        embedding: Tensor = self.prelu(self.bn(joined + self._of_pooled(pooled, x.shape[2:])))
        return embedding

    def _of_pooled(self, pooled: Tensor, size: torch.Size) -> Tensor:
        """The bottleneck's answer to the pooled branch, whose map is constant: corners, edges and one inner cell."""
        height, width = (min(side, 3) for side in size)
        answer = part(self.bottleneck, pooled.expand(-1, -1, height, width).contiguous(), 0)
        return answer[:, :, _stretch(size[0])][:, :, :, _stretch(size[1])]

    def fold_norms(self) -> None:
        """Takes every batch norm into the convolution before it."""
        fold_pair(self, "conv", "bn_x")
        for index in range(4):
            fold_pair(self, f"conv2d_{index}", f"bn_{index}")
        fold_pair(self, "bottleneck", "bn")


def _stretch(side: int) -> list[int]:
    """For each cell of a side, which cell of one of at most three cells is like it: first, inner or last."""
    return list(range(side)) if side <= 3 else [0, *[1] * (side - 2), 2]


class Encoder(nn.Module):
    """Shared by target and references.

    Args:
        size: of the backbone.
        branch, embedding: channels, see `PyramidPooling`.
    """

    def __init__(self, size: ResNetSize = RESNET101, *, branch: int = _BRANCH, embedding: int = EMBEDDING) -> None:
        super().__init__()
        base: Any = resnet101(size)
        self.conv1, self.bn1, self.relu = base.conv1, base.bn1, base.relu
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1, ceil_mode=True)
        self.layer1, self.layer2, self.layer3, self.layer4 = base.layer1, base.layer2, base.layer3, base.layer4
        for layer, stride, dilation in (
            (self.layer1, 1, 1),
            (self.layer2, 2, 1),
            (self.layer3, 1, 2),
            (self.layer4, 1, 4),
        ):
            _dilate(layer, stride, dilation)
        self.layer5 = PyramidPooling(size.channels[3], branch, embedding)
        self.main_classifier = nn.Conv2d(embedding, 1, 1)

    def forward(self, image: Tensor) -> Tensor:
        """The embedding (B, 256, h, w), about 1/8, of pictures (B, 3, H, W).

        Pictures are BGR in 0..255 with the mean (104.00699, 116.66877, 122.67892) taken out; any size.
        """
        x = self.maxpool(self.relu(self.bn1(self.conv1(image))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        embedding: Tensor = self.layer5(x)
        return embedding

    def saliency(self, embedding: Tensor) -> Tensor:
        """Logits (B, 1, h, w) of what stands out in a single frame, without co-attention."""
        logits: Tensor = self.main_classifier(embedding)
        return logits

    def fold_norms(self) -> None:
        """Takes the first batch norm into the convolution before it."""
        fold_pair(self, "conv1", "bn1")
