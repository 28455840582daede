"""The hybrid network unrolled over a training clip: its own predictions guide it from the second step on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vosapp.models.hybrid.appearance import AppearanceSums, mean_of
from vosapp.models.hybrid.decoder import Decoded, Seen
from vosapp.models.hybrid.encoder import Features
from vosapp.models.hybrid.guidance import Moved, mismatch, shrunk_flow, warped
from vosapp.models.hybrid.memory import CELL, Memory, joined
from vosapp.models.hybrid.network import Hybrid
from vosapp.training.batch import HALF_BORDER_PX, Batch
from vosapp.training.border_distance import class_count
from vosapp.training.losses import attention_weight, jaccard, soft_jaccard_loss, weighted_cross_entropy


@dataclass(frozen=True, slots=True)
class LossWeights:
    """Weights of the parts of the loss.

    `border` is the auxiliary task of S2S++ and HS2S: the class of each pixel's distance to the border. Its head is in
    no checkpoint and in no shipped file; a resumed run begins with a new one.
    """

    jaccard: float = 1.0
    coarse: float = 0.3
    read: float = 0.3
    appearance: float = 0.3
    error: float = 0.2
    doubt: float = 0.1
    border: float = 0.0


class Unrolled(NamedTuple):
    """Loss and figures of a clip.

    Attributes:
        loss: scalar.
        jaccard: (steps, B) of the predictions.
        moved_jaccard: (steps, B) of the guidance alone, as flow moved it.
        advice_jaccard: (steps, B) of the engine `flow`: what there is to beat.
        doubt_gap: mean distance of the doubt from 1 - IoU.
    """

    loss: Tensor
    jaccard: Tensor
    moved_jaccard: Tensor
    advice_jaccard: Tensor
    doubt_gap: Tensor

    def figures(self) -> dict[str, Tensor]:
        """What the log is to show, each a scalar."""
        return {
            "loss": self.loss,
            "jaccard": self.jaccard.mean(),
            "moved": self.moved_jaccard.mean(),
            "advice": self.advice_jaccard.mean(),
            "doubt_gap": self.doubt_gap,
        }


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts of the network that are switched off, to learn what each is worth.

    Attributes:
        matching: reading memory.
        appearance: the regression that tells the object from its surroundings.
        guidance: the previous mask.
        flow: moving the previous mask; off: it stays where it was.
        recurrence: the state.
        advice: what the engine `flow` says.
    """

    matching: bool = True
    appearance: bool = True
    guidance: bool = True
    flow: bool = True
    recurrence: bool = True
    advice: bool = True


class HybridLoss(nn.Module):
    """The network and its loss on a batch, as one module."""

    def __init__(self, network: Hybrid, weights: LossWeights | None = None, parts: Parts | None = None) -> None:
        super().__init__()
        self.network = network
        self.weights = weights or LossWeights()
        self.parts = parts or Parts()
        classes = class_count(HALF_BORDER_PX)
        self.border = nn.Conv2d(network.decoder.change.in_channels, classes, 1) if self.weights.border else None

    def forward(self, batch: Batch) -> Unrolled:
        """Predicts frames 2, 3, ... of every clip and compares."""
        size, frames = batch.rgb.shape[:2]
        rgb = batch.rgb.float() / 255
        masks, others = batch.masks.float() / 255, batch.others.float() / 255
        flat = rgb.transpose(0, 1).flatten(0, 1).contiguous(memory_format=torch.channels_last)
        at = self.network.encode(flat).split(size)
        trusted = self.network.memorise(at[0], masks[:, 0], others[:, 0])
        mask = batch.guidance.float() / 255
        recent = [self.network.memorise(at[1], mask, others[:, 1])]
        known = self.network.learn(at[0], masks[:, 0])
        lately = [self.network.learn(at[1], mask)]
        state = self.network.first_state(at[0])
        losses, found, carried, advised, gaps = [], [], [], [], []
        heard = (batch.heard & self.parts.advice).view(-1, 1, 1, 1)
        for k in range(2, frames):
            flow = batch.flow[:, k - 2].float() * (1.0 if self.parts.flow else 0.0)
            advice = batch.advice[:, k - 2].float() / 255
            moved = self._moved(rgb[:, k], rgb[:, k - 1], (mask, others[:, k - 1]), flow)
            moved = moved._replace(advice=torch.where(heard, advice, moved.mask))
            seen = self._seen(at[k], (trusted, known), (joined(recent), mean_of(lately)))
            state = warped(state, shrunk_flow(flow, CELL)) * (1.0 if self.parts.recurrence else 0.0)
            decoded = self.network.decode(at[k], seen, moved, state)
            state = decoded.state
            truth = F.avg_pool2d(masks[:, k], 2)
            loss, gap = self._loss(decoded, seen, masks[:, k], moved)
            if self.border is not None and len(batch.borders):  # validation clips have none
                classes = self.border(decoded.features).float()
                loss = loss + self.weights.border * F.cross_entropy(classes, batch.borders[:, k - 2].long())
            losses.append(loss)
            gaps.append(gap)
            found.append(jaccard(decoded.logits, truth))
            carried.append(jaccard(F.avg_pool2d(moved.mask, 2) - 0.5, truth))
            advised.append(jaccard(F.avg_pool2d(advice, 2) - 0.5, truth))
            mask = F.interpolate(decoded.logits, scale_factor=2.0, mode="bilinear", align_corners=False).sigmoid()
            if k + 1 < frames:
                recent.append(self.network.memorise(at[k], mask.detach(), others[:, k]))
                lately.append(self.network.learn(at[k], mask.detach()))
        alone = torch.stack(carried), torch.stack(advised)
        return Unrolled(torch.stack(losses).mean(), torch.stack(found), *alone, torch.stack(gaps).mean())

    def _moved(self, rgb: Tensor, before: Tensor, masks: tuple[Tensor, Tensor], flow: Tensor) -> Moved:
        mask, others = (warped(m, flow) for m in masks)
        if not self.parts.guidance:
            mask = torch.full_like(mask, 0.5)
        return Moved(mask, others, mismatch(rgb, before, flow), flow, mask)

    def _seen(
        self, features: Features, trusted: tuple[Memory, AppearanceSums], recent: tuple[Memory, AppearanceSums]
    ) -> Seen:
        read = self.network.read(features, trusted[0], recent[0])
        scores = self.network.score(features, trusted[1], recent[1])
        on = self.parts
        return Seen(
            read if on.matching else torch.zeros_like(read), scores if on.appearance else torch.zeros_like(scores)
        )

    def _loss(self, decoded: Decoded, seen: Seen, mask: Tensor, moved: Moved) -> tuple[Tensor, Tensor]:
        truth = F.avg_pool2d(mask, 2)
        weight = attention_weight(truth, F.avg_pool2d(moved.mask.detach(), 2))
        loss = weighted_cross_entropy(decoded.logits, truth, weight).mean()
        loss = loss + self.weights.jaccard * soft_jaccard_loss(decoded.logits, truth).mean()
        coarse = F.avg_pool2d(mask, CELL)
        loss = loss + self.weights.coarse * F.binary_cross_entropy_with_logits(decoded.coarse, coarse)
        parts = F.pixel_unshuffle(F.avg_pool2d(mask, CELL // 2), 2)
        for found in self.network.read_masks(seen.read) if self.parts.matching else ():
            loss = loss + self.weights.read * F.binary_cross_entropy(found.float().clamp(1e-3, 1 - 1e-3), parts)
        if self.parts.appearance:
            by_looks = F.avg_pool2d(mask, 4).expand_as(seen.scores)
            loss = loss + self.weights.appearance * F.binary_cross_entropy_with_logits(seen.scores, by_looks)
        wrong = F.avg_pool2d(((decoded.logits > 0) != (truth >= 0.5)).float(), 2)
        loss = loss + self.weights.error * F.binary_cross_entropy_with_logits(decoded.error, wrong)
        missed = 1 - jaccard(decoded.logits, truth)
        loss = loss + self.weights.doubt * F.binary_cross_entropy_with_logits(decoded.doubt, missed)
        return loss, (decoded.doubt.detach().sigmoid() - missed).abs().mean()
