"""The running average of a network's weights: steadier than the weights themselves, and what is shipped."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class WeightEma:
    """Exponential moving average over all parameters and buffers; it forgets faster while the run is young."""

    def __init__(self, network: nn.Module, decay: float = 0.999) -> None:
        self.decay = decay
        self.steps = 0
        self.values: dict[str, Tensor] = {name: value.detach().clone() for name, value in network.state_dict().items()}

    @torch.no_grad()
    def update(self, network: nn.Module) -> None:
        """Takes in the weights after a step."""
        self.steps += 1
        rest = 1 - min(self.decay, self.steps / (self.steps + 10))
        for name, value in network.state_dict().items():
            if value.is_floating_point():
                self.values[name].lerp_(value, rest)
            else:
                self.values[name].copy_(value)
