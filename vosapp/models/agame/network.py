"""A-GAME as a whole: one picture at a time, any number of objects, its state passed in and returned."""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vosapp.models.agame.appearance import CHANNELS, Appearance, AppearanceModule, blend
from vosapp.models.agame.backbone import Backbone
from vosapp.models.agame.decoder import NARROW, Detail, FusionModule, SegmentationModule
from vosapp.models.agame.propagation import WIDTH, PropagationModule
from vosapp.models.backbones.classifiers import RESNET101, ResNetSize
from vosapp.models.preparing import dtype_of

STRIDE = 16
UPDATE_RATE = 0.1


class Picture(NamedTuple):
    """Part of the computation that one picture gives whatever the objects are.

    Attributes:
        s16: (1, 2048, h, w) backbone features.
        appearance: (1, 512, h, w) features of the appearance model.
        motion: (1, 512, h, w) the picture's part of the propagation's first layer.
        detail: the picture's part of the upsampling.
    """

    s16: Tensor
    appearance: Tensor
    motion: Tensor
    detail: Detail


class State(NamedTuple):
    """Recurrent state of N objects. Its size does not grow with the clip.

    Attributes:
        appearance: the Gaussians of each object.
        first: (N, 512, h, w) the first frame's part of the propagation.
        previous: (N, 2, h, w) background and foreground of each object on the previous frame.
    """

    appearance: Appearance
    first: Tensor
    previous: Tensor

    def take(self, indices: list[int]) -> State:
        """The state of some of the objects, in the order of `indices`."""
        appearance = Appearance(self.appearance.means[indices], self.appearance.variances[indices])
        return State(appearance, self.first[indices], self.previous[indices])

    def join(self, other: State) -> State:
        """The objects of both states, these first."""
        means = torch.cat([self.appearance.means, other.appearance.means])
        variances = torch.cat([self.appearance.variances, other.appearance.variances])
        first = torch.cat([self.first, other.first])
        return State(Appearance(means, variances), first, torch.cat([self.previous, other.previous]))


class Scores(NamedTuple):
    """Output of the network for N objects on one picture.

    Attributes:
        final: (N, 2, H, W) background and foreground scores.
        appearance: (N, 4, h, w) scores of the four Gaussians.
        motion: (N, 512, h, w) output of the propagation.
        fused: (N, 128, h, w).
    """

    final: Tensor
    appearance: Tensor
    motion: Tensor
    fused: Tensor


class AGame(nn.Module):
    """The network. Module names are the authors', so that their state dict loads.

    Args:
        size: of the backbone.
        channels: that the Gaussians live in.
        width, narrow: channels of propagation and fusion, and of the upsampling.
    """

    # Not offered in bfloat16, which changes too many labels even so; what reaches the mask directly would change three
    # times as many as the whole backbone does.
    exact_stages = ("appmod", "dynmod", "fusmod", "segmod")

    def __init__(
        self,
        size: ResNetSize = RESNET101,
        *,
        channels: int = CHANNELS,
        width: int = WIDTH,
        narrow: int = NARROW,
    ) -> None:
        super().__init__()
        s4, s8, _, s16 = size.channels
        self.backbone = Backbone(size)
        self.appmod = AppearanceModule(s16, channels)
        self.dynmod = PropagationModule(s16, width)
        self.fusmod = FusionModule(width, narrow)
        self.segmod = SegmentationModule(s8, s4, narrow)

    def look(self, image: Tensor) -> Picture:
        """Encodes one picture (1, 3, H, W); H and W multiples of 16, ImageNet normalisation."""
        features = self.backbone(image.to(dtype_of(self.backbone)))
        return Picture(
            features.s16,
            self.appmod.project(features.s16),
            self.dynmod.of_current(features.s16),
            self.segmod.detail(features.s4, features.s8),
        )

    def start(self, picture: Picture, maps: Tensor) -> State:
        """State of N objects whose masks on this picture are given.

        Args:
            picture: from `look`.
            maps: (N, 2, h, w) at 1/16: from `pool`.
        """
        first = self.dynmod.of_first(picture.s16, maps.to(picture.motion.dtype))
        return State(self.appmod.fit(picture.appearance, maps.float()), first, maps)

    def scores(self, picture: Picture, state: State) -> Scores:
        """Segments the state's objects on a picture."""
        appearance = self.appmod.score(picture.appearance, state.appearance)
        dtype = picture.motion.dtype
        motion = self.dynmod(picture.motion, state.first, state.previous.to(dtype))
        fused = self.fusmod(appearance.to(dtype), motion)
        return Scores(self.segmod(fused, picture.detail), appearance, motion, fused)

    def update(self, picture: Picture, state: State, maps: Tensor, rate: float = UPDATE_RATE) -> State:
        """The state after a frame, given the maps (N, 2, h, w) that were found on it."""
        appearance = blend(state.appearance, self.appmod.fit(picture.appearance, maps.float()), rate)
        return State(appearance, state.first, maps)


def foreground(scores: Tensor) -> Tensor:
    """Foreground probability (N, H, W) from final scores (N, 2, H, W), float32."""
    return torch.softmax(scores.float(), dim=1)[:, 1]


def pool(probabilities: Tensor) -> Tensor:
    """Maps (N, 2, h, w) at 1/16 of foreground probabilities (N, H, W)."""
    return F.avg_pool2d(torch.stack([1 - probabilities, probabilities], dim=1), STRIDE)


def build() -> AGame:
    """A-GAME without weights, in evaluation mode."""
    return AGame().eval()
