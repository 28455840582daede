"""The second design of the hybrid network, put together from its stages."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from vosapp.models.hybrid.appearance import AppearanceSums
from vosapp.models.hybrid.encoder import Features
from vosapp.models.hybrid.matching import HybridSettings, MatchingNetwork
from vosapp.models.hybrid.memory import Memory
from vosapp.models.hybrid_lite.decoder import LiteDecoded, LiteDecoder, Recalled
from vosapp.models.hybrid_lite.encoder import LiteEncoder
from vosapp.models.hybrid_lite.guidance import Carried
from vosapp.models.hybrid_lite.whole import TokenSums


class Known(NamedTuple):
    """What is known of an object from one or more frames besides its places: sums, each frame weighing 1."""

    looks: AppearanceSums
    tokens: TokenSums


def mean_known(known: list[Known]) -> Known:
    """Several frames, each counting the same."""
    looks = AppearanceSums(*(torch.stack(parts).mean(0) for parts in zip(*(k.looks for k in known), strict=True)))
    tokens = TokenSums(*(torch.stack(parts).mean(0) for parts in zip(*(k.tokens for k in known), strict=True)))
    return Known(looks, tokens)


class HybridLite(MatchingNetwork):
    """The second design: a pretrained backbone, and tokens of the object as a whole.

    Attributes:
        norms_learn: whether batch norms take in the statistics of training clips.
    """

    encoder: LiteEncoder

    def __init__(self, settings: HybridSettings | None = None) -> None:
        settings = settings or HybridSettings()
        super().__init__(LiteEncoder(settings.keys), settings)
        self.norms_learn = True
        self.decoder = LiteDecoder(settings.reads, settings.states)

    def train(self, mode: bool = True) -> HybridLite:
        """Puts all parts into training; norms that do not learn stay as they are."""
        super().train(mode)
        if not self.norms_learn:
            for module in self.modules():
                if isinstance(module, nn.BatchNorm2d):
                    module.eval()
        return self

    def learn(self, features: Features, mask: Tensor, others: Tensor) -> Known:
        """What tells objects with soft masks (B, 1, H, W) from their surroundings on a frame, and what they are."""
        looks = self.appearance.learn(self.appearance.describe(features), mask)
        return Known(looks, self.decoder.whole.learn(features, mask, others))

    def recall(
        self, features: Features, trusted: tuple[Memory, Known], recent: tuple[Memory, Known], top: int = 0
    ) -> Recalled:
        """What trusted and recent frames say of the present one."""
        read = self.read(features, trusted[0], recent[0], top)
        described = self.appearance.describe(features)
        scores = self.appearance.score(described, trusted[1].looks, recent[1].looks)
        tokens = torch.cat([trusted[1].tokens.tokens(), recent[1].tokens.tokens()], 1)
        believed = torch.cat(self.read_masks(read), 1).mean(1, keepdim=True)
        return Recalled(read, scores, tokens, believed)

    def decode(self, features: Features, recalled: Recalled, carried: Carried, state: Tensor) -> LiteDecoded:
        """Masks of B objects on the present frame; see `LiteDecoder.forward`."""
        decoded: LiteDecoded = self.decoder(features, recalled, carried, state)
        return decoded


def build(**settings: int) -> HybridLite:
    """The network without weights."""
    return HybridLite(HybridSettings(**settings))
