"""RvosObjective: RVOS with masks to follow and without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, cast

import torch
from torch import Tensor

from vosapp.models.rvos.network import Rvos
from vosapp.models.s2s.trunk import normalise
from vosapp.training.losses import jaccard
from vosapp.training.sequence.assignment import cheapest
from vosapp.training.sequence.clips import SequenceBatch
from vosapp.training.sequence.objective import Objective, ObjectiveLoss, unpacked

_NO_OBJECT = 10.0  # cost of pairing a prediction with no object, as in the authors' code


class RvosObjective(Objective):
    """Soft intersection over union, summed over the frames and averaged over the objects that are there.

    With a mask channel the first frame is predicted too, from its own true masks, and each later one from the masks
    of the frame before. Without, the network finds objects in an order of its own: on the first frame predictions
    and true masks are paired at the least cost (section 3.2 of the paper), and the pairs stay for the clip.
    """

    losses: ClassVar[Mapping[str, float]] = {"jaccard": 1.0}

    def forward(self, batch: SequenceBatch) -> ObjectiveLoss:
        """See `Objective`. Follows all objects of a clip."""
        network = cast(Rvos, self.network)
        rgb, masks, _ = unpacked(batch)
        size, frames = rgb.shape[:2]
        seen = network.encoder(normalise(rgb.transpose(0, 1).flatten(0, 1)))
        losses, found = [], []
        for clip in range(size):
            views = [tuple(level[k * size + clip][None] for level in seen) for k in range(frames)]
            loss, overlaps = self._clip(network, views, masks[clip], batch.coins)
            losses.append(loss)
            found.append(overlaps)
        return ObjectiveLoss(self.weight("jaccard") * torch.stack(losses).mean(), torch.stack(found, dim=1))

    def _clip(
        self, network: Rvos, views: list[tuple[Tensor, ...]], masks: Tensor, coins: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Loss and (T,) J of one clip with masks (T, N, H, W)."""
        height, width = masks.shape[2:]
        hidden, before = None, masks[0]
        loss, found = masks.new_zeros(()), []
        for k, view in enumerate(views):
            told: Tensor | int = before if network.mask_channel else masks.shape[1]
            output = network.decode(view, told, hidden, size=(height, width))
            hidden = output.hidden
            if k == 0 and not network.mask_channel:
                masks = masks[:, _order(output.probabilities.detach(), masks[0])]
            there = masks[0].flatten(1).amax(1) >= 0.5
            missed = _missed(output.probabilities, masks[k])
            loss = loss + missed[there].sum() / there.sum().clamp(min=1)
            found.append(_overlap(output.probabilities, masks[k], there))
            before = self.fed_back(output.probabilities, masks[k], coins[k])
        return loss, torch.stack(found)


def _missed(found: Tensor, truth: Tensor) -> Tensor:
    """(N,): 1 - soft intersection over union of masks (N, H, W)."""
    both = (found * truth).sum((1, 2))
    return 1 - both / ((found + truth - found * truth).sum((1, 2)) + 1e-6)


def _order(found: Tensor, truth: Tensor) -> list[int]:
    """Which true mask belongs to each of N predictions (N, H, W)."""
    both = torch.einsum("nhw,mhw->nm", found, truth)
    either = found.sum((1, 2))[:, None] + truth.sum((1, 2))[None] - both
    cost = 1 - both / (either + 1e-6)
    cost[:, truth.flatten(1).amax(1) < 0.5] = _NO_OBJECT
    return cheapest(cost.double().cpu().numpy())


def _overlap(found: Tensor, truth: Tensor, there: Tensor) -> Tensor:
    """Mean J of the objects that are there; 1 where none is."""
    if not bool(there.any()):
        return found.new_ones(())
    with torch.no_grad():
        return jaccard((found - 0.5)[there].unsqueeze(1), truth[there].unsqueeze(1)).mean()
