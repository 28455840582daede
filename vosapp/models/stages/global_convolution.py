"""Global convolution: a large, cheap window for matching two feature maps (Peng et al. 2017, as RGMP uses it)."""

from __future__ import annotations

from typing import NamedTuple

import torch.nn.functional as F
from torch import Tensor, nn


class Contribution(NamedTuple):
    """What some input channels add to the first convolution of each branch; (N, middle, H, W), without bias."""

    left: Tensor
    right: Tensor

    def plus(self, other: Contribution) -> Contribution:
        """The contribution of both sets of channels."""
        return Contribution(self.left + other.left, self.right + other.right)


class GlobalConvolution(nn.Module):
    """(k x 1, then 1 x k) plus (1 x k, then k x 1), with nothing between.

    The first convolutions are linear, so what the channels of a reference frame contribute is computed once
    (`contribution`) and added to what each new frame contributes.

    Args:
        channels: of the input.
        middle, out: channels between the convolutions of a branch and after them.
        kernel: k, odd.
    """

    def __init__(self, channels: int, *, middle: int, out: int, kernel: int = 7) -> None:
        super().__init__()
        tall, wide = (kernel, 1), (1, kernel)
        pad_tall, pad_wide = (kernel // 2, 0), (0, kernel // 2)
        self.conv_l1 = nn.Conv2d(channels, middle, tall, padding=pad_tall)
        self.conv_l2 = nn.Conv2d(middle, out, wide, padding=pad_wide)
        self.conv_r1 = nn.Conv2d(channels, middle, wide, padding=pad_wide)
        self.conv_r2 = nn.Conv2d(middle, out, tall, padding=pad_tall)

    def contribution(self, x: Tensor, first_channel: int) -> Contribution:
        """What `x` (N, C, H, W) adds, standing at input channels `first_channel` to `first_channel + C`."""
        last = first_channel + x.shape[1]
        left, right = (
            F.conv2d(x, conv.weight[:, first_channel:last], padding=conv.padding)
            for conv in (self.conv_l1, self.conv_r1)
        )
        return Contribution(left, right)

    def finish(self, summed: Contribution) -> Tensor:
        """(N, out, H, W) from the contributions of all input channels."""
        left = summed.left + _bias(self.conv_l1)
        right = summed.right + _bias(self.conv_r1)
        out: Tensor = self.conv_l2(left) + self.conv_r2(right)
        return out

    def forward(self, x: Tensor) -> Tensor:
        """(N, channels, H, W) to (N, out, H, W)."""
        out: Tensor = self.conv_l2(self.conv_l1(x)) + self.conv_r2(self.conv_r1(x))
        return out


def _bias(conv: nn.Conv2d) -> Tensor:
    if conv.bias is None:
        raise ValueError("a global convolution has biases")
    return conv.bias.view(1, -1, 1, 1)
