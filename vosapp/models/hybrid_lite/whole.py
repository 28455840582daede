"""What an object is as a whole: a few tokens, learnt from frames with masks, that the decoder asks at every place.

Matching and appearance decide place by place; a part that looks like another object, or two objects that look alike,
need to know what belongs together. Tokens of a frame are weighted sums over its places, half of them over the object
and half over what is around it, so those of several frames add up. On the present frame the tokens look for
themselves where memory believes the object to be, and every place then asks the tokens.

Source: the object transformer of Cheng et al., "Putting the object back into video object segmentation", CVPR 2024,
in one small block.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vosapp.models.hybrid.encoder import WIDTHS, Features
from vosapp.models.hybrid.memory import CELL

TOKENS = 8  # half of the object, half of what is around it
_WIDTH = 64
_LEAST = 1e-4


class TokenSums(NamedTuple):
    """The tokens of one or more frames before they are divided, each frame weighing 1.

    Attributes:
        total: (B, TOKENS, 64) sums of weighted places.
        weight: (B, TOKENS) sums of the weights.
    """

    total: Tensor
    weight: Tensor

    def tokens(self) -> Tensor:
        """(B, TOKENS, 64)."""
        return self.total / (self.weight + _LEAST).unsqueeze(2)


class WholeObject(nn.Module):
    """Learns the tokens of a frame and lets the places of another one ask them. Untrained, asking changes nothing."""

    def __init__(self, asking: int) -> None:
        super().__init__()
        self.describe = nn.Sequential(nn.Conv2d(WIDTHS[2] + 2, _WIDTH, 1), nn.ReLU(), nn.Conv2d(_WIDTH, _WIDTH, 1))
        self.weigh = nn.Conv2d(_WIDTH, TOKENS, 1)
        self.origin = nn.Parameter(torch.randn(2 * TOKENS, _WIDTH) * 0.1)  # tells the tokens apart
        self.place = nn.Conv2d(asking, _WIDTH, 1)
        self.look = nn.Linear(_WIDTH, _WIDTH)
        self.renew = nn.Sequential(
            nn.LayerNorm(2 * _WIDTH), nn.Linear(2 * _WIDTH, _WIDTH), nn.ReLU(), nn.Linear(_WIDTH, _WIDTH)
        )
        self.key, self.value = nn.Linear(_WIDTH, _WIDTH), nn.Linear(_WIDTH, _WIDTH)
        self.answer = nn.Conv2d(_WIDTH, asking, 1)
        nn.init.zeros_(self.answer.weight)
        if self.answer.bias is not None:
            nn.init.zeros_(self.answer.bias)

    def learn(self, features: Features, mask: Tensor, others: Tensor) -> TokenSums:
        """The tokens of a frame, from soft masks (B, 1, H, W) of the object and of everything else followed."""
        inside, rest = (F.avg_pool2d(m.float(), CELL) for m in (mask, others))
        seen = torch.cat([features.eighth, inside.to(features.eighth.dtype), rest.to(features.eighth.dtype)], 1)
        described = self.describe(seen)
        half = TOKENS // 2
        sides = torch.cat([inside.expand(-1, half, -1, -1), (1 - inside).expand(-1, half, -1, -1)], 1)
        weights = (self.weigh(described).float().sigmoid() * sides).flatten(2)  # (B, TOKENS, N)
        total = weights @ described.float().flatten(2).transpose(1, 2)
        places = weights.shape[2]
        return TokenSums(total / places, weights.sum(2) / places)

    def forward(self, x: Tensor, tokens: Tensor, believed: Tensor) -> Tensor:
        """x (B, asking, h, w) and what the tokens answer to every place of it.

        Args:
            x: features of the present frame.
            tokens: (B, 2 TOKENS, 64): of the trusted frames, then of the recent ones.
            believed: (B, 1, h, w) in 0..1, where memory believes the object to be.
        """
        places = self.place(x)
        flat = places.float().flatten(2)  # (B, 64, N)
        tokens = tokens + self.origin
        inside = believed.float().flatten(2).clamp(_LEAST, 1 - _LEAST)
        half = TOKENS // 2
        prior = torch.cat([inside.log().expand(-1, half, -1), (1 - inside).log().expand(-1, half, -1)], 1).repeat(
            1, 2, 1
        )
        likeness = self.look(tokens).float() @ flat * _WIDTH**-0.5 + prior
        found = likeness.softmax(2) @ flat.transpose(1, 2)  # (B, 2 TOKENS, 64)
        tokens = tokens + self.renew(torch.cat([tokens, found], 2))
        asked = (self.key(tokens).float() @ flat * _WIDTH**-0.5).softmax(1)  # (B, 2 TOKENS, N)
        answers = self.value(tokens).float().transpose(1, 2) @ asked
        answered: Tensor = self.answer(answers.view_as(places).to(x.dtype))
        return x + answered
