"""balanced_cross_entropy, jaccard_loss: parts of the multi-task loss of S2S++ and HS2S."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

_TINY = 1e-15


def balanced_cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Binary cross-entropy in which object and background weigh the same, a mean over all pixels.

    A batch without one of the two gives exactly zero: there is nothing to balance.

    Args:
        logits: (B, 1, H, W).
        labels: the same shape; at least 0.5 is object.
    """
    inside = (labels >= 0.5).to(logits.dtype)
    count = inside.numel()
    positives = inside.sum()
    negatives = count - positives
    found = (inside * F.softplus(-logits)).sum() * negatives / count
    left_out = ((1 - inside) * F.softplus(logits)).sum() * positives / count
    return (found + left_out) / count


def jaccard_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Minus the logarithm of the soft intersection over union of a batch (B, 1, H, W)."""
    found = torch.sigmoid(logits)
    intersection = (found * labels).sum()
    union = found.sum() + labels.sum() - intersection
    return -torch.log((intersection + _TINY) / (union + _TINY))
