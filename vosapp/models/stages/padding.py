"""Fitting a picture to the sizes a network can take."""

from __future__ import annotations

from typing import NamedTuple

import torch.nn.functional as F
from torch import Tensor


class Padding(NamedTuple):
    """Rows and columns added on each side of a picture, in pixels."""

    top: int
    bottom: int
    left: int
    right: int

    def pad(self, x: Tensor) -> Tensor:
        """Adds zeros around (..., H, W)."""
        return F.pad(x, (self.left, self.right, self.top, self.bottom))

    def crop(self, x: Tensor) -> Tensor:
        """Takes the added pixels away from (..., H, W)."""
        height, width = x.shape[-2:]
        return x[..., self.top : height - self.bottom, self.left : width - self.right]


def centred(added: tuple[int, int]) -> Padding:
    """Padding of so many rows and columns, the odd one at the bottom and at the right."""
    rows, columns = added
    return Padding(rows // 2, rows - rows // 2, columns // 2, columns - columns // 2)


def resize(x: Tensor, size: tuple[int, int], *, antialias: bool = False) -> Tensor:
    """Bilinear resizing of (..., C, H, W) or (N, H, W) with pixel centres at half pixels."""
    if x.shape[-2:] == size:
        return x
    batch = x if x.dim() == 4 else x.unsqueeze(1)
    resized = F.interpolate(batch, size=size, mode="bilinear", align_corners=False, antialias=antialias)
    return resized if x.dim() == 4 else resized.squeeze(1)
