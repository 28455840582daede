"""The hybrid network, put together from its stages."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from vosapp.models.hybrid.appearance import Appearance, AppearanceSums
from vosapp.models.hybrid.decoder import Decoded, Decoder, Seen
from vosapp.models.hybrid.encoder import WIDTHS, Encoder, Features
from vosapp.models.hybrid.fuse import fuse
from vosapp.models.hybrid.guidance import Moved
from vosapp.models.hybrid.memory import MASK_CHANNELS, Memory, Reader, ValueEncoder

STRIDE = 16  # height and width of a picture are multiples of this


@dataclass(frozen=True, slots=True)
class HybridSettings:
    """Sizes of the network; weights fit one setting.

    Attributes:
        keys: channels that are compared.
        values: learnt channels that are remembered.
        states: channels carried from frame to frame.
    """

    keys: int = 64
    values: int = 48
    states: int = 32


class Hybrid(nn.Module):
    """Follows objects by matching with trusted frames, guided by the previous mask moved by flow.

    The network holds no state: memories and recurrent states are passed in and returned. B counts objects; one
    picture's features serve several objects when they are expanded over B.
    """

    def __init__(self, settings: HybridSettings | None = None) -> None:
        super().__init__()
        self.settings = settings or HybridSettings()
        self.encoder = Encoder(self.settings.keys)
        self.values = ValueEncoder(96, self.settings.values)
        self.trusted = Reader(self.settings.keys)
        self.recent = Reader(self.settings.keys)
        self.appearance = Appearance(WIDTHS[0], WIDTHS[1])
        self.decoder = Decoder(2 * (self.settings.values + MASK_CHANNELS + 1), self.settings.states)

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

    def read(self, features: Features, trusted: Memory, recent: Memory, top: int = 0) -> Tensor:
        """Reads both memories: (B, reads, H/8, W/8), the trusted frames' half first."""
        return torch.cat([self.trusted(features.key, trusted, top), self.recent(features.key, recent, top)], 1)

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

    def first_state(self, features: Features) -> Tensor:
        """The state before the first frame: zeros (B, states, H/8, W/8)."""
        batch, _, height, width = features.eighth.shape
        return torch.zeros(batch, self.settings.states, height, width, device=features.eighth.device)

    def read_masks(self, read: Tensor) -> tuple[Tensor, Tensor]:
        """The masks as the two memories alone say, (B, 4, H/8, W/8) each, the 2x2 parts of every place."""
        half = read.shape[1] // 2
        return read[:, : MASK_CHANNELS - 1], read[:, half : half + MASK_CHANNELS - 1]

    def read_shares(self, read: Tensor) -> tuple[Tensor, Tensor]:
        """How far places that look alike on trusted frames were the object's, and the others'; (B, 1, H/8, W/8)."""
        parts, _ = self.read_masks(read)
        return parts.mean(1, keepdim=True), read[:, MASK_CHANNELS - 1 : MASK_CHANNELS]


def build(**settings: int) -> Hybrid:
    """The network without weights."""
    return Hybrid(HybridSettings(**settings))
