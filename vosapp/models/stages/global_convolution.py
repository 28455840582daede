"""Global convolution: a large, cheap window for matching two feature maps (Peng et al. 2017, as RGMP uses it)."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor, nn

from vosapp.models.stages.split import bias_of, part


class Contribution(NamedTuple):
    """Share of some input channels in the first convolution of each branch; (N, middle, H, W), without bias."""

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
        return Contribution(part(self.conv_l1, x, first_channel), part(self.conv_r1, x, first_channel))

    def finish(self, summed: Contribution) -> Tensor:
        """(N, out, H, W) from the contributions of all input channels."""
        left = summed.left + bias_of(self.conv_l1)
        right = summed.right + bias_of(self.conv_r1)
        out: Tensor = self.conv_l2(left) + self.conv_r2(right)
        return out

    def forward(self, x: Tensor) -> Tensor:
        """(N, channels, H, W) to (N, out, H, W)."""
        out: Tensor = self.conv_l2(self.conv_l1(x)) + self.conv_r2(self.conv_r1(x))
        return out
