"""Objective: a network and its loss on sequences; what the objectives of all networks have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor, nn

from vosapp.training.losses import jaccard
from vosapp.training.sequence.clips import SequenceBatch
from vosapp.training.stage_config import StageConfig


class ObjectiveLoss(NamedTuple):
    """Loss and J of a batch.

    Attributes:
        loss: scalar.
        jaccard: (frames, B) of the predictions, not differentiable.
    """

    loss: Tensor
    jaccard: Tensor

    def figures(self) -> dict[str, Tensor]:
        """What the log is to show, each a scalar."""
        return {"loss": self.loss, "jaccard": self.jaccard.mean()}


class Objective(nn.Module, ABC):
    """A network and its loss on a batch, as one module. It is told by `configure` how the current stage teaches.

    Args:
        network: plain, not prepared for inference.
    """

    losses: ClassVar[Mapping[str, float]] = {}
    """The parts of the loss and their weights, where a recipe does not say otherwise."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network
        self.config = StageConfig()
        self.truth_share = 0.0

    @abstractmethod
    def forward(self, batch: SequenceBatch) -> ObjectiveLoss:
        """Predicts the sequences of a batch and compares."""

    def weight(self, part: str) -> float:
        """Of a part of the loss."""
        return self.config.losses.get(part, self.losses[part])

    def configure(self, config: StageConfig, progress: float) -> None:
        """From now on as a stage says, at a progress of 0..1 through it."""
        self.truth_share = config.truth_at(progress)
        if config is self.config:
            return
        self.config = config
        learning = norm_parameters(self.network) if config.norms != "learn" else set()
        for name, parameter in self.network.named_parameters():
            parameter.requires_grad_(not name.startswith(config.frozen) and id(parameter) not in learning)

    def train(self, mode: bool = True) -> Objective:
        """As usual, but norms that are to stay still do."""
        super().train(mode)
        if mode:
            for name, module in self.network.named_modules():
                still = self.config.norms == "still" or (name and name.startswith(self.config.frozen))
                if isinstance(module, nn.BatchNorm2d) and still:
                    module.eval()
        return self

    def fed_back(self, found: Tensor, truth: Tensor, coin: Tensor) -> Tensor:
        """The mask that the next frame is told of: what was found, or the truth where the coin says so."""
        if self.training and float(coin) < self.truth_share:
            return truth
        return found.detach() if self.config.detach else found


def norm_parameters(network: nn.Module) -> set[int]:
    """Identities of the factors and offsets of all batch norms."""
    norms = (module for module in network.modules() if isinstance(module, nn.BatchNorm2d))
    return {id(parameter) for norm in norms for parameter in norm.parameters()}


def unpacked(batch: SequenceBatch) -> tuple[Tensor, Tensor, Tensor]:
    """Pictures (B, T, 3, H, W), masks (B, T, N, H, W) and guidance (B, N, H, W), float32 in 0..1."""
    return batch.rgb.float() / 255, batch.masks.float() / 255, batch.guidance.float() / 255


def overlap(logits: Tensor, truth: Tensor) -> Tensor:
    """(B,) J of logits (B, H, W) against masks of the same shape."""
    with torch.no_grad():
        return jaccard(logits.unsqueeze(1), truth.unsqueeze(1))
