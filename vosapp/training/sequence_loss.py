"""The multi-task loss of S2S++ and HS2S."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

BALANCED_WEIGHT = 0.6
JACCARD_WEIGHT = 0.2
DISTANCE_WEIGHT = 0.2
_TINY = 1e-15


class FrameLoss(NamedTuple):
    """Parts of the loss of one frame, and their weighted sum; scalars."""

    balanced: Tensor
    jaccard: Tensor
    distance: Tensor
    total: Tensor


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


def frame_loss(logits: Tensor, labels: Tensor, distances: Tensor, classes: Tensor) -> FrameLoss:
    """The loss of one frame.

    Args:
        logits: (B, 1, H, W) of the mask.
        labels: (B, 1, H, W) of 0 and 1.
        distances: (B, K, H, W) logits of the border-distance classes.
        classes: (B, H, W) int64: the right class of each pixel.
    """
    balanced = balanced_cross_entropy(logits, labels)
    jaccard = jaccard_loss(logits, labels)
    distance = F.cross_entropy(distances, classes)
    total = BALANCED_WEIGHT * balanced + JACCARD_WEIGHT * jaccard + DISTANCE_WEIGHT * distance
    return FrameLoss(balanced, jaccard, distance, total)
