"""Optimizer: builds the optimizer that a recipe asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import torch
from torch import nn

from vosapp.training.stage_config import beginning_of


@dataclass(frozen=True, slots=True)
class Optimizer:
    """Kind and settings of an optimizer.

    Attributes:
        kind: "adamw", whose decay does not go through the moments; "adam"; or "sgd".
        momentum: of sgd, and the first moment's decay of the others.
        second: the second moment's decay.
        weight_decay: of all weights.
    """

    kind: Literal["adamw", "adam", "sgd"] = "adamw"
    momentum: float = 0.9
    second: float = 0.99
    weight_decay: float = 0.01

    def build(self, objective: nn.Module, beginnings: Iterable[str] = ()) -> torch.optim.Optimizer:
        """Of the parameters of an objective.

        Args:
            objective: a module that has the network under the name "network".
            beginnings: of the names of the network's parameters that get rates of their own; each makes a group.
        """
        names = tuple(beginnings)
        sorts: dict[str, list[nn.Parameter]] = {}
        for name, value in objective.named_parameters():
            sorts.setdefault(beginning_of(name.removeprefix("network."), names), []).append(value)
        groups = [{"params": values, "name": beginning} for beginning, values in sorts.items()]
        if self.kind == "sgd":
            return torch.optim.SGD(groups, lr=0.0, momentum=self.momentum, weight_decay=self.weight_decay)
        kind = torch.optim.AdamW if self.kind == "adamw" else torch.optim.Adam
        return kind(groups, lr=0.0, betas=(self.momentum, self.second), weight_decay=self.weight_decay)


def set_rates(optimizer: torch.optim.Optimizer, rate: float, factors: Mapping[str, float]) -> None:
    """Gives each group its learning rate: the common one times the factor that fits its name best."""
    for group in optimizer.param_groups:
        group["lr"] = rate * factors.get(beginning_of(group["name"], factors), 1.0)
