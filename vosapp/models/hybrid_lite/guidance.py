"""Guidance: the previous soft mask moved to this frame by optical flow, and how far to believe it."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from vosapp.models.hybrid.guidance import apart

MAPS = 5


class Carried(NamedTuple):
    """What flow brings from the frame before, all in the pixels of this frame.

    Attributes:
        mask: (B, 1, H, W) the object's soft mask in 0..1.
        others: (B, 1, H, W) the other objects' soft mask.
        mismatch: (B, 1, H, W) how much the moved picture differs from this one, in 0..1.
        flow: (B, 2, H, W) backward flow in pixels.
    """

    mask: Tensor
    others: Tensor
    mismatch: Tensor
    flow: Tensor


def maps_of(carried: Carried) -> Tensor:
    """(B, 5, H/2, W/2): mask, others, mismatch, whether a pixel moves unlike the object or the rest."""
    mask, others, difference, flow = (F.avg_pool2d(m.float(), 2) for m in carried)
    return torch.cat([mask, others, difference, apart(flow, mask), apart(flow, 1 - mask)], 1)
