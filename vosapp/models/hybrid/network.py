"""The hybrid network, put together from its stages."""

from __future__ import annotations

from torch import Tensor

from vosapp.models.hybrid.appearance import AppearanceSums
from vosapp.models.hybrid.decoder import Decoded, Decoder, Seen
from vosapp.models.hybrid.encoder import Encoder, Features
from vosapp.models.hybrid.guidance import Moved
from vosapp.models.hybrid.matching import HybridSettings, MatchingNetwork
from vosapp.models.hybrid.memory import MASK_CHANNELS


class Hybrid(MatchingNetwork):
    """The first design: a small encoder, and the advice of the engine `flow` beside the moved mask."""

    def __init__(self, settings: HybridSettings | None = None) -> None:
        settings = settings or HybridSettings()
        super().__init__(Encoder(settings.keys), settings)
        self.decoder = Decoder(settings.reads, settings.states)

    def learn(self, features: Features, mask: Tensor) -> AppearanceSums:
        """What tells objects with soft masks (B, 1, H, W) from their surroundings on a frame."""
        return self.appearance.learn(self.appearance.describe(features), mask)

    def score(self, features: Features, trusted: AppearanceSums, recent: AppearanceSums) -> Tensor:
        """(B, 2, H/4, W/4) logits of inside by appearance alone; see `Appearance.score`."""
        return self.appearance.score(self.appearance.describe(features), trusted, recent)

    def decode(self, features: Features, seen: Seen, moved: Moved, state: Tensor) -> Decoded:
        """Masks of B objects on the present frame; see `Decoder.forward`."""
        decoded: Decoded = self.decoder(features, seen, moved, state)
        return decoded

    def read_shares(self, read: Tensor) -> tuple[Tensor, Tensor]:
        """How far places that look alike on trusted frames were the object's, and the others'; (B, 1, H/8, W/8)."""
        parts, _ = self.read_masks(read)
        return parts.mean(1, keepdim=True), read[:, MASK_CHANNELS - 1 : MASK_CHANNELS]


def build(**settings: int) -> Hybrid:
    """The network without weights."""
    return Hybrid(HybridSettings(**settings))
