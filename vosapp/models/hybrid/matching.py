"""MatchingNetwork: memories, appearance and state that both designs of the hybrid network share."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from vosapp.models.hybrid.appearance import Appearance
from vosapp.models.hybrid.encoder import WIDTHS, Features
from vosapp.models.hybrid.fuse import fuse
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

    @property
    def reads(self) -> int:
        """Channels that both memories are read with."""
        return 2 * (self.values + MASK_CHANNELS + 1)


class MatchingNetwork(nn.Module):
    """Follows objects by matching with trusted frames, guided by the previous mask moved by flow.

    The network holds no state: memories and recurrent states are passed in and returned. B counts objects; one
    picture's features serve several objects when they are expanded over B. Subclasses add the decoder.

    Args:
        encoder: of pictures.
        settings: that it was built with.
    """

    def __init__(self, encoder: nn.Module, settings: HybridSettings) -> None:
        super().__init__()
        self.settings = settings
        self.encoder = encoder
        self.values = ValueEncoder(WIDTHS[2], settings.values)
        self.trusted = Reader(settings.keys)
        self.recent = Reader(settings.keys)
        self.appearance = Appearance(WIDTHS[0], WIDTHS[1])

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

    def first_state(self, features: Features) -> Tensor:
        """The state before the first frame: zeros (B, states, H/8, W/8)."""
        batch, _, height, width = features.eighth.shape
        return torch.zeros(batch, self.settings.states, height, width, device=features.eighth.device)

    def read_masks(self, read: Tensor) -> tuple[Tensor, Tensor]:
        """The masks as the two memories alone say, (B, 4, H/8, W/8) each, the 2x2 parts of every place."""
        half = read.shape[1] // 2
        return read[:, : MASK_CHANNELS - 1], read[:, half : half + MASK_CHANNELS - 1]
