"""CosNetObjective: single pictures and pairs of frames of one clip by turns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, cast

import torch
import torch.nn.functional as F
from torch import Tensor

from vosapp.models.cosnet.attention import Form
from vosapp.models.cosnet.network import CosNet, normalise
from vosapp.training.sequence.clips import SequenceBatch
from vosapp.training.sequence.objective import Objective, ObjectiveLoss, overlap, unpacked

_LEAST_SHARE = 0.01  # of the picture that counts as foreground in the scale of the loss: it would have no bound


class CosNetObjective(Objective):
    """Cross-entropy and absolute difference: of both frames of a pair, or of a single picture without co-attention.

    The cross-entropy is scaled by one over the share of the foreground, all pixels alike, as in the authors' code.

    Args:
        network: plain.
        form: how the affinity becomes weights.
    """

    losses: ClassVar[Mapping[str, float]] = {"entropy": 1.0, "absolute": 0.8, "still": 0.1}

    def __init__(self, network: CosNet, form: Form = Form.HEAD) -> None:
        super().__init__(network)
        self._form = form

    def forward(self, batch: SequenceBatch) -> ObjectiveLoss:
        """See `Objective`. The first object of a clip is its primary one; frames 0 and 1 are the pair."""
        network = cast(CosNet, self.network)
        rgb, masks, _ = unpacked(batch)
        size = rgb.shape[0]
        frames = 1 if bool(batch.still) else 2
        flat = rgb[:, :frames].transpose(0, 1).flatten(0, 1) * 255
        embedded = network.embed(normalise(flat))
        shape = (rgb.shape[3], rgb.shape[4])
        if frames == 1:
            logits = _at_size(network.encoder.saliency(embedded), shape)
            found = overlap(logits[:, 0], masks[:, 0, 0])
            return ObjectiveLoss(self.weight("still") * self._loss(logits, masks[:, :1, 0]), found[None])
        pairs = [self._pair(network, embedded[k][None], embedded[size + k][None]) for k in range(size)]
        on_target, on_reference = (_at_size(torch.cat([pair[k] for pair in pairs]), shape) for k in (0, 1))
        loss = self._loss(on_target, masks[:, :1, 0]) + self._loss(on_reference, masks[:, 1:2, 0])
        overlaps = [overlap(logits[:, 0], masks[:, k, 0]) for k, logits in enumerate((on_target, on_reference))]
        return ObjectiveLoss(loss, torch.stack(overlaps))

    def _pair(self, network: CosNet, target: Tensor, reference: Tensor) -> tuple[Tensor, Tensor]:
        return network(target, [reference], self._form), network.on_reference(target, reference)

    def _loss(self, logits: Tensor, truth: Tensor) -> Tensor:
        """Of logits (B, 1, H, W) against masks of the same shape."""
        label = (truth >= 0.5).float()
        scale = 1 / label.mean().clamp(min=_LEAST_SHARE)
        entropy = scale * F.binary_cross_entropy_with_logits(logits, label)
        return self.weight("entropy") * entropy + self.weight("absolute") * (logits.sigmoid() - label).abs().mean()


def _at_size(logits: Tensor, size: tuple[int, int]) -> Tensor:
    return F.interpolate(logits.float(), size=size, mode="bilinear", align_corners=False)
