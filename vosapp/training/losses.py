"""Losses on soft masks."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def weighted_cross_entropy(logits: Tensor, truth: Tensor, weight: Tensor) -> Tensor:
    """Binary cross-entropy, the mean of each picture weighted pixel by pixel.

    Args:
        logits: (B, 1, H, W).
        truth: the same shape, 0..1.
        weight: the same shape, positive.

    Returns:
        (B,) losses.
    """
    losses = F.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    return (losses * weight).sum((1, 2, 3)) / weight.sum((1, 2, 3))


def soft_jaccard_loss(logits: Tensor, truth: Tensor) -> Tensor:
    """(B,): 1 - intersection over union of soft masks (B, 1, H, W); 0 where both are empty."""
    probability = logits.sigmoid()
    both = (probability * truth).sum((1, 2, 3))
    either = (probability + truth).sum((1, 2, 3)) - both
    return 1 - (both + 1) / (either + 1)


def attention_weight(truth: Tensor, guess: Tensor) -> Tensor:
    """Where to look: everywhere a little, three times as much along the true outline, more where the guess is wrong.

    Args:
        truth: (B, 1, H, W) in 0..1.
        guess: what was there to start from, the same shape.
    """
    edge = F.max_pool2d(truth, 5, 1, 2) + F.max_pool2d(-truth, 5, 1, 2)
    return 1 + 3 * edge + 2 * (truth - guess).abs()


def jaccard(logits: Tensor, truth: Tensor) -> Tensor:
    """(B,) intersection over union of masks cut at one half; 1 where both are empty."""
    inside, true = logits > 0, truth >= 0.5
    both = (inside & true).sum((1, 2, 3)).float()
    either = (inside | true).sum((1, 2, 3)).float()
    return torch.where(either > 0, both / either.clamp(min=1), torch.ones_like(both))
