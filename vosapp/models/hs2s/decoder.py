"""HS2S's decoder: matches the memories with two anchor frames, then raises the result to full resolution."""

from __future__ import annotations

from typing import Literal, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vosapp.models.hs2s.encoder import Levels
from vosapp.models.hs2s.matching import GlobalMatcher, Matcher, Prepared, SimilarityMatcher
from vosapp.models.stages.skip_decoder import Decoded, SkipDecoder

References = Literal["both", "first", "previous", "similarity"]


class Reference(NamedTuple):
    """An anchor frame, prepared for matching: with the bottleneck memory at 1/32 and the skip-memory at 1/16."""

    deep: Prepared
    skip: Prepared | None


class Decoder(SkipDecoder):
    """The decoder.

    Args:
        channels: of the stages c2, c3, c4, c5.
        stem: channels of `a`.
        matched: channels of what matching gives.
        references: which frames are matched, see `HS2S`.
        skip_memory: whether there is a memory at 1/16.
        border_distances: whether there is a head for the distance to the border.
    """

    def __init__(
        self,
        channels: tuple[int, int, int, int],
        stem: int,
        *,
        matched: int,
        references: References,
        skip_memory: bool,
        border_distances: bool,
    ) -> None:
        super().__init__(stem, border_distances=border_distances, align_corners=False)
        c2, c3, c4, c5 = channels
        matcher = SimilarityMatcher if references == "similarity" else GlobalMatcher
        first, previous = references != "previous", references != "first"
        branches = matched * (first + previous)
        self.GC: Matcher | None = matcher(c4, matched) if first else None
        self.GC_p: Matcher | None = matcher(c4, matched) if previous else None
        self.GCGC_p = nn.Conv2d(branches, matched, 1)
        self.GCmm0: Matcher | None = matcher(c4, matched) if first and skip_memory else None
        self.GCmm_1: Matcher | None = matcher(c4, matched) if previous and skip_memory else None
        self.mm = nn.Conv2d(branches, matched, 1) if skip_memory else None
        w1, w2, w3, w4 = matched, matched // 2, matched // 4, stem
        self.conv_1, self.conv_11 = nn.Conv2d(matched + c5, 2 * matched, 1), _widen(2 * matched, w1)
        self.conv_2_ = nn.Conv2d(w1 + c4 + (matched if skip_memory else 0), w1, 1)
        self.conv_22 = _widen(w1, w2)
        self.conv_3, self.conv_33 = nn.Conv2d(w2 + c3, w2, 1), _widen(w2, w3)
        self.conv_4, self.conv_44 = nn.Conv2d(w3 + c2, w3, 1), _widen(w3, w4)
        self.conv_5, self.conv_55 = nn.Conv2d(w4 + stem, w4, 1), _widen(w4, w4)

    def first(self, levels: Levels) -> Reference | None:
        """Prepares the first frame, or the anchor that stands for it. Without need of one: None."""
        return _prepare(levels, self.GC, self.GCmm0)

    def previous(self, levels: Levels) -> Reference | None:
        """Prepares the previous frame."""
        return _prepare(levels, self.GC_p, self.GCmm_1)

    def forward(
        self,
        hidden: tuple[Tensor, Tensor | None],
        levels: Levels,
        first: Reference | None,
        previous: Reference | None,
    ) -> Decoded:
        """Segments N objects.

        Args:
            hidden: of the memory, and of the skip-memory if there is one.
            levels: of the picture.
            first: the anchor frame, None where the network does not use it.
            previous: the frame before, likewise.
        """
        deep, skip = hidden
        found = _match(deep, [(self.GC, first and first.deep), (self.GC_p, previous and previous.deep)])
        x = F.relu(self.GCGC_p(found))
        x = self.step_up([x, levels.c5], self.conv_1, self.conv_11)
        parts = [x, levels.c4]
        if self.mm is not None and skip is not None:
            matches = [(self.GCmm0, first and first.skip), (self.GCmm_1, previous and previous.skip)]
            parts.append(F.relu(self.mm(_match(skip, matches))))
        x = self.step_up(parts, self.conv_2_, self.conv_22)
        x = self.step_up([x, levels.c3], self.conv_3, self.conv_33)
        x = self.step_up([x, levels.c2], self.conv_4, self.conv_44)
        return self.read_out(self.step_up([x, levels.a], self.conv_5, self.conv_55))


def _prepare(levels: Levels, deep: Matcher | None, skip: Matcher | None) -> Reference | None:
    if deep is None:
        return None
    return Reference(deep.prepare(levels.r), None if skip is None else skip.prepare(levels.c4))


def _match(hidden: Tensor, pairs: list[tuple[Matcher | None, Prepared | None]]) -> Tensor:
    """What the matchers find, side by side."""
    found = [matcher.match(hidden, prepared) for matcher, prepared in pairs if matcher and prepared is not None]
    return torch.cat(found, dim=1)


def _widen(channels: int, out: int) -> nn.Conv2d:
    return nn.Conv2d(channels, out, 5, padding=2)
