"""Mask propagation of A-GAME: where the object was, seen against the first frame (section 3.3 of the paper)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vosapp.models.stages.split import bias_of, part

FEATURES = 2048
WIDTH = 512


class ConvRelu(nn.Module):
    """A convolution with bias, and the ReLU after it."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 3) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2)

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs, h, w) to (N, outputs, h, w)."""
        return F.relu(self.conv(x))


class Pyramid(nn.Module):
    """Three 3x3 convolutions with dilation 1, 3 and 6 side by side."""

    def __init__(self, width: int = WIDTH) -> None:
        super().__init__()
        self.conv0 = nn.Conv2d(width, width, 3, padding=1, dilation=1)
        self.conv1 = nn.Conv2d(width, width, 3, padding=3, dilation=3)
        self.conv2 = nn.Conv2d(width, width, 3, padding=6, dilation=6)

    def forward(self, x: Tensor) -> Tensor:
        """(N, width, h, w) to (N, 3 * width, h, w)."""
        return F.relu(torch.cat([self.conv0(x), self.conv1(x), self.conv2(x)], dim=1))


class Layers(nn.Module):
    """The three layers under the authors' names."""

    def __init__(self, features: int, width: int) -> None:
        super().__init__()
        self.layer00 = ConvRelu(2 * features + 4, width, kernel=1)
        self.layer01 = Pyramid(width)
        self.layer02 = ConvRelu(3 * width, width)


class PropagationModule(nn.Module):
    """Features and maps of the current, the previous and the first frame in, 512 channels of motion out.

    The first layer is a 1x1 convolution over [current features, first features, previous map, first map]. It is
    linear, so its parts are computed when their inputs change and only then: the part of the first frame once per
    anchor, the part of the current picture once a frame for all objects.
    """

    def __init__(self, features: int = FEATURES, width: int = WIDTH) -> None:
        super().__init__()
        self.features = features
        self.layers = Layers(features, width)

    def of_first(self, s16: Tensor, maps: Tensor) -> Tensor:
        """Part of the first frame: (N, 512, h, w) from its features (1, 2048, h, w) and maps (N, 2, h, w)."""
        conv = self.layers.layer00.conv
        return part(conv, s16, self.features) + part(conv, maps, 2 * self.features + 2) + bias_of(conv)

    def of_current(self, s16: Tensor) -> Tensor:
        """Part of the current picture, the same for every object: (1, 512, h, w) from (1, 2048, h, w)."""
        return part(self.layers.layer00.conv, s16, 0)

    def forward(self, current: Tensor, first: Tensor, previous: Tensor) -> Tensor:
        """Motion features (N, 512, h, w).

        Args:
            current: from `of_current`.
            first: from `of_first`, (N, 512, h, w).
            previous: (N, 2, h, w) background and foreground on the previous frame.
        """
        joined = F.relu(current + first + part(self.layers.layer00.conv, previous, 2 * self.features))
        moved: Tensor = self.layers.layer02(self.layers.layer01(joined))
        return moved
