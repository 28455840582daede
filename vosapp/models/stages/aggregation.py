"""Softmax aggregation: turns what a network says of each object alone into probabilities that sum to one."""

from __future__ import annotations

from torch import Tensor

CLAMP = 1e-7  # keeps the odds of a probability of exactly one finite


def softmax_aggregation(probabilities: Tensor) -> Tensor:
    """Equation 1 of the RGMP paper: the softmax of the logits of probabilities that were found one by one.

    Args:
        probabilities: (channels, ...) in 0..1; the background is one of the channels, its place does not matter.

    Returns:
        The same shape, summing to one over the channels.
    """
    clamped = probabilities.clamp(CLAMP, 1 - CLAMP)
    odds = clamped / (1 - clamped)
    return odds / odds.sum(dim=0, keepdim=True)
