"""The convolutional LSTM of S2S, S2S++ and HS2S."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class LSTMState(NamedTuple):
    """Memory of one cell: hidden state `h` and cell state `c`, each (N, hidden, H, W)."""

    h: Tensor
    c: Tensor


class ConvLSTMCell(nn.Module):
    """One convolution makes all gates; no peepholes. All four of them go through a sigmoid, the candidate too.

    Cell states are never negative as long as the first one is not, which the ReLU before the output keeps true.

    Args:
        channels: of the input.
        hidden: of the state.
        kernel: size of the convolution, odd.
    """

    def __init__(self, channels: int, hidden: int, kernel: int) -> None:
        super().__init__()
        self.channels = channels
        self.conv = nn.Conv2d(channels + hidden, 4 * hidden, kernel, padding=kernel // 2)

    def forward(self, x: Tensor, state: LSTMState) -> LSTMState:
        """The state after seeing `x`.

        Args:
            x: (N, channels, H, W); or (1, channels, H, W), seen by all N states, which costs little more than
                seeing it once.
            state: of N objects.
        """
        gates = self._gates(x, state.h)
        inward, forget, outward, candidate = torch.sigmoid(gates).chunk(4, dim=1)
        c = forget * state.c + inward * candidate
        return LSTMState(outward * F.relu(c), c)

    def _gates(self, x: Tensor, h: Tensor) -> Tensor:
        if x.shape[0] == h.shape[0]:
            together: Tensor = self.conv(torch.cat([x, h], dim=1))
            return together
        weight, padding = self.conv.weight, self.conv.padding
        shared = F.conv2d(x, weight[:, : self.channels], self.conv.bias, padding=padding)
        return shared + F.conv2d(h, weight[:, self.channels :], padding=padding)
