"""A convolutional GRU, the visual memory that RGMP's paper tries as an add-on."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class ConvGRUCell(nn.Module):
    """The gated recurrent unit of Cho et al. with convolutions (Ballas et al.) in place of matrix products.

    Args:
        channels: of input and state.
        kernel: size of the convolutions, odd.
    """

    def __init__(self, channels: int, kernel: int = 3) -> None:
        super().__init__()
        self.channels = channels
        self.gates = nn.Conv2d(2 * channels, 2 * channels, kernel, padding=kernel // 2)
        self.candidate = nn.Conv2d(2 * channels, channels, kernel, padding=kernel // 2)

    def forward(self, x: Tensor, state: Tensor | None) -> Tensor:
        """The state after seeing `x` (N, channels, H, W). Without a state it begins with zeros."""
        previous = torch.zeros_like(x) if state is None else state
        reset, update = torch.sigmoid(self.gates(torch.cat([x, previous], dim=1))).chunk(2, dim=1)
        fresh = torch.tanh(self.candidate(torch.cat([x, reset * previous], dim=1)))
        return (1 - update) * previous + update * fresh
