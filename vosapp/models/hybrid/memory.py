"""Memory: what the objects looked like on trusted and on recent frames, and how it is read.

Keys depend on the picture alone; a place of the present frame finds the places of remembered frames that look alike
and takes over, weighted by likeness, what stood there. Likeness is the negative squared distance of keys, after
space-time correspondence networks (Cheng et al., NeurIPS 2021).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vosapp.models.hybrid.encoder import Features
from vosapp.models.hybrid.layers import ConvNorm
from vosapp.models.hybrid.reading import read_in_parts

CELL = 8  # side in pixels of a place in memory
_SUBCELLS = 2  # the mask is kept at this many values across a place
MASK_CHANNELS = _SUBCELLS**2 + 1


class Memory(NamedTuple):
    """Remembered places of one or more frames.

    Attributes:
        key: (B, keys, N).
        value: (B, values, N); the first MASK_CHANNELS are the mask's 2x2 parts and the other objects' mask.
    """

    key: Tensor
    value: Tensor


def joined(memories: list[Memory]) -> Memory:
    """Several frames as one memory."""
    return Memory(torch.cat([m.key for m in memories], 2), torch.cat([m.value for m in memories], 2))


class ValueEncoder(nn.Module):
    """What to remember of an object at each place: its mask, and learnt values from picture and mask."""

    def __init__(self, features: int, values: int) -> None:
        super().__init__()
        self.mix = nn.Sequential(ConvNorm(features + MASK_CHANNELS, values), nn.Conv2d(values, values, 3, 1, 1))

    def forward(self, features: Features, mask: Tensor, others: Tensor) -> Memory:
        """Remembers masks (B, 1, H, W) of an object and of the other objects on the frames of the features."""
        parts = F.pixel_unshuffle(F.avg_pool2d(mask, CELL // _SUBCELLS), _SUBCELLS)
        plain = torch.cat([parts, F.avg_pool2d(others, CELL)], 1)
        learnt = self.mix(torch.cat([features.eighth, plain.to(features.eighth.dtype)], 1))
        value = torch.cat([plain.float(), learnt.float()], 1)
        return Memory(features.key.flatten(2).float(), value.flatten(2))


class Reader(nn.Module):
    """Reads memory at every place of the present frame."""

    exact_parameters = ("sharpness",)

    def __init__(self, keys: int) -> None:
        super().__init__()
        self.scale = 1 / math.sqrt(keys)
        self.sharpness = nn.Parameter(torch.zeros(()))

    def forward(self, key: Tensor, memory: Memory, top: int = 0) -> Tensor:
        """What memory says of each place.

        Args:
            key: (B, keys, h, w) of the present frame.
            memory: of the same B objects.
            top: how many of the most alike places count; 0: all.

        Returns:
            (B, values + 1, h, w): the values read, then how alike the best place is (0 the same, negative less).
        """
        height, width = key.shape[-2:]
        query = key.flatten(2).float()
        scale = self.scale * self.sharpness.exp()
        picks = 0 < top < memory.key.shape[2]
        if not picks and query.device.type == "cpu" and not torch.is_grad_enabled():
            objects = zip(query.transpose(1, 2), memory.key, memory.value, strict=True)
            whole = torch.stack([read_in_parts(*one, float(scale)) for one in objects])
            whole[..., -1] = whole[..., -1].clamp(min=-10) * 0.2
            return whole.view(len(whole), height, width, -1).permute(0, 3, 1, 2)
        # The query's own length changes nothing between places, so it is left out here and added to the best alone.
        length = memory.key.square().sum(1, keepdim=True) * -scale
        likeness = torch.baddbmm(length, query.transpose(1, 2) * (2 * scale), memory.key)  # (B, h w, N)
        best = likeness.amax(2) - query.square().sum(1) * scale
        if picks:
            likeness, places = likeness.topk(top, dim=2)
            weights = likeness.softmax(2)
            sparse = torch.zeros(*weights.shape[:2], memory.key.shape[2], device=weights.device)
            weights = sparse.scatter_(2, places, weights)
        else:
            weights = likeness.softmax(2)
        read = memory.value @ weights.transpose(1, 2)
        whole = torch.cat([read, best.unsqueeze(1).clamp(min=-10) * 0.2], 1)
        return whole.reshape(*whole.shape[:2], height, width)
