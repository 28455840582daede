"""Fits frames of any size to what a network takes, and its answers back to the frame."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from vosapp.engine.propagator import Probability
from vosapp.models.stages.padding import Padding, resize
from vosapp.video.source import RgbImage

MEAN = (0.485, 0.456, 0.406)
DEVIATION = (0.229, 0.224, 0.225)


@dataclass(frozen=True, slots=True)
class Letterbox:
    """Fits frames of one size into a network: shrinks large ones, then pads by reflection.

    Attributes:
        size: (height, width) of the frames.
        inner: (height, width) that the picture itself has inside the network.
        padding: what is added around it.
        device: where the network is.
    """

    size: tuple[int, int]
    inner: tuple[int, int]
    padding: Padding
    device: torch.device

    @classmethod
    def reflecting(cls, size: tuple[int, int], *, multiple: int, short_side: int, device: torch.device) -> Letterbox:
        """For a network that takes multiples of `multiple`.

        The odd pixel of padding goes to the top and the left, as A-GAME's authors do it.

        Args:
            size: (height, width) of the frames.
            multiple: what height and width must be divisible by.
            short_side: larger frames are shrunk until their shorter side has so many pixels; 0 never shrinks.
            device: where the network is.
        """
        scale = min(1.0, short_side / min(size)) if short_side else 1.0
        inner = (max(1, round(size[0] * scale)), max(1, round(size[1] * scale)))
        rows, columns = (-side % multiple for side in inner)
        padding = Padding((rows + 1) // 2, rows // 2, (columns + 1) // 2, columns // 2)
        return cls(size, inner, padding, device)

    def image(self, rgb: RgbImage) -> Tensor:
        """A frame (H, W, 3) as (1, 3, h, w) float32, ImageNet's mean and deviation taken out."""
        picture = torch.tensor(rgb, device=self.device).permute(2, 0, 1)[None].float() / 255
        picture = resize(picture, self.inner, antialias=True)
        mean, deviation = (picture.new_tensor(values)[:, None, None] for values in (MEAN, DEVIATION))
        return self._pad((picture - mean) / deviation)

    def masks(self, masks: Iterable[Probability]) -> Tensor:
        """Masks (H, W) of at least one object as (N, h, w)."""
        stacked = torch.from_numpy(np.stack([np.asarray(mask, np.float32) for mask in masks])).to(self.device)
        return self._pad(resize(stacked, self.inner, antialias=True)[None])[0]

    def frames(self, probabilities: Tensor) -> NDArray[np.float32]:
        """Probabilities (N, h, w) at the size of the frames, (N, H, W)."""
        cut = self.padding.crop(probabilities.float())
        answer: NDArray[np.float32] = resize(cut, self.size).clamp(0, 1).cpu().numpy()
        return answer

    def _pad(self, x: Tensor) -> Tensor:
        """Pads (1, C, h, w); pictures too small to be reflected have their border repeated."""
        top, bottom, left, right = self.padding
        fits = max(top, bottom) < self.inner[0] and max(left, right) < self.inner[1]
        return F.pad(x, (left, right, top, bottom), mode="reflect" if fits else "replicate")
