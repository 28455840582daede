"""merge_by_largest, exclusive: merge objects that were found one by one, as the S2S family does."""

from __future__ import annotations

import torch
from torch import Tensor


def merge_by_largest(probabilities: Tensor) -> Tensor:
    """Label image (H, W) uint8 of N objects (N, H, W): 0 where none exceeds one half, else 1 + index of the largest.

    The background counts as a constant 0.5; in a tie it wins, then the object that comes first.
    """
    background = torch.full_like(probabilities[:1], 0.5)
    return torch.cat([background, probabilities]).argmax(dim=0).to(torch.uint8)


def exclusive(probabilities: Tensor) -> Tensor:
    """Probabilities of N objects (N, H, W) that sum to at most one, with the labels of `merge_by_largest`.

    The largest at each pixel stays as it is; the others share what it lacks to certainty.
    """
    winner = probabilities.argmax(dim=0, keepdim=True)
    largest = probabilities.gather(0, winner)
    others = probabilities.scatter(0, winner, 0.0)
    share = ((1 - largest) / others.sum(dim=0, keepdim=True).clamp(min=1e-7)).clamp(max=1.0)
    return (others * share).scatter(0, winner, largest)
