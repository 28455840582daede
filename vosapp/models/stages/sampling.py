"""Resizing pictures to a network's own size exactly as the image library of the authors' scripts does."""

from __future__ import annotations

import functools

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

_PRECISION_BITS = 22
_ONE = 1 << _PRECISION_BITS
_HALF = _ONE >> 1


def sample_picture(rgb: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Resizes (H, W, 3) uint8 to (height, width) with a triangle filter that widens as the picture shrinks.

    It works in whole numbers and rounds after each of the two directions, as Pillow's bilinear filter does, whose
    result this is to the last bit: a network trained on such pictures sees no other ones.
    """
    height, width = size
    across = _along_rows(rgb, width)
    down = _along_rows(np.ascontiguousarray(across.transpose(1, 0, 2)), height)
    return np.ascontiguousarray(down.transpose(1, 0, 2))


def sample_mask(mask: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    """Resizes (H, W) to (height, width) taking the nearest pixel."""
    rows, columns = (
        ((np.arange(new) + 0.5) * (old / new)).astype(np.intp) for new, old in zip(size, mask.shape, strict=True)
    )
    return np.ascontiguousarray(mask[rows[:, None], columns[None, :]])


def to_tensor(rgb: NDArray[np.uint8]) -> Tensor:
    """A picture (H, W, 3) uint8 as (1, 3, H, W) float32 in 0..1."""
    return torch.from_numpy(np.ascontiguousarray(rgb.transpose(2, 0, 1))).unsqueeze(0).float().div_(255)


def _along_rows(picture: NDArray[np.uint8], width: int) -> NDArray[np.uint8]:
    """Resizes each row of (H, W, C) to `width` pixels."""
    if picture.shape[1] == width:
        return picture
    positions, weights = _taps(picture.shape[1], width)
    total = np.full((picture.shape[0], width, picture.shape[2]), _HALF, np.int32)
    for tap in range(positions.shape[0]):
        total += picture[:, positions[tap]].astype(np.int32) * weights[tap, :, None]
    return (total >> _PRECISION_BITS).astype(np.uint8)


@functools.lru_cache(maxsize=8)
def _taps(old: int, new: int) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
    """Which pixels make each new pixel and by how much: two arrays (taps, new); weights are parts of 2**22."""
    scale = old / new
    support = max(scale, 1.0)
    centres = (np.arange(new) + 0.5) * scale
    first = np.maximum((centres - support + 0.5).astype(np.intp), 0)
    last = np.minimum((centres + support + 0.5).astype(np.intp), old)
    offsets = np.arange(int((last - first).max()))[:, None]
    positions = first + offsets
    shape = np.clip(1 - np.abs((positions - centres + 0.5) / support), 0, None) * (positions < last)
    weights = np.floor(shape / shape.sum(axis=0) * _ONE + 0.5).astype(np.int32)
    return np.minimum(positions, old - 1), weights
