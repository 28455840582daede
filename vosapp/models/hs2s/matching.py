"""Matching what the recurrence expects with what an anchor frame shows."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vosapp.models.stages.global_convolution import Contribution, GlobalConvolution

Prepared = tuple[Tensor, Tensor]


class GlobalMatcher(GlobalConvolution):
    """Matches by a global convolution over reference and hidden state side by side.

    Args:
        channels: of the reference, and of the hidden state.
        out: of the result.
    """

    def __init__(self, channels: int, out: int) -> None:
        super().__init__(2 * channels, middle=out // 2, out=out)

    def prepare(self, reference: Tensor) -> Prepared:
        """What does not change as long as the reference (N, channels, h, w) does not."""
        return self.contribution(reference, 0)

    def match(self, hidden: Tensor, reference: Prepared) -> Tensor:
        """(N, out, h, w) from the hidden state (N, channels, h, w) and a prepared reference."""
        expected = self.contribution(hidden, hidden.shape[1])
        return F.relu(self.finish(expected.plus(Contribution(*reference))))


class SimilarityMatcher(nn.Module):
    """Matches by cosine similarity: each position of the hidden state reads the reference where it is alike.

    The paper names this variant in a sentence and gives no code; a softmax with a learned sharpness follows the
    non-local networks that it cites.

    Args:
        channels: of the reference, and of the hidden state.
        out: of the result.
    """

    def __init__(self, channels: int, out: int) -> None:
        super().__init__()
        self.sharpness = nn.Parameter(torch.tensor(10.0))
        self.mix = nn.Conv2d(2 * channels, out, 1)

    def prepare(self, reference: Tensor) -> Prepared:
        """Unit vectors and values of every position of the reference (N, channels, h, w)."""
        values = reference.flatten(2)
        return F.normalize(values, dim=1, eps=1e-6), values

    def match(self, hidden: Tensor, reference: Prepared) -> Tensor:
        """(N, out, h, w) from the hidden state (N, channels, h, w) and a prepared reference."""
        keys, values = reference
        queries = F.normalize(hidden.flatten(2), dim=1, eps=1e-6)
        attention = torch.softmax(self.sharpness * (queries.transpose(1, 2) @ keys), dim=2)
        read = (values @ attention.transpose(1, 2)).view_as(hidden)
        return F.relu(self.mix(torch.cat([hidden, read], dim=1)))


Matcher = GlobalMatcher | SimilarityMatcher
