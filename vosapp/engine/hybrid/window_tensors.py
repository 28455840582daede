"""WindowTensors: what both hybrid engines give their networks of a frame through a window, and the frame before it."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from vosapp.core.document import ObjectId
from vosapp.engine.hybrid.window import Window, view_between
from vosapp.engine.propagator import Probability
from vosapp.models.hybrid.guidance import difference, shrunk_flow, warped
from vosapp.models.hybrid.memory import CELL
from vosapp.video.source import RgbImage


@dataclass(frozen=True, slots=True)
class WindowTensors:
    """Makes tensors of frames and masks through windows, on a device."""

    device: torch.device

    def picture(self, rgb: RgbImage, window: Window) -> Tensor:
        """The window of a frame, (1, 3, h, w) in 0..1."""
        tensor = self.tensor(window.rgb(rgb))
        return tensor.permute(2, 0, 1)[None].float().div(255).contiguous(memory_format=torch.channels_last)

    def masks(self, masks: Sequence[Probability | None], window: Window) -> Tensor:
        """The window of masks (height, width), (n, 1, h, w); None is an empty one."""
        empty = torch.zeros(window.height, window.width, device=self.device)
        return torch.stack([empty if mask is None else self.tensor(window.mask(mask)) for mask in masks])[:, None]

    def tensor(self, array: np.ndarray) -> Tensor:
        """An array on the device."""
        return torch.from_numpy(np.ascontiguousarray(array)).to(self.device)


class Before(NamedTuple):
    """The frame before through the present window.

    Attributes:
        picture: (1, 3, h, w) in 0..1.
        masks: (n, 1, h, w) of the objects.
        others: (n, 1, h, w) of the other objects, for each.
    """

    picture: Tensor
    masks: Tensor
    others: Tensor


def moved_along(picture: Tensor, before: Before, flow: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The frame before, moved along the backward flow (1, 2, h, w) to the present picture (1, 3, h, w) in one go.

    Returns:
        (n, 1, h, w) each: the objects' masks, the others' masks, and how much the moved picture differs.
    """
    count = len(before.masks)
    layers = torch.cat([before.picture, before.masks.transpose(0, 1), before.others.transpose(0, 1)], 1)
    moved = warped(layers.contiguous(), flow)
    masks, others = (part.transpose(0, 1) for part in torch.split(moved[:, 3:], count, 1))
    return masks, others, difference(picture, moved[:, :3]).expand(count, -1, -1, -1)


def moved_state(state: Tensor, windows: tuple[Window, Window], flow: Tensor) -> Tensor:
    """A recurrent state (1, states, h / 8, w / 8) moved to the present frame.

    Args:
        state: as it was seen through the first window.
        windows: of the frame before and of the present one.
        flow: (1, 2, h, w) backward, in pixels of the present window.
    """
    old, new = windows
    theta = torch.tensor([view_between(new, old)], dtype=torch.float32, device=flow.device)
    grid = F.affine_grid(theta, [1, 1, new.height // CELL, new.width // CELL], align_corners=False)
    return warped(F.grid_sample(state, grid, align_corners=False), shrunk_flow(flow, CELL))


def others_of(masks: Mapping[ObjectId, Probability], object_id: ObjectId) -> Probability | None:
    """What the other objects cover, (height, width); None when there are none."""
    others = [mask for other, mask in masks.items() if other != object_id]
    return functools.reduce(np.maximum, others) if others else None


def array_of(tensor: Tensor) -> Probability:
    """A tensor as a float32 array in the computer's memory."""
    return np.asarray(tensor.float().cpu().numpy(), np.float32)
