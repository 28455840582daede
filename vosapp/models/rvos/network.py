"""RVOS as a whole: one frame with all its objects, its state passed in and returned."""

from __future__ import annotations

from typing import Literal, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vosapp.models.backbones.classifiers import RESNET101, ResNetSize
from vosapp.models.preparing import dtype_of
from vosapp.models.rvos.decoder import HIDDEN, Cell, Decoder, mask_pyramid
from vosapp.models.rvos.encoder import SKIP_CHANNELS, Encoder

Recurrence = Literal["spatio-temporal", "spatial", "temporal"]
SLOTS = 10  # the authors train and test with ten objects


class FrameOutput(NamedTuple):
    """Output of the network for a frame with T objects.

    Attributes:
        probabilities: (T, H, W); objects do not exclude each other.
        logits: (T, about H/2, about W/2), before they are resized.
        hidden: per level (T, hidden, h, w): the state to pass in with the next frame.
        cells: per object and level the ConvLSTM state.
    """

    probabilities: Tensor
    logits: Tensor
    hidden: tuple[Tensor, ...]
    cells: tuple[tuple[Cell, ...], ...]


class Rvos(nn.Module):
    """The network; with `mask_channel` it follows given objects, without it looks for objects itself.

    The hidden state travels along the objects of a frame and, per object, from frame to frame; the memory of the
    ConvLSTM cells travels along the objects only.

    Args:
        mask_channel: whether masks of the frame before are given.
        size: of the backbone.
        skips, hidden: channels of skip features and cells, coarse to fine.
    """

    def __init__(
        self,
        mask_channel: bool,
        size: ResNetSize = RESNET101,
        *,
        skips: tuple[int, ...] = SKIP_CHANNELS,
        hidden: tuple[int, ...] = HIDDEN,
    ) -> None:
        super().__init__()
        self.mask_channel = mask_channel
        self.encoder = Encoder(size, skips)
        self.decoder = Decoder(mask_channel, hidden, skips)

    def forward(
        self,
        image: Tensor,
        masks: Tensor | int,
        hidden: tuple[Tensor, ...] | None,
        recurrence: Recurrence = "spatio-temporal",
    ) -> FrameOutput:
        """Segments a frame.

        Args:
            image: (1, 3, H, W) RGB with ImageNet's mean and deviation taken out; any size.
            masks: with mask channel (T, H, W): the mask of each object on the frame before, 0..1. Without: the
                number of objects to look for.
            hidden: state from the frame before; None on the first frame.
            recurrence: the paper's ablations. "spatial" forgets the frame before; "temporal" forgets the object
                before, except on the first frame, where there is nothing else to go by.
        """
        skips = self.encoder(image.to(dtype_of(self.encoder)))
        height, width = image.shape[2:]
        return self.decode(skips, masks, hidden, size=(height, width), recurrence=recurrence)

    def decode(
        self,
        skips: tuple[Tensor, ...],
        masks: Tensor | int,
        hidden: tuple[Tensor, ...] | None,
        *,
        size: tuple[int, int],
        recurrence: Recurrence = "spatio-temporal",
    ) -> FrameOutput:
        """Segments a frame of (height, width) `size` that the encoder has seen; else as `forward`."""
        dtype = dtype_of(self.encoder)
        first_frame = hidden is None
        if recurrence == "spatial":
            hidden = None
        pyramid = mask_pyramid(masks[:, None].to(dtype)) if isinstance(masks, Tensor) else None
        ahead = self.decoder.prepare(skips, pyramid, hidden)
        count = masks.shape[0] if isinstance(masks, Tensor) else masks
        logits: list[Tensor] = []
        cells: list[tuple[Cell, ...]] = []
        for slot in range(count):
            chained = cells and (first_frame or recurrence != "temporal")
            scores, state = self.decoder(ahead, slot, cells[-1] if chained else None)
            logits.append(scores)
            cells.append(state)
        return _gather(logits, cells, size)


def _gather(logits: list[Tensor], cells: list[tuple[Cell, ...]], size: tuple[int, int]) -> FrameOutput:
    scores = torch.cat(logits)
    resized = F.interpolate(scores.float(), size=size, mode="bilinear", align_corners=True)
    hidden = tuple(torch.cat([cell[level].hidden for cell in cells]) for level in range(len(HIDDEN)))
    return FrameOutput(torch.sigmoid(resized)[:, 0], scores[:, 0].float(), hidden, tuple(cells))


def build(mask_channel: bool) -> Rvos:
    """RVOS without weights, in evaluation mode."""
    return Rvos(mask_channel).eval()
