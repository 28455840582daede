"""Softmax aggregation: turns what a network says of each object alone into probabilities that sum to one."""

from __future__ import annotations

import torch
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


def aggregate(objects: Tensor, union: Tensor) -> Tensor:
    """Probabilities of N objects that with the background sum to one.

    Args:
        objects: (N, H, W), each found for itself.
        union: (G, H, W) whose least background, 1 minus it, is the background. RGMP has one stream that carries all
            objects as one, or one for each reference frame; A-GAME takes the objects themselves.

    Returns:
        (N, H, W), the background left out.
    """
    background = (1 - union).amin(dim=0, keepdim=True)
    return softmax_aggregation(torch.cat([background, objects]))[1:]
