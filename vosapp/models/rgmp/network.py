"""RGMP as a whole: one picture, N objects, explicit state."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor, nn

from vosapp.models.rgmp.decoder import Decoder
from vosapp.models.rgmp.encoder import Encoder
from vosapp.models.stages.conv_gru import ConvGRUCell
from vosapp.models.stages.global_convolution import Contribution


class Segmentation(NamedTuple):
    """Output of the network for N objects on a picture.

    Attributes:
        logits: (N, 2, H, W) float32; channel 1 is the object.
        memory: (N, width, H/32, W/32) state of the visual memory, to be passed in on the next frame; None for a
            network without one.
    """

    logits: Tensor
    memory: Tensor | None

    @property
    def foreground(self) -> Tensor:
        """Probability of each object (N, H, W)."""
        return torch.softmax(self.logits, dim=1)[:, 1]


class RGMP(nn.Module):
    """The network of the paper.

    Args:
        memory: "gru" plants a convolutional GRU behind the global convolution block: the visual memory of the
            paper's add-on study. None is the network of the paper's main results.
        align_corners: of all upsampling; True is what the authors' weights were trained with.
        stem, widths, depths: of the encoder, see `Encoder`.
        width: of the decoder.
    """

    def __init__(
        self,
        memory: Literal["gru"] | None = None,
        *,
        align_corners: bool = True,
        stem: int = 64,
        widths: tuple[int, int, int, int] = (64, 128, 256, 512),
        depths: tuple[int, int, int, int] = (3, 4, 6, 3),
        width: int = 256,
    ) -> None:
        super().__init__()
        self.Encoder = Encoder(stem, widths=widths, depths=depths)
        r2, r3, r4, r5 = (4 * inner for inner in widths)
        self.Decoder = Decoder((r5, r4, r3, r2), width, align_corners=align_corners)
        self.memory = ConvGRUCell(width) if memory == "gru" else None

    def look(self, rgb: Tensor) -> Tensor:
        """What is computed once per picture (1, 3, H, W) in 0..1, whatever the objects are."""
        return self.Encoder.look(rgb)

    def reference(self, seen: Tensor, masks: Tensor) -> Contribution:
        """What a reference frame contributes to all later frames, for N objects with masks (N, H, W)."""
        return self.Decoder.reference(self.Encoder(seen, masks).r5)

    def forward(
        self, seen: Tensor, masks: Tensor, reference: Contribution, memory: Tensor | None = None
    ) -> Segmentation:
        """Segments N objects on a picture.

        Args:
            seen: the picture, from `look`.
            masks: (N, H, W) guidance: each object's soft mask on the previous frame.
            reference: from `reference`, for the same objects.
            memory: of the previous frame; None on the first.
        """
        target = self.Encoder(seen, masks)
        m5 = self.Decoder.match(target.r5, reference)
        if self.memory is not None:
            memory = m5 = self.memory(m5, memory)
        return Segmentation(self.Decoder.finest(self.Decoder.refine(m5, target).m2), memory)


def build(**options: Any) -> RGMP:
    """RGMP without weights, in evaluation mode. The options are the network's."""
    return RGMP(**options).eval()
