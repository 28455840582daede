"""The network unrolled over training clips as the engine uses it: on its own masks, objects against each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vosapp.models.hybrid.encoder import Features
from vosapp.models.hybrid.guidance import mismatch, shrunk_flow, warped
from vosapp.models.hybrid.memory import CELL, Memory, joined
from vosapp.models.hybrid_lite.decoder import LiteDecoded, Recalled
from vosapp.models.hybrid_lite.guidance import Carried
from vosapp.models.hybrid_lite.network import HybridLite, Known, mean_known
from vosapp.training.hybrid.loss import LossWeights
from vosapp.training.hybrid_lite.batch import Streams
from vosapp.training.losses import attention_weight, jaccard, soft_jaccard_loss, weighted_cross_entropy

_KEPT_EVERY = 5  # frames between recent ones that are kept beside the last, as in the engine


class StreamLoss(NamedTuple):
    """Loss and figures of clips.

    Attributes:
        loss: scalar.
        jaccard: (frames, S) of the predictions.
        carried_jaccard: (frames, S) of the masks that flow moved.
        doubt_gap: mean distance of the doubt from 1 - IoU.
    """

    loss: Tensor
    jaccard: Tensor
    carried_jaccard: Tensor
    doubt_gap: Tensor

    def figures(self) -> dict[str, Tensor]:
        """What the log is to show, each a scalar."""
        return {
            "loss": self.loss,
            "jaccard": self.jaccard.mean(),
            "moved": self.carried_jaccard.mean(),
            "late": self.jaccard[-1].mean(),
            "doubt_gap": self.doubt_gap,
        }


@dataclass(slots=True)
class _Recent:
    """The recent frames of an unroll: the last, and one from some frames before."""

    frames: list[tuple[int, Memory, Known]]

    def add(self, index: int, memory: Memory, known: Known) -> None:
        if len(self.frames) > 1 and index - self.frames[0][0] < 2 * _KEPT_EVERY:
            self.frames.pop()
        self.frames = [*self.frames[-1:], (index, memory, known)]

    def together(self) -> tuple[Memory, Known]:
        return joined([memory for _, memory, _ in self.frames]), mean_known([known for _, _, known in self.frames])


class HybridLiteObjective(nn.Module):
    """The network and its loss on a batch, as one module.

    Attributes:
        through: frames over which a gradient goes back through masks and states.
    """

    def __init__(self, network: HybridLite, weights: LossWeights | None = None, through: int = 2) -> None:
        super().__init__()
        self.network, self.weights, self.through = network, weights or LossWeights(), through

    def forward(self, batch: Streams) -> StreamLoss:
        """Predicts frames 2, 3, ... of every clip and compares."""
        size, frames = batch.rgb.shape[:2]
        rgb = batch.rgb.float() / 255
        masks, others = batch.masks.float() / 255, batch.others.float() / 255
        flat = rgb.transpose(0, 1).flatten(0, 1).contiguous(memory_format=torch.channels_last)
        at = [_of_objects(features, batch.clip) for features in self.network.encode(flat).split(size)]
        trusted = self._kept(at[0], masks[:, 0], others[:, 0])
        mask, rest = batch.guidance.float() / 255, others[:, 1]
        recent = _Recent([(1, *self._kept(at[1], mask, rest))])
        state = self.network.first_state(at[0])
        has_rival = (batch.rival != torch.arange(len(batch.rival), device=batch.rival.device)).view(-1, 1, 1, 1)
        losses, found, moved_alone, gaps = [], [], [], []
        for k in range(2, frames):
            if (k - 2) % self.through == 0:
                mask, state = mask.detach(), state.detach()
            flow = batch.flow[batch.clip, k - 2].float()
            pictures = rgb[batch.clip, k], rgb[batch.clip, k - 1]
            carried = Carried(warped(mask, flow), warped(rest, flow), mismatch(*pictures, flow), flow)
            recalled = self.network.recall(at[k], trusted, recent.together())
            decoded = self.network.decode(at[k], recalled, carried, warped(state, shrunk_flow(flow, CELL)))
            state = decoded.state
            logits = against(decoded.logits, batch.rival, has_rival)
            truth = F.avg_pool2d(masks[:, k], 2)
            loss, gap = self._loss(decoded._replace(logits=logits), recalled, masks[:, k], carried)
            losses.append(loss)
            gaps.append(gap)
            found.append(jaccard(logits, truth))
            moved_alone.append(jaccard(F.avg_pool2d(carried.mask, 2) - 0.5, truth))
            mask = F.interpolate(logits, scale_factor=2.0, mode="bilinear", align_corners=False).sigmoid()
            rest = torch.where(has_rival, mask.detach()[batch.rival], others[:, k])
            if k + 1 < frames:
                recent.add(k, *self._kept(at[k], mask.detach(), rest))
        return StreamLoss(
            torch.stack(losses).mean(), torch.stack(found), torch.stack(moved_alone), torch.stack(gaps).mean()
        )

    def _kept(self, features: Features, mask: Tensor, others: Tensor) -> tuple[Memory, Known]:
        return self.network.memorise(features, mask, others), self.network.learn(features, mask, others)

    def _loss(self, decoded: LiteDecoded, recalled: Recalled, mask: Tensor, carried: Carried) -> tuple[Tensor, Tensor]:
        truth, weights = F.avg_pool2d(mask, 2), self.weights
        weight = attention_weight(truth, F.avg_pool2d(carried.mask.detach(), 2))
        loss = weighted_cross_entropy(decoded.logits, truth, weight).mean()
        loss = loss + weights.jaccard * soft_jaccard_loss(decoded.logits, truth).mean()
        coarse = F.avg_pool2d(mask, CELL)
        loss = loss + weights.coarse * F.binary_cross_entropy_with_logits(decoded.coarse, coarse)
        parts = F.pixel_unshuffle(F.avg_pool2d(mask, CELL // 2), 2)
        for found in self.network.read_masks(recalled.read):
            loss = loss + weights.read * F.binary_cross_entropy(found.float().clamp(1e-3, 1 - 1e-3), parts)
        by_looks = F.avg_pool2d(mask, 4).expand_as(recalled.scores)
        loss = loss + weights.appearance * F.binary_cross_entropy_with_logits(recalled.scores, by_looks)
        wrong = F.avg_pool2d(((decoded.logits > 0) != (truth >= 0.5)).float(), 2)
        loss = loss + weights.error * F.binary_cross_entropy_with_logits(decoded.error, wrong)
        missed = 1 - jaccard(decoded.logits, truth)
        loss = loss + weights.doubt * F.binary_cross_entropy_with_logits(decoded.doubt, missed)
        return loss, (decoded.doubt.detach().sigmoid() - missed).abs().mean()


def against(logits: Tensor, rival: Tensor, has_rival: Tensor) -> Tensor:
    """Log-odds (S, 1, H, W) of each object alone -> against its rival and the background.

    With odds o the share of an object is o / (1 + o + o of the rival), as in RGMP's softmax aggregation.
    """
    return logits - torch.where(has_rival, F.softplus(logits[rival]), torch.zeros_like(logits))


def _of_objects(features: Features, clip: Tensor) -> Features:
    """The features of pictures for each object; several may be in one picture."""
    return features if len(clip) == len(features.key) else Features(*(level[clip] for level in features))
