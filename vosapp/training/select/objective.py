"""The select network taught as it is used: on clicks that correct its own masks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vosapp.data.clicks.simulate import next_click
from vosapp.models.select.network import Features, SelectNetwork
from vosapp.models.select.prompts import FloatImage, Prompts, draw_click
from vosapp.training.losses import attention_weight, jaccard, soft_jaccard_loss, weighted_cross_entropy
from vosapp.training.select.batch import ClickBatch


@dataclass(frozen=True, slots=True)
class ClickResult:
    """A `Result`.

    Attributes:
        loss: see `Result`.
        jaccard: mean over pictures after the last click.
    """

    loss: Tensor
    jaccard: Tensor

    def figures(self) -> Mapping[str, Tensor]:
        """See `Result`."""
        return {"loss": self.loss.detach(), "jaccard": self.jaccard}


class ClickObjective(nn.Module):
    """From a batch to a `ClickResult`. Clicks before the last one are answered without gradients."""

    def __init__(self, network: SelectNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, batch: ClickBatch) -> ClickResult:
        """Clicks `rounds` times, then once more and learns from what comes of it."""
        rgb = (batch.rgb.float() / 255).contiguous(memory_format=torch.channels_last)
        features = self.network.encode(rgb)
        users = [_User(batch, index) for index in range(len(rgb))]
        for _ in range(batch.rounds):
            with torch.no_grad():
                logits = self._answer(rgb, features, users)
            for user, found in zip(users, logits.sigmoid()[:, 0].cpu().numpy(), strict=True):
                user.see(found)
        logits = self._answer(rgb, features, users)
        truth = batch.mask[:, None].float() / 255
        weight = attention_weight(truth, logits.detach().sigmoid())
        loss = (2 * weighted_cross_entropy(logits, truth, weight) + soft_jaccard_loss(logits, truth)).mean()
        return ClickResult(loss, jaccard(logits.detach(), truth).mean())

    def _answer(self, rgb: Tensor, features: Features, users: list[_User]) -> Tensor:
        planes = torch.from_numpy(np.stack([user.prompts.planes() for user in users])).to(rgb.device)
        logits: Tensor = self.network(rgb, features, planes)
        return F.hardtanh(logits, -12, 12)


class _User:
    """Begins with what a sample gives, or with a click; clicks where the mask is most wrong."""

    def __init__(self, batch: ClickBatch, index: int) -> None:
        self._truth = batch.mask[index].cpu().numpy() > 127
        self._random = np.random.default_rng((batch.seed, index))
        given, box = batch.given[index].numpy(), batch.box[index].numpy()
        stroke = batch.stroke[index].numpy().copy()
        self.prompts = Prompts(
            stroke,
            np.zeros_like(stroke),
            box if box.any() else None,
            _unit(given) if given.any() else None,
        )
        if not (box.any() or stroke.any()):
            self.see(_unit(given), keep=bool(given.any()))

    def see(self, found: FloatImage, *, keep: bool = True) -> None:
        """Clicks on what is wrong with a mask (height, width) in 0..1, and takes it as the one to correct."""
        click = next_click(self._truth, found > 0.5, self._random)
        if keep:
            self.prompts = replace(self.prompts, previous=found)
        if click is not None:
            draw_click(self.prompts.inside if click.is_inside else self.prompts.outside, click.x, click.y)


def _unit(levels: np.ndarray) -> FloatImage:
    return levels.astype(np.float32) / np.float32(255)
