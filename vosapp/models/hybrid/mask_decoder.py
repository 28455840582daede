"""MaskDecoder: the stages at 1/8, 1/4 and 1/2 that both designs of the hybrid network decode masks with."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vosapp.models.hybrid.appearance import SCORES
from vosapp.models.hybrid.encoder import WIDTHS, Features
from vosapp.models.hybrid.guidance import GuidanceEncoder
from vosapp.models.hybrid.layers import ConvNorm, GatedCell, Residual, upsampled

FIRST = WIDTHS[2]  # channels of the first stage
_TRUST = 0.05  # masks of elsewhere enter the logits as if they were never surer than this
_GUIDANCE = (16, 32, 48)  # channels of the guidance at 1/2, 1/4, 1/8


class Guided(NamedTuple):
    """Guidance, and the appearance's scores at the sizes of the stages.

    Attributes:
        half, quarter, eighth: of the guidance.
        fine, coarse: (B, 2, H/4, W/4) and (B, 2, H/8, W/8).
    """

    half: Tensor
    quarter: Tensor
    eighth: Tensor
    fine: Tensor
    coarse: Tensor


class MaskDecoder(nn.Module):
    """Decodes in three stages; what the last adds to the logits of masks of elsewhere is 0 in an untrained network.

    Args:
        reads: channels that memory is read with.
        states: channels carried from frame to frame.
        maps: maps of guidance.
        whole: makes a stage of a subclass after the first, in the place where its weights are expected.
    """

    def __init__(self, reads: int, states: int, *, maps: int, whole: Callable[[], nn.Module] | None = None) -> None:
        super().__init__()
        half, quarter, eighth = _GUIDANCE
        self.guidance = GuidanceEncoder(maps, _GUIDANCE)
        self.cell = GatedCell(FIRST, states)
        self.at_eighth = nn.Sequential(
            ConvNorm(WIDTHS[2] + reads + eighth + states + SCORES, FIRST), Residual(FIRST, FIRST)
        )
        if whole is not None:
            self.whole = whole()
        self.coarse = nn.Conv2d(FIRST + states, 1, 1)
        self.down = nn.Conv2d(FIRST + states, 64, 1)
        self.at_quarter = nn.Sequential(ConvNorm(64 + WIDTHS[1] + quarter + SCORES, 64), Residual(64, 64))
        self.narrow = nn.Conv2d(64, 32, 1)
        self.at_half = ConvNorm(32 + WIDTHS[0] + half + SCORES, 32)
        self.change = nn.Conv2d(32, 1, 3, 1, 1)
        self.error = nn.Sequential(ConvNorm(64 + 1, 24), nn.Conv2d(24, 1, 1))
        self.doubt = nn.Sequential(nn.Linear(FIRST + states + 5, 32), nn.ReLU(inplace=True), nn.Linear(32, 1))
        nn.init.zeros_(self.change.weight)
        if self.change.bias is not None:
            nn.init.zeros_(self.change.bias)

    def guided(self, maps: Tensor, scores: Tensor) -> Guided:
        """The guidance of maps (B, maps, H/2, W/2) beside appearance scores (B, 2, H/4, W/4)."""
        half, quarter, eighth = self.guidance(maps)
        return Guided(half, quarter, eighth, _alike(scores, eighth), _alike(F.avg_pool2d(scores, 2), eighth))

    def at_first(self, features: Features, guided: Guided, read: Tensor, state: Tensor) -> Tensor:
        """The first stage, (B, FIRST, H/8, W/8)."""
        read, state = (_alike(x, guided.eighth) for x in (read, state))
        first: Tensor = self.at_eighth(torch.cat([features.eighth, read, guided.eighth, state, guided.coarse], 1))
        return first

    def with_state(self, first: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """The first stage with the next state in it, (B, FIRST + states, H/8, W/8), and that state."""
        next_state = self.cell(first, _alike(state, first))
        return torch.cat([first, next_state], 1), next_state

    def at_last(self, features: Features, guided: Guided, first: Tensor) -> tuple[Tensor, Tensor]:
        """The second stage (B, 64, H/4, W/4) and the third (B, 32, H/2, W/2) from the first with its state."""
        wide = [upsampled(self.down(first), guided.quarter), features.quarter, guided.quarter, guided.fine]
        second = self.at_quarter(torch.cat(wide, 1))
        wide = [upsampled(self.narrow(second), guided.half), features.half, guided.half]
        return second, self.at_half(torch.cat([*wide, upsampled(guided.fine, guided.half)], 1))

    def unsure(self, first: Tensor, second: Tensor, logits: Tensor, other: Tensor) -> tuple[Tensor, Tensor]:
        """Where and how much the result may be wrong. Reads the features without shaping them.

        Args:
            first, second: of the stages.
            logits: (B, 1, H/2, W/2) of the result.
            other: (B, 1, H/2, W/2) in 0..1: a mask of elsewhere that the result is compared with.

        Returns:
            (B, 1, H/4, W/4) logit of "this pixel is wrong", and (B,) logit of 1 - IoU.
        """
        first, second, probability = first.detach(), second.detach(), logits.detach().sigmoid()
        quarter = F.avg_pool2d(probability, 2)
        error = self.error(torch.cat([second, quarter.to(second.dtype)], 1)).float()
        eighth = F.avg_pool2d(quarter, 2)
        near = F.max_pool2d(eighth, 5, 1, 2) + 1e-3
        pooled = (first.float() * near).sum((2, 3)) / near.sum((2, 3))
        unsure = (probability * (1 - probability)).sum((2, 3)) / (probability.sum((2, 3)) + 1)
        wrong = (error.detach().sigmoid()).sum((2, 3)) / (quarter.sum((2, 3)) + 1)
        against = (probability - other).abs().sum((2, 3)) / ((probability + other).sum((2, 3)) + 1)
        facts = [unsure, wrong.clamp(max=4), probability.mean((2, 3)), probability.amax((2, 3)), against]
        return error, self.doubt(torch.cat([pooled, *facts], 1)).float().squeeze(1)


def not_too_sure(mask: Tensor) -> Tensor:
    """A soft mask (B, 1, H, W) of elsewhere as it enters the logits, (B, 1, H/2, W/2)."""
    return F.avg_pool2d(mask.float(), 2).clamp(_TRUST, 1 - _TRUST)


def _alike(x: Tensor, like: Tensor) -> Tensor:
    """x in the precision and memory layout of the convolutions' own results."""
    return x.to(like.dtype, memory_format=torch.channels_last)
