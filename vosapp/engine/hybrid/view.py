"""Viewer: shows frames to the hybrid network through windows, and asks its memories about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from torch import Tensor

from vosapp.engine.hybrid.memory import Remembered
from vosapp.engine.hybrid.window import Window
from vosapp.engine.hybrid.window_tensors import WindowTensors
from vosapp.engine.propagator import Probability
from vosapp.models.hybrid.decoder import Seen
from vosapp.models.hybrid.encoder import Features
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
    """Looks at frames with a network."""

    network: Hybrid
    tensors: WindowTensors

    def look(self, rgb: RgbImage, window: Window) -> View:
        """A frame (height, width, 3) through a window."""
        picture = self.tensors.picture(rgb, window)
        features = self.network.encode(picture)
        return View(window, picture, features, self.network.appearance.describe(features))

    def memorise(self, view: View, mask: Probability, others: Probability | None) -> Remembered:
        """What to remember of an object's mask (height, width) and the other objects'."""
        own, rest = self.tensors.masks([mask], view.window), self.tensors.masks([others], view.window)
        memory = self.network.memorise(view.features, own, rest)
        return Remembered(memory, self.network.appearance.learn(view.described, own))

    def recall(self, view: View, trusted: Remembered, recent: Remembered) -> Seen:
        """What an object's memories say of a view."""
        read = self.network.read(view.features, trusted.memory, recent.memory)
        return Seen(read, self.network.appearance.score(view.described, trusted.looks, recent.looks))
