"""SkipDecoder: steps up in resolution and the two heads of S2S, S2S++ and HS2S."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vosapp.models.stages.refinement import upsample

DISTANCE_CLASSES = 42


class Decoded(NamedTuple):
    """Output of a decoder for N objects.

    Attributes:
        logits: (N, 1, H, W) float32, of the mask.
        distances: (N, 42, H, W) logits of the border-distance classes; None for a network without that head.
    """

    logits: Tensor
    distances: Tensor | None

    @property
    def probabilities(self) -> Tensor:
        """(N, H, W) in 0..1."""
        return torch.sigmoid(self.logits.float()).squeeze(1)


class SkipDecoder(nn.Module):
    """Base of the decoders. One step up is: concatenate, 1x1 convolution, enlarge by two, 5x5 convolution.

    Args:
        width: channels at full resolution.
        border_distances: whether the network also classifies how far each pixel is from the border, and uses it.
        align_corners: how maps are enlarged.
    """

    def __init__(self, width: int, *, border_distances: bool, align_corners: bool) -> None:
        super().__init__()
        self.align_corners = align_corners
        branches = 2 if border_distances else 1
        self.distance_classifier_ = nn.Conv2d(width, DISTANCE_CLASSES, 3, padding=1) if border_distances else None
        self.segmentation_branch_ = nn.Conv2d(width, DISTANCE_CLASSES, 3, padding=1)
        self.merge_ = nn.Conv2d(branches * DISTANCE_CLASSES, 1, 1)

    def step_up(self, parts: Sequence[Tensor], mix: nn.Module, widen: nn.Module) -> Tensor:
        """One step: maps (N or 1, C_i, H, W) of one resolution to (N, C, 2H, 2W). Maps of one belong to all objects."""
        objects = max(part.shape[0] for part in parts)
        together = torch.cat([part.expand(objects, -1, -1, -1) for part in parts], dim=1)
        mixed = F.relu(mix(together))
        return F.relu(widen(upsample(mixed, 2, align_corners=self.align_corners)))

    def read_out(self, x: Tensor) -> Decoded:
        """The heads: (N, width, H, W) at full resolution to logits."""
        features = self.segmentation_branch_(x)
        if self.distance_classifier_ is None:
            return Decoded(self.merge_(F.relu(features)), None)
        distances = self.distance_classifier_(x)
        return Decoded(self.merge_(F.relu(torch.cat([distances, features], dim=1))), distances)
