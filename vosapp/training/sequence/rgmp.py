"""RgmpObjective: a reference, a guidance mask, and recurrence through the soft masks that it finds itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, cast

import torch
import torch.nn.functional as F

from vosapp.models.rgmp.network import RGMP
from vosapp.training.sequence.clips import SequenceBatch
from vosapp.training.sequence.objective import Objective, ObjectiveLoss, overlap, unpacked


class RgmpObjective(Objective):
    """Cross-entropy at every frame; the softmax of a frame is the guidance of the next (paper, section 3.2).

    The mask that is passed on is not cut off from the gradient: the network is trained by backpropagation through
    time. With one frame to predict this is the first stage, on composed stills.
    """

    losses: ClassVar[Mapping[str, float]] = {"entropy": 1.0}

    def forward(self, batch: SequenceBatch) -> ObjectiveLoss:
        """See `Objective`. Follows one object a clip."""
        network = cast(RGMP, self.network)
        rgb, masks, guidance = unpacked(batch)
        reference = network.reference(network.look(rgb[:, 0]), masks[:, 0, 0])
        mask, memory = guidance[:, 0], None
        losses, found = [], []
        for k in range(1, rgb.shape[1]):
            result = network(network.look(rgb[:, k]), mask, reference, memory)
            truth, memory = masks[:, k, 0], result.memory
            losses.append(F.cross_entropy(result.logits, (truth >= 0.5).long()))
            found.append(overlap(result.logits[:, 1] - result.logits[:, 0], truth))
            mask = self.fed_back(result.foreground, truth, batch.coins[k])
        return ObjectiveLoss(self.weight("entropy") * torch.stack(losses).mean(), torch.stack(found))
