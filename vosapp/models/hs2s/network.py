"""HS2S as a whole: one picture, N objects, its state passed in and returned."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from vosapp.models.hs2s.decoder import Decoder, Reference, References
from vosapp.models.hs2s.encoder import Encoder
from vosapp.models.s2s.trunk import normalise
from vosapp.models.stages.conv_lstm import ConvLSTMCell, LSTMState
from vosapp.models.stages.skip_decoder import Decoded

NATIVE_SIZE = (256, 448)  # every frame is resized to this, whatever its shape
STRIDE = 32


class State(NamedTuple):
    """Recurrent state of N objects.

    Attributes:
        memory: of the cell at 1/32.
        skip: of the cell at 1/16; None for a network without one.
    """

    memory: LSTMState
    skip: LSTMState | None


class HS2S(nn.Module):
    """The network. Soft masks are fed back; the memories begin with zeros.

    Args:
        references: which anchor frames the memories are matched with. "both" is HS2S: the first frame and the
            previous one. "first" is HS2S_0, "previous" HS2S_{t-1}; "similarity" is HS2S_sim, which matches both by
            cosine similarity.
        skip_memory: whether there is a second memory at 1/16.
        border_distances: whether the network also predicts the distance of each pixel to the border.
        stem, widths, depths: of the encoders, see `Encoder`.
        matched: channels of what matching gives.
    """

    # The memories are half of the work and nearly three quarters of the weights, and hardly a label depends on their
    # last digits.
    exact_stages = ("encoder_ref", "encoder", "decoder")

    def __init__(
        self,
        references: References = "both",
        *,
        skip_memory: bool = True,
        border_distances: bool = True,
        stem: int = 64,
        widths: tuple[int, int, int, int] = (64, 128, 256, 512),
        depths: tuple[int, int, int, int] = (3, 4, 6, 3),
        matched: int = 512,
    ) -> None:
        super().__init__()
        c2, c3, c4, c5 = (4 * inner for inner in widths)
        self.encoder_ref = Encoder(stem, widths, depths)
        self.encoder = Encoder(stem, widths, depths)
        self.memory = ConvLSTMCell(c4, c4, 3)
        self.skip_memory = ConvLSTMCell(c4, c4, 5) if skip_memory else None
        self.decoder = Decoder(
            (c2, c3, c4, c5),
            stem,
            matched=matched,
            references=references,
            skip_memory=skip_memory,
            border_distances=border_distances,
        )

    @property
    def needs_anchor(self) -> bool:
        """Whether an anchor frame is matched beside the previous one."""
        return self.decoder.GC is not None

    def look(self, rgb: Tensor) -> Tensor:
        """What all objects share of a picture that is to be segmented, (N or 1, 3, H, W) in 0..1."""
        return self.encoder.look(normalise(rgb))

    def look_back(self, rgb: Tensor) -> Tensor:
        """What all objects share of a picture that serves as a reference."""
        return self.encoder_ref.look(normalise(rgb))

    def anchor(self, seen: Tensor, masks: Tensor) -> Reference | None:
        """An anchor frame, seen by `look_back`, with masks (N, H, W); None where the network uses none."""
        return self.decoder.first(self.encoder_ref(seen, masks)) if self.needs_anchor else None

    def previous(self, seen: Tensor, masks: Tensor) -> Reference | None:
        """The frame before, seen by `look_back`, with what was found on it; None where the network uses none."""
        return self.decoder.previous(self.encoder_ref(seen, masks)) if self.decoder.GC_p is not None else None

    def forward(
        self, seen: Tensor, masks: Tensor, anchor: Reference | None, previous: Reference | None, state: State | None
    ) -> tuple[Decoded, State]:
        """Segments N objects on a picture and moves their memories to it.

        Args:
            seen: the picture, from `look`.
            masks: (N, H, W) found on the frame before, soft.
            anchor, previous: from the methods of these names.
            state: of the frame before; None on the first.
        """
        levels = self.encoder(seen, masks)
        if state is None:
            skipped = None if self.skip_memory is None else _empty(levels.c4)
            state = State(_empty(levels.r), skipped)
        memory = self.memory(levels.r, state.memory)
        skip = None
        if self.skip_memory is not None and state.skip is not None:
            skip = self.skip_memory(levels.c4, state.skip)
        hidden = (memory.h, None if skip is None else skip.h)
        return self.decoder(hidden, levels, anchor, previous), State(memory, skip)


def _empty(like: Tensor) -> LSTMState:
    return LSTMState(torch.zeros_like(like), torch.zeros_like(like, dtype=torch.float32))


def build(**options: Any) -> HS2S:
    """HS2S without weights, in evaluation mode. The options are the network's."""
    return HS2S(**options).eval()
