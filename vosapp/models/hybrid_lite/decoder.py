"""Decoder: from what memory, the object as a whole, guidance and the picture say to a mask at half the size."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vosapp.models.hybrid.appearance import SCORES
from vosapp.models.hybrid.encoder import WIDTHS, Features
from vosapp.models.hybrid.layers import ConvNorm, GatedCell, Residual, upsampled
from vosapp.models.hybrid_lite.guidance import Carried, GuidanceEncoder
from vosapp.models.hybrid_lite.whole import WholeObject

_TRUST = 0.05  # the moved mask enters the logits as if it were never surer than this
_FIRST = 96  # channels of the first stage


class Recalled(NamedTuple):
    """What the past says of the present frame.

    Attributes:
        read: (B, reads, H/8, W/8) from memory.
        scores: (B, 2, H/4, W/4) logits of inside by appearance.
        tokens: (B, 2 TOKENS, 64) of the object as a whole.
        believed: (B, 1, H/8, W/8) in 0..1, where memory believes the object to be.
    """

    read: Tensor
    scores: Tensor
    tokens: Tensor
    believed: Tensor


class LiteDecoded(NamedTuple):
    """What the decoder says.

    Attributes:
        logits: (B, 1, H/2, W/2); positive inside, each object as if it were alone.
        coarse: (B, 1, H/8, W/8) logits of the first stage; trained, not used.
        error: (B, 1, H/4, W/4) logit of "this pixel is wrong".
        doubt: (B,) logit of 1 - IoU.
        state: (B, states, H/8, W/8) to pass on, moved by flow.
    """

    logits: Tensor
    coarse: Tensor
    error: Tensor
    doubt: Tensor
    state: Tensor


class LiteDecoder(nn.Module):
    """Three stages at 1/8, 1/4, 1/2. The last corrects the logits of the moved mask; untrained, it adds 0."""

    exact_parameters = ("trust",)
    exact_stages = ("doubt", "whole")

    def __init__(self, reads: int, states: int = 32) -> None:
        super().__init__()
        self.guidance = GuidanceEncoder((16, 32, 48))
        self.cell = GatedCell(_FIRST, states)
        self.at_eighth = nn.Sequential(
            ConvNorm(WIDTHS[2] + reads + 48 + states + SCORES, _FIRST), Residual(_FIRST, _FIRST)
        )
        self.whole = WholeObject(_FIRST)
        self.coarse = nn.Conv2d(_FIRST + states, 1, 1)
        self.down = nn.Conv2d(_FIRST + states, 64, 1)
        self.at_quarter = nn.Sequential(ConvNorm(64 + WIDTHS[1] + 32 + SCORES, 64), Residual(64, 64))
        self.narrow = nn.Conv2d(64, 32, 1)
        self.at_half = ConvNorm(32 + WIDTHS[0] + 16 + SCORES, 32)
        self.change = nn.Conv2d(32, 1, 3, 1, 1)
        self.trust = nn.Parameter(torch.tensor(1.0))
        self.error = nn.Sequential(ConvNorm(64 + 1, 24), nn.Conv2d(24, 1, 1))
        self.doubt = nn.Sequential(nn.Linear(_FIRST + states + 5, 32), nn.ReLU(inplace=True), nn.Linear(32, 1))
        nn.init.zeros_(self.change.weight)
        if self.change.bias is not None:
            nn.init.zeros_(self.change.bias)

    def forward(self, features: Features, recalled: Recalled, carried: Carried, state: Tensor) -> LiteDecoded:
        """Decodes the masks of B objects.

        Args:
            features: of the present frame, for each object.
            recalled: what memory, appearance and tokens say.
            carried: what flow brings, at full size.
            state: (B, states, H/8, W/8) already moved to this frame.
        """
        half, quarter, eighth = self.guidance(carried)
        read, state = (_alike(x, eighth) for x in (recalled.read, state))
        fine, coarse = (_alike(x, eighth) for x in (recalled.scores, F.avg_pool2d(recalled.scores, 2)))
        first = self.at_eighth(torch.cat([features.eighth, read, eighth, state, coarse], 1))
        first = self.whole(first, recalled.tokens, recalled.believed)
        next_state = self.cell(first, state)
        first = torch.cat([first, next_state], 1)
        second = self.at_quarter(torch.cat([upsampled(self.down(first), quarter), features.quarter, quarter, fine], 1))
        wide = [upsampled(self.narrow(second), half), features.half, half, upsampled(fine, half)]
        third = self.at_half(torch.cat(wide, 1))
        before = F.avg_pool2d(carried.mask.float(), 2).clamp(_TRUST, 1 - _TRUST)
        logits = self.change(third).float() + self.trust * before.logit()
        error, doubt = self._unsure(first, second, logits, before)
        return LiteDecoded(logits, self.coarse(first).float(), error, doubt, next_state.float())

    def _unsure(self, first: Tensor, second: Tensor, logits: Tensor, before: Tensor) -> tuple[Tensor, Tensor]:
        """Where and how much the result may be wrong. Reads the features without shaping them."""
        first, second, probability = first.detach(), second.detach(), logits.detach().sigmoid()
        quarter = F.avg_pool2d(probability, 2)
        error = self.error(torch.cat([second, quarter.to(second.dtype)], 1)).float()
        eighth = F.avg_pool2d(quarter, 2)
        near = F.max_pool2d(eighth, 5, 1, 2) + 1e-3
        pooled = (first.float() * near).sum((2, 3)) / near.sum((2, 3))
        unsure = (probability * (1 - probability)).sum((2, 3)) / (probability.sum((2, 3)) + 1)
        wrong = (error.detach().sigmoid()).sum((2, 3)) / (quarter.sum((2, 3)) + 1)
        against = (probability - before).abs().sum((2, 3)) / ((probability + before).sum((2, 3)) + 1)
        facts = [unsure, wrong.clamp(max=4), probability.mean((2, 3)), probability.amax((2, 3)), against]
        return error, self.doubt(torch.cat([pooled, *facts], 1)).float().squeeze(1)


def _alike(x: Tensor, like: Tensor) -> Tensor:
    """x in the precision and memory layout of the convolutions' own results."""
    return x.to(like.dtype, memory_format=torch.channels_last)
