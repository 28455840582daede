"""AGameObjective: the appearance model follows what the network itself found, coarse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, cast

import torch
import torch.nn.functional as F
from torch import Tensor

from vosapp.models.agame.decoder import Detail
from vosapp.models.agame.network import STRIDE, AGame, Picture, foreground, pool
from vosapp.models.s2s.trunk import normalise
from vosapp.training.sequence.clips import SequenceBatch
from vosapp.training.sequence.objective import Objective, ObjectiveLoss, overlap, unpacked


class AGameObjective(Objective):
    """Cross-entropy of the final scores, and of the coarse ones enlarged (the first phase), at every frame.

    In training the state goes on from the softmax of the coarse scores, which are the sooner right; measured it goes
    on from the pooled final mask, as it will be used. The given frame is not predicted and adds nothing to the loss.
    """

    losses: ClassVar[Mapping[str, float]] = {"final": 1.0, "coarse": 1.0}

    def forward(self, batch: SequenceBatch) -> ObjectiveLoss:
        """See `Objective`. Follows one object a clip."""
        network = cast(AGame, self.network)
        rgb, masks, _ = unpacked(batch)
        seen = [network.look(normalise(rgb[:, k])) for k in range(rgb.shape[1])]
        losses, found = [], []
        for clip in range(rgb.shape[0]):
            loss, overlaps = self._clip(network, [_of_clip(picture, clip) for picture in seen], masks[clip, :, :1])
            losses.append(loss)
            found.append(overlaps)
        return ObjectiveLoss(torch.stack(losses).mean(), torch.stack(found, dim=1))

    def _clip(self, network: AGame, pictures: list[Picture], masks: Tensor) -> tuple[Tensor, Tensor]:
        """Loss and (T - 1,) J of one clip with masks (T, 1, H, W)."""
        state = network.start(pictures[0], pool(masks[0]))
        losses, found = [], []
        for picture, truth in zip(pictures[1:], masks[1:], strict=True):
            scores = network.scores(picture, state)
            coarse = network.fusmod.coarse(scores.fused)
            label = (truth >= 0.5).long()
            loss = self.weight("final") * F.cross_entropy(scores.final, label)
            if self.weight("coarse"):
                enlarged = F.interpolate(coarse, scale_factor=STRIDE, mode="bilinear", align_corners=False)
                loss = loss + self.weight("coarse") * F.cross_entropy(enlarged, label)
            losses.append(loss)
            found.append(overlap(scores.final[:, 1] - scores.final[:, 0], truth))
            maps = torch.softmax(coarse, dim=1) if self.training else pool(foreground(scores.final))
            state = network.update(picture, state, maps)
        return torch.stack(losses).mean(), torch.cat(found)


def _of_clip(picture: Picture, index: int) -> Picture:
    """One clip's part of what was computed for a batch."""
    detail = Detail(*(level[index][None] for level in picture.detail))
    s16, appearance, motion = (x[index][None] for x in (picture.s16, picture.appearance, picture.motion))
    return Picture(s16, appearance, motion, detail)
