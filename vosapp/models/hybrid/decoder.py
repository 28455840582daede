"""Decoder: from what memory, guidance and the picture say to a mask at half the size, and how unsure it is."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from vosapp.models.hybrid.encoder import Features
from vosapp.models.hybrid.guidance import MAPS, Moved, maps_of
from vosapp.models.hybrid.mask_decoder import MaskDecoder, not_too_sure


class Seen(NamedTuple):
    """What the past says of the present frame.

    Attributes:
        read: (B, reads, H/8, W/8) from memory.
        scores: (B, 2, H/4, W/4) logits of inside by appearance.
    """

    read: Tensor
    scores: Tensor


class Decoded(NamedTuple):
    """What the decoder says.

    Attributes:
        logits: (B, 1, H/2, W/2); positive inside.
        coarse: (B, 1, H/8, W/8) logits of the first stage; trained, not used.
        error: (B, 1, H/4, W/4) logit of "this pixel is wrong".
        doubt: (B,) logit of 1 - IoU.
        state: (B, states, H/8, W/8) to pass on, moved by flow.
        features: (B, 32, H/2, W/2) that the logits are read from; for auxiliary tasks of training.
    """

    logits: Tensor
    coarse: Tensor
    error: Tensor
    doubt: Tensor
    state: Tensor
    features: Tensor


class Decoder(MaskDecoder):
    """Three stages at 1/8, 1/4, 1/2. The last corrects the logits of moved mask and advice; untrained, it adds 0."""

    exact_parameters = ("trust", "heed")
    exact_stages = ("doubt",)

    def __init__(self, reads: int, states: int = 32) -> None:
        super().__init__(reads, states, maps=MAPS)
        self.trust = nn.Parameter(torch.tensor(0.5))
        self.heed = nn.Parameter(torch.tensor(0.5))

    def forward(self, features: Features, seen: Seen, moved: Moved, state: Tensor) -> Decoded:
        """Decodes the masks of B objects.

        Args:
            features: of the present frame, for each object.
            seen: what memory and appearance say.
            moved: what flow brings, at full size.
            state: (B, states, H/8, W/8) already moved to this frame.
        """
        guided = self.guided(maps_of(moved), seen.scores)
        first = self.at_first(features, guided, seen.read, state)
        first, next_state = self.with_state(first, state)
        second, third = self.at_last(features, guided, first)
        before, advice = not_too_sure(moved.mask), not_too_sure(moved.advice)
        logits = self.change(third).float() + self.trust * before.logit() + self.heed * advice.logit()
        error, doubt = self.unsure(first, second, logits, advice)
        return Decoded(logits, self.coarse(first).float(), error, doubt, next_state.float(), third)
