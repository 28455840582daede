"""The second design of the hybrid network, put together from its stages."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from vosapp.models.hybrid.appearance import Appearance, AppearanceSums
from vosapp.models.hybrid.encoder import WIDTHS, Features
from vosapp.models.hybrid.fuse import fuse
from vosapp.models.hybrid.memory import MASK_CHANNELS, Memory, Reader, ValueEncoder
from vosapp.models.hybrid.network import HybridSettings
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


class HybridLite(nn.Module):
    """Follows objects by matching with trusted frames, guided by the previous mask moved by flow.

    The network holds no state: memories and recurrent states are passed in and returned. B counts objects; one
    picture's features serve several objects when they are expanded over B.

    Attributes:
        norms_learn: whether batch norms take in the statistics of training clips.
    """

    def __init__(self, settings: HybridSettings | None = None) -> None:
        super().__init__()
        self.settings = settings or HybridSettings()
        self.norms_learn = True
        self.encoder = LiteEncoder(self.settings.keys)
        self.values = ValueEncoder(WIDTHS[2], self.settings.values)
        self.trusted = Reader(self.settings.keys)
        self.recent = Reader(self.settings.keys)
        self.appearance = Appearance(WIDTHS[0], WIDTHS[1])
        self.decoder = LiteDecoder(2 * (self.settings.values + MASK_CHANNELS + 1), self.settings.states)

    def train(self, mode: bool = True) -> HybridLite:
        """Puts all parts into training; norms that do not learn stay as they are."""
        super().train(mode)
        if not self.norms_learn:
            for module in self.modules():
                if isinstance(module, nn.BatchNorm2d):
                    module.eval()
        return self

    def fold_norms(self) -> None:
        """Folds the batch norms into their convolutions; see `vosapp.models.preparing.prepare`."""
        fuse(self)

    def encode(self, rgb: Tensor) -> Features:
        """Features of pictures (B, 3, H, W), RGB in 0..1."""
        features: Features = self.encoder(rgb)
        return features

    def memorise(self, features: Features, mask: Tensor, others: Tensor) -> Memory:
        """Remembers soft masks (B, 1, H, W) of objects and of everything else that is followed on the frame."""
        memory: Memory = self.values(features, mask, others)
        return memory

    def learn(self, features: Features, mask: Tensor, others: Tensor) -> Known:
        """What tells objects with soft masks (B, 1, H, W) from their surroundings on a frame, and what they are."""
        looks = self.appearance.learn(self.appearance.describe(features), mask)
        return Known(looks, self.decoder.whole.learn(features, mask, others))

    def recall(
        self, features: Features, trusted: tuple[Memory, Known], recent: tuple[Memory, Known], top: int = 0
    ) -> Recalled:
        """What trusted and recent frames say of the present one."""
        reads = [self.trusted(features.key, trusted[0], top), self.recent(features.key, recent[0], top)]
        described = self.appearance.describe(features)
        scores = self.appearance.score(described, trusted[1].looks, recent[1].looks)
        tokens = torch.cat([trusted[1].tokens.tokens(), recent[1].tokens.tokens()], 1)
        believed = torch.cat([read[:, : MASK_CHANNELS - 1] for read in reads], 1).mean(1, keepdim=True)
        return Recalled(torch.cat(reads, 1), scores, tokens, believed)

    def decode(self, features: Features, recalled: Recalled, carried: Carried, state: Tensor) -> LiteDecoded:
        """Masks of B objects on the present frame; see `LiteDecoder.forward`."""
        decoded: LiteDecoded = self.decoder(features, recalled, carried, state)
        return decoded

    def first_state(self, features: Features) -> Tensor:
        """The state before the first frame: zeros (B, states, H/8, W/8)."""
        batch, _, height, width = features.eighth.shape
        return torch.zeros(batch, self.settings.states, height, width, device=features.eighth.device)

    def read_masks(self, read: Tensor) -> tuple[Tensor, Tensor]:
        """The masks as the two memories alone say, (B, 4, H/8, W/8) each, the 2x2 parts of every place."""
        half = read.shape[1] // 2
        return read[:, : MASK_CHANNELS - 1], read[:, half : half + MASK_CHANNELS - 1]


def build(**settings: int) -> HybridLite:
    """The network without weights."""
    return HybridLite(HybridSettings(**settings))
