"""Task: what is trained: a network, its loss, its clips, and how it is measured.

The trainer knows only how to go on, by the clock or by steps, and how to leave and come back.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from vosapp.training.batch import NumberedBatches
from vosapp.training.recipe import Recipe

Precision = Callable[[], contextlib.AbstractContextManager[None]]


class Result(Protocol):
    """Loss and figures of a batch."""

    @property
    def loss(self) -> Tensor:
        """A scalar to go down from."""

    def figures(self) -> Mapping[str, Tensor]:
        """What the log is to show, each a scalar."""


class Movable(Protocol):
    """A batch."""

    def to(self, device: torch.device) -> Any:
        """The batch on a device."""


class Task(Protocol):
    """A network in training.

    Attributes:
        recipe: how.
    """

    recipe: Recipe

    def network(self) -> nn.Module:
        """The network, not trained; a new one each time."""

    def objective(self, network: nn.Module) -> nn.Module:
        """The network and its loss as one module, from a batch to a `Result`."""

    def begin(self, objective: nn.Module, progress: float, batch: Movable) -> Mapping[str, float]:
        """Is told of the progress (0..1) of the run and of the batch before each step.

        Returns:
            Factors on the learning rate by the beginning of a parameter's name.
        """

    def batches(self, stage: int, seed: int) -> NumberedBatches[Any]:
        """The clips of a stage."""

    def measure(self, network: nn.Module, precision: Precision) -> dict[str, float]:
        """How good a network, ready to be used, is on clips that are kept from training; names are the log's."""
