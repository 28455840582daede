"""The convolutional LSTM of S2S, S2S++ and HS2S."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vosapp.models.stages.split import SplitsByChannels, bias_of, part


class LSTMState(NamedTuple):
    """Memory of one cell: hidden state `h` and cell state `c`, each (N, hidden, H, W).

    The cell state may have more digits than the rest of the network: what is added up over many frames needs them.
    """

    h: Tensor
    c: Tensor


class ConvLSTMCell(nn.Module):
    """One convolution makes all gates; no peepholes. All four of them go through a sigmoid, the candidate too.

    Cell states are never negative as long as the first one is not, which the ReLU before the output keeps true.

    Args:
        channels: of the input.
        hidden: of the state.
        kernel: size of the convolution, odd.
        shares_input: whether one input may be seen by many states. A packed convolution is then used in parts
            always, since it keeps its weights either whole or in parts.
    """

    def __init__(self, channels: int, hidden: int, kernel: int, *, shares_input: bool = False) -> None:
        super().__init__()
        self.channels = channels
        self.shares_input = shares_input
        self.conv = nn.Conv2d(channels + hidden, 4 * hidden, kernel, padding=kernel // 2)

    def forward(self, x: Tensor, state: LSTMState) -> LSTMState:
        """The state after seeing `x`.

        Args:
            x: (N, channels, H, W); or (1, channels, H, W), seen by all N states, which costs little more than
                seeing it once.
            state: of N objects.
        """
        gates = torch.sigmoid(self._gates(x, state.h).to(state.c.dtype))
        inward, forget, outward, candidate = gates.chunk(4, dim=1)
        c = forget * state.c + inward * candidate
        return LSTMState((outward * F.relu(c)).to(x.dtype), c)

    def _gates(self, x: Tensor, h: Tensor) -> Tensor:
        in_parts = self.shares_input and isinstance(self.conv, SplitsByChannels)
        if x.shape[0] == h.shape[0] and not in_parts:
            together: Tensor = self.conv(torch.cat([x, h], dim=1))
            return together
        return part(self.conv, x, 0) + part(self.conv, h, self.channels) + bias_of(self.conv)


def zeros_like(state: LSTMState) -> LSTMState:
    """A memory that has seen nothing, of the shape of another."""
    return LSTMState(torch.zeros_like(state.h), torch.zeros_like(state.c))
