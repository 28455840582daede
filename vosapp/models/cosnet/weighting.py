"""Weighting: the matrix W of co-attention's affinity between channels, in the paper's three forms."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

Weighting = Literal["vanilla", "symmetric", "channel-wise"]


class SymmetricWeighting(nn.Module):
    """W = P^T D P (equation 4 of the paper): both frames are projected alike, then channels are weighed.

    Args:
        channels: of an embedding.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.projection = nn.Linear(channels, channels, bias=False)
        self.scale = nn.Parameter(torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        """(cells, channels) times W."""
        mapped: Tensor = (self.projection(x) * self.scale) @ self.projection.weight
        return mapped


class ChannelWeighting(nn.Module):
    """W is diagonal (equation 5 of the paper): each channel is compared with itself alone.

    Args:
        channels: of an embedding.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        """(cells, channels) times W."""
        return x * self.scale


def weighting_of(name: Weighting, channels: int) -> nn.Module:
    """The layer for a form: (cells, channels) to the same shape. "vanilla" is the authors' code: any matrix at all."""
    if name == "vanilla":
        return nn.Linear(channels, channels, bias=False)
    return SymmetricWeighting(channels) if name == "symmetric" else ChannelWeighting(channels)
