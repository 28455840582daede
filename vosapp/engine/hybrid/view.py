"""What the hybrid network sees of a frame through one window, and what flow brings there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from vosapp.engine.hybrid.memory import Remembered
from vosapp.engine.hybrid.window import Window
from vosapp.engine.propagator import Probability
from vosapp.models.hybrid.decoder import Seen
from vosapp.models.hybrid.encoder import Features
from vosapp.models.hybrid.guidance import Moved, difference, warped
from vosapp.models.hybrid.network import Hybrid
from vosapp.video.source import RgbImage


class View(NamedTuple):
    """A frame through a window, computed once for all objects that are seen through it.

    Attributes:
        window: the window.
        picture: (1, 3, h, w) in 0..1.
        features: of the picture.
        described: (1, n, h / 4, w / 4) the samples of the appearance.
    """

    window: Window
    picture: Tensor
    features: Features
    described: Tensor


@dataclass(frozen=True, slots=True)
class Viewer:
    """Looks at frames with a network on a device."""

    network: Hybrid
    device: torch.device

    def look(self, rgb: RgbImage, window: Window) -> View:
        """A frame (height, width, 3) through a window."""
        picture = self.picture(rgb, window)
        features = self.network.encode(picture)
        return View(window, picture, features, self.network.appearance.describe(features))

    def picture(self, rgb: RgbImage, window: Window) -> Tensor:
        """The window of a frame, (1, 3, h, w) in 0..1."""
        tensor = self.tensor(window.rgb(rgb))
        return tensor.permute(2, 0, 1)[None].float().div(255).contiguous(memory_format=torch.channels_last)

    def masks(self, masks: Sequence[Probability | None], window: Window) -> Tensor:
        """The window of masks (height, width), (n, 1, h, w); None is an empty one."""
        empty = torch.zeros(window.height, window.width, device=self.device)
        return torch.stack([empty if mask is None else self.tensor(window.mask(mask)) for mask in masks])[:, None]

    def memorise(self, view: View, mask: Probability, others: Probability | None) -> Remembered:
        """What to remember of an object's mask (height, width) and the other objects'."""
        own, rest = self.masks([mask], view.window), self.masks([others], view.window)
        memory = self.network.memorise(view.features, own, rest)
        return Remembered(memory, self.network.appearance.learn(view.described, own))

    def recall(self, view: View, trusted: Remembered, recent: Remembered, top: int) -> Seen:
        """What an object's memories say of a view."""
        read = self.network.read(view.features, trusted.memory, recent.memory, top)
        return Seen(read, self.network.appearance.score(view.described, trusted.looks, recent.looks))

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


def brought(picture: Tensor, before: Before, flow: Tensor, advice: Tensor | None) -> Moved:
    """The frame before, moved along the flow (1, 2, h, w) to the present picture (1, 3, h, w) in one go.

    Args:
        picture: of the present frame.
        before: what is moved.
        flow: backward, in pixels of the view.
        advice: (n, 1, h, w); None: what was moved.
    """
    count = len(before.masks)
    layers = torch.cat([before.picture, before.masks.transpose(0, 1), before.others.transpose(0, 1)], 1)
    moved = warped(layers.contiguous(), flow)
    masks, others = (part.transpose(0, 1) for part in torch.split(moved[:, 3:], count, 1))
    unlike = difference(picture, moved[:, :3]).expand(count, -1, -1, -1)
    return Moved(masks, others, unlike, flow.expand(count, -1, -1, -1), masks if advice is None else advice)
