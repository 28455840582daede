"""S2SObjective, HS2SObjective: a loss of three parts at every frame of a sequence."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import ClassVar, cast

import torch
import torch.nn.functional as F
from torch import Tensor

from vosapp.models.hs2s.network import HS2S
from vosapp.models.s2s.network import S2S
from vosapp.models.stages.skip_decoder import Decoded
from vosapp.training.sequence.clips import SequenceBatch
from vosapp.training.sequence.objective import Objective, ObjectiveLoss, overlap, unpacked
from vosapp.training.sequence_loss import balanced_cross_entropy, jaccard_loss


class _MultiTask(Objective):
    """Balanced cross-entropy, the logarithm of the soft J, and border-distance classes where the network has them."""

    losses: ClassVar[Mapping[str, float]] = {"balanced": 0.6, "jaccard": 0.2, "distance": 0.2}

    def parts(self, decoded: Decoded, truth: Tensor, classes: Tensor | None) -> dict[str, Tensor]:
        """The parts of the loss of one frame that weigh anything, each a scalar.

        Args:
            decoded: what the network says.
            truth: (B, H, W) in 0..1.
            classes: (B, H, W) border-distance classes, or None.
        """
        label = (truth >= 0.5).float().unsqueeze(1)
        parts = {"balanced": balanced_cross_entropy(decoded.logits, label)}
        if self.weight("jaccard"):
            parts["jaccard"] = jaccard_loss(decoded.logits, label)
        if decoded.distances is not None and classes is not None:
            parts["distance"] = F.cross_entropy(decoded.distances, classes.long())
        return parts

    def total(self, parts: Mapping[str, Tensor]) -> Tensor:
        """The weighted sum of parts."""
        return functools.reduce(torch.add, (self.weight(part) * value for part, value in parts.items()))

    def _loss(self, decoded: Decoded, truth: Tensor, classes: Tensor | None) -> Tensor:
        return self.total(self.parts(decoded, truth, classes))


def _classes(batch: SequenceBatch, k: int) -> Tensor | None:
    return batch.distances[:, k] if batch.distances.numel() else None


class S2SObjective(_MultiTask):
    """S2S and S2S++: nothing is fed back, only the memories carry the object (equations 5 to 8 of S2S++'s paper)."""

    def forward(self, batch: SequenceBatch) -> ObjectiveLoss:
        """See `Objective`. Follows one object a clip."""
        network = cast(S2S, self.network)
        rgb, masks, _ = unpacked(batch)
        state = network.start(rgb[:, 0], (masks[:, 0, 0] >= 0.5).float())
        losses, found = [], []
        for k in range(1, rgb.shape[1]):
            decoded, state = network(network.look(rgb[:, k]), state)
            losses.append(self._loss(decoded, masks[:, k, 0], _classes(batch, k)))
            found.append(overlap(decoded.logits[:, 0], masks[:, k, 0]))
        return ObjectiveLoss(torch.stack(losses).mean(), torch.stack(found))


class HS2SObjective(_MultiTask):
    """HS2S and its variants: the mask of the frame before is fed back, true at first, more and more its own."""

    def forward(self, batch: SequenceBatch) -> ObjectiveLoss:
        """See `Objective`. Follows one object a clip."""
        network = cast(HS2S, self.network)
        rgb, masks, guidance = unpacked(batch)
        anchor = network.anchor(network.look_back(rgb[:, 0]), masks[:, 0, 0])
        mask, state = guidance[:, 0], None
        losses, found = [], []
        for k in range(1, rgb.shape[1]):
            previous = network.previous(network.look_back(rgb[:, k - 1]), mask)
            decoded, state = network(network.look(rgb[:, k]), mask, anchor, previous, state)
            losses.append(self._loss(decoded, masks[:, k, 0], _classes(batch, k)))
            found.append(overlap(decoded.logits[:, 0], masks[:, k, 0]))
            mask = self.fed_back(decoded.probabilities, masks[:, k, 0], batch.coins[k])
        return ObjectiveLoss(torch.stack(losses).mean(), torch.stack(found))
