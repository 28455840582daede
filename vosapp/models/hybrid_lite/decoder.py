"""Decoder: from what memory, the object as a whole, guidance and the picture say to a mask at half the size."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from vosapp.models.hybrid.encoder import Features
from vosapp.models.hybrid.mask_decoder import FIRST, MaskDecoder, not_too_sure
from vosapp.models.hybrid_lite.guidance import MAPS, Carried, maps_of
from vosapp.models.hybrid_lite.whole import WholeObject


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


class LiteDecoder(MaskDecoder):
    """Three stages at 1/8, 1/4, 1/2. The last corrects the logits of the moved mask; untrained, it adds 0."""

    whole: WholeObject
    exact_parameters = ("trust",)
    exact_stages = ("doubt", "whole")

    def __init__(self, reads: int, states: int = 32) -> None:
        super().__init__(reads, states, maps=MAPS, whole=lambda: WholeObject(FIRST))
        self.trust = nn.Parameter(torch.tensor(1.0))

    def forward(self, features: Features, recalled: Recalled, carried: Carried, state: Tensor) -> LiteDecoded:
        """Decodes the masks of B objects.

        Args:
            features: of the present frame, for each object.
            recalled: what memory, appearance and tokens say.
            carried: what flow brings, at full size.
            state: (B, states, H/8, W/8) already moved to this frame.
        """
        guided = self.guided(maps_of(carried), recalled.scores)
        first = self.at_first(features, guided, recalled.read, state)
        first = self.whole(first, recalled.tokens, recalled.believed)
        first, next_state = self.with_state(first, state)
        second, third = self.at_last(features, guided, first)
        before = not_too_sure(carried.mask)
        logits = self.change(third).float() + self.trust * before.logit()
        error, doubt = self.unsure(first, second, logits, before)
        return LiteDecoded(logits, self.coarse(first).float(), error, doubt, next_state.float())
