"""Convolutions whose input comes in parts, some of which are the same for many frames or many objects."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import torch.nn.functional as F
from torch import Tensor, nn


@runtime_checkable
class SplitsByChannels(Protocol):
    """A convolution that has a way of its own to apply some of its input channels."""

    def part(self, x: Tensor, first_channel: int) -> Tensor:
        """See `part`."""


def part(conv: nn.Module, x: Tensor, first_channel: int) -> Tensor:
    """What some input channels of a convolution add to its result, without bias.

    A convolution is linear: the results of all parts and the bias make up the whole.

    Args:
        conv: a two-dimensional convolution.
        x: (N, C, H, W), standing at input channels `first_channel` to `first_channel + C`.
        first_channel: where `x` begins.
    """
    if isinstance(conv, SplitsByChannels):
        return conv.part(x, first_channel)
    if not isinstance(conv, nn.Conv2d):
        raise TypeError(f"{type(conv).__name__} cannot be applied in parts")
    weight = conv.weight[:, first_channel : first_channel + x.shape[1]]
    return F.conv2d(x.to(weight.dtype), weight, padding=conv.padding, stride=conv.stride, dilation=conv.dilation)


def bias_of(conv: nn.Module) -> Tensor:
    """The bias of a convolution as (1, C, 1, 1)."""
    bias = getattr(conv, "bias", None)
    if not isinstance(bias, Tensor):
        raise TypeError(f"{type(conv).__name__} has no bias")
    return bias.view(1, -1, 1, 1)
