"""RVOS's decoder: four ConvLSTM cells from coarse to fine, run once per object (sections 3.2 and 3.3 of the paper)."""

from __future__ import annotations

from typing import NamedTuple, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vosapp.models.rvos.encoder import SKIP_CHANNELS
from vosapp.models.stages.split import bias_of, part

HIDDEN = (128, 64, 32, 16)
LEVELS = len(HIDDEN)


class Cell(NamedTuple):
    """State of one ConvLSTM cell: output and memory, both (1, hidden, h, w)."""

    hidden: Tensor
    memory: Tensor


class GateConv(nn.Module):
    """One convolution for the four gates of a cell.

    Its input is [level input, previous mask if any, hidden state of the object before, hidden state of the frame
    before]. Being linear it is computed in parts: what is known at the start of a frame for all objects in one
    batch, the rest object by object.
    """

    def __init__(
        self,
        level: int,
        mask_channel: bool,
        *,
        widths: tuple[int, ...] = HIDDEN,
        skips: tuple[int, ...] = SKIP_CHANNELS,
    ) -> None:
        super().__init__()
        hidden = widths[level]
        self.upsampled = widths[level - 1] if level else 0
        self.skip = skips[level]
        self.mask = int(mask_channel)
        self.hidden = hidden
        inputs = self.upsampled + self.skip + self.mask + 2 * hidden
        self.Gates = nn.Conv2d(inputs, 4 * hidden, 3, padding=1)

    def ahead(self, skip: Tensor, masks: Tensor | None, last: Tensor | None) -> Tensor:
        """The part known before the objects: (T, 4 * hidden, h, w), or (1, ...) when it is the same for all.

        Args:
            skip: (1, skip channels, h, w).
            masks: (T, 1, h, w) previous masks at this level; None without mask channel.
            last: (T, hidden, h, w) hidden states of the frame before; None on the first frame.
        """
        gates = part(self.Gates, skip, self.upsampled) + bias_of(self.Gates)
        offset = self.upsampled + self.skip
        if masks is not None:
            gates = gates + part(self.Gates, masks, offset)
        if last is not None:
            gates = gates + part(self.Gates, last, offset + self.mask + self.hidden)
        return gates

    def forward(self, ahead: Tensor, coarser: Tensor | None, neighbour: Cell | None) -> Cell:
        """One step for one object.

        Args:
            ahead: (1, 4 * hidden, h, w) from `ahead`.
            coarser: (1, upsampled, h, w) hidden state of the level below, resized; None at the coarsest level.
            neighbour: this level's state after the object before; None for the first object of a frame.
        """
        gates = ahead if coarser is None else ahead + part(self.Gates, coarser, 0)
        if neighbour is not None:
            gates = gates + part(self.Gates, neighbour.hidden, self.upsampled + self.skip + self.mask)
        enter, keep, leave, candidate = gates.chunk(4, dim=1)
        memory = torch.sigmoid(enter) * torch.tanh(candidate)
        if neighbour is not None:
            memory = memory + torch.sigmoid(keep) * neighbour.memory
        return Cell(torch.sigmoid(leave) * torch.tanh(memory), memory)


class Decoder(nn.Module):
    """The four cells and the output convolution.

    Args:
        mask_channel: whether masks of the frame before are given.
        hidden: channels of the cells, coarse to fine.
        skips: channels of the encoder's skip features, coarse to fine.
    """

    def __init__(
        self,
        mask_channel: bool,
        hidden: tuple[int, ...] = HIDDEN,
        skips: tuple[int, ...] = SKIP_CHANNELS,
    ) -> None:
        super().__init__()
        cells = (GateConv(level, mask_channel, widths=hidden, skips=skips) for level in range(LEVELS))
        self.clstm_list = nn.ModuleList(cells)
        self.conv_out = nn.Conv2d(hidden[-1], 1, 3, padding=1)

    def prepare(
        self, skips: tuple[Tensor, ...], pyramid: tuple[Tensor, ...] | None, last: tuple[Tensor, ...] | None
    ) -> tuple[Tensor, ...]:
        """Everything about a frame's gates that does not wait for another object.

        Per level (T, 4 * hidden, h, w): what skip features, previous masks, the last frame's hidden states and the
        bias add to the gates of all T objects; (1, ...) where that is the same for all.

        Args:
            skips: from the encoder, coarse to fine.
            pyramid: from `mask_pyramid`; None without mask channel.
            last: per level (T, hidden, h, w), the hidden states of the frame before; None on the first frame.
        """
        return tuple(
            gate.ahead(skip, pyramid[level] if pyramid else None, last[level] if last else None)
            for level, (gate, skip) in enumerate(zip(self._gates(), skips, strict=True))
        )

    def _gates(self) -> list[GateConv]:
        return [cast(GateConv, gate) for gate in self.clstm_list]

    def forward(
        self, ahead: tuple[Tensor, ...], slot: int, neighbour: tuple[Cell, ...] | None
    ) -> tuple[Tensor, tuple[Cell, ...]]:
        """Decodes one object.

        Args:
            ahead: from `prepare`.
            slot: which of its objects.
            neighbour: the cells after the object before; None for the first object.

        Returns:
            Logits (1, 1, about H/2, about W/2) and the cells after this object.
        """
        cells: list[Cell] = []
        coarser = None
        for level, gate in enumerate(self._gates()):
            mine = ahead[level][min(slot, ahead[level].shape[0] - 1)][None]
            if cells:
                coarser = _resize(cells[-1].hidden, mine.shape[2:])
            cells.append(gate(mine, coarser, None if neighbour is None else neighbour[level]))
        height, width = cells[-1].hidden.shape[2:]
        return self.conv_out(_resize(cells[-1].hidden, (2 * height, 2 * width))), tuple(cells)


def _resize(x: Tensor, size: tuple[int, int] | torch.Size) -> Tensor:
    return F.interpolate(x, size=tuple(size), mode="bilinear", align_corners=True)


def mask_pyramid(masks: Tensor) -> tuple[Tensor, ...]:
    """Previous masks at 1/32, 1/16, 1/8 and 1/4 from (T, 1, H, W) in 0..1.

    Maxima of 2x2 pixels, sizes rounded up, so that every size of picture gives the sizes of the features and thin
    objects survive.
    """
    levels = [F.max_pool2d(masks, 2, 2, ceil_mode=True)]
    for _ in range(LEVELS):
        levels.append(F.max_pool2d(levels[-1], 2, 2, ceil_mode=True))
    return tuple(reversed(levels[1:]))
