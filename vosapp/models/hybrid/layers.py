"""Building blocks: convolution with normalization, residual block, gated recurrent cell."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class ConvNorm(nn.Sequential):
    """3x3 (or other) convolution, batch normalization, ReLU."""

    def __init__(self, inputs: int, outputs: int, *, kernel: int = 3, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
        )


class Residual(nn.Module):
    """Two 3x3 convolutions beside a shortcut; the first may halve the size."""

    def __init__(self, inputs: int, outputs: int, *, stride: int = 1) -> None:
        super().__init__()
        self.first = ConvNorm(inputs, outputs, stride=stride)
        self.second = nn.Sequential(nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs))
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs, H, W) -> (B, outputs, H / stride, W / stride)."""
        return F.relu(self.second(self.first(x)) + self.shortcut(x))


class GatedCell(nn.Module):
    """Convolutional GRU cell: keeps or renews its state pixel by pixel.

    Source: Cho et al., EMNLP 2014, with 3x3 convolutions in place of the matrices.
    """

    def __init__(self, inputs: int, state: int) -> None:
        super().__init__()
        self.gates = nn.Conv2d(inputs + state, 2 * state, 3, 1, 1)
        self.candidate = nn.Conv2d(inputs + state, state, 3, 1, 1)
        if self.gates.bias is not None:
            nn.init.constant_(self.gates.bias, -1.0)  # begin by forgetting, so that a wrong state does no harm

    def forward(self, x: Tensor, state: Tensor) -> Tensor:
        """(B, inputs, H, W) and state (B, state, H, W) -> the next state, in -1..1."""
        keep, reset = self.gates(torch.cat([x, state], 1)).sigmoid().chunk(2, 1)
        candidate = self.candidate(torch.cat([x, reset * state], 1)).tanh()
        renewed: Tensor = keep * state + (1 - keep) * candidate
        return renewed


def upsampled(x: Tensor, like: Tensor) -> Tensor:
    """x resized bilinearly to the height and width of another map."""
    return F.interpolate(x, like.shape[-2:], mode="bilinear", align_corners=False)
