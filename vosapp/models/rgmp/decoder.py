"""RGMP's decoder: match the target with the reference, then refine to a quarter of the resolution."""

from __future__ import annotations

from typing import NamedTuple

import torch.nn.functional as F
from torch import Tensor, nn

from vosapp.models.rgmp.encoder import Features
from vosapp.models.stages.global_convolution import Contribution, GlobalConvolution
from vosapp.models.stages.refinement import Refinement, residual, upsample


class Pyramid(NamedTuple):
    """The decoder's maps, all `width` channels: `m5` at 1/32 to `m2` at 1/4."""

    m5: Tensor
    m4: Tensor
    m3: Tensor
    m2: Tensor


class Decoder(nn.Module):
    """Global convolution block, three refinement modules and a two-channel head.

    The heads of the coarser maps are there for deep supervision; only the finest makes the result.

    Args:
        channels: of `r5`, `r4`, `r3`, `r2`.
        width: of everything in the decoder.
        align_corners: of all upsampling. True reproduces PyTorch before 0.4, which the authors trained with.
    """

    def __init__(
        self, channels: tuple[int, int, int, int] = (2048, 1024, 512, 256), width: int = 256, *, align_corners: bool
    ) -> None:
        super().__init__()
        self.align_corners = align_corners
        r5, r4, r3, r2 = channels
        self.GC = GlobalConvolution(2 * r5, middle=width, out=width)
        self.convG1 = nn.Conv2d(width, width, 3, padding=1)
        self.convG2 = nn.Conv2d(width, width, 3, padding=1)
        self.RF4 = Refinement(r4, width, align_corners=align_corners)
        self.RF3 = Refinement(r3, width, align_corners=align_corners)
        self.RF2 = Refinement(r2, width, align_corners=align_corners)
        self.pred5 = nn.Conv2d(width, 2, 3, padding=1)
        self.pred4 = nn.Conv2d(width, 2, 3, padding=1)
        self.pred3 = nn.Conv2d(width, 2, 3, padding=1)
        self.pred2 = nn.Conv2d(width, 2, 3, padding=1)

    def reference(self, r5: Tensor) -> Contribution:
        """What a reference frame's `r5` adds to the global convolution; computed once per reference."""
        return self.GC.contribution(r5, r5.shape[1])

    def match(self, r5: Tensor, reference: Contribution) -> Tensor:
        """The global convolution block: `m5` from the target's `r5` and the reference."""
        matched = self.GC.finish(self.GC.contribution(r5, 0).plus(reference))
        return residual(matched, self.convG1, self.convG2)

    def refine(self, m5: Tensor, target: Features) -> Pyramid:
        """The refinement modules, coarse to fine."""
        m4 = self.RF4(target.r4, m5)
        m3 = self.RF3(target.r3, m4)
        return Pyramid(m5, m4, m3, self.RF2(target.r2, m3))

    def heads(self, pyramid: Pyramid) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Two-channel scores at 1/32, 1/16, 1/8 and 1/4, for training with supervision of every scale."""
        return (
            self.pred5(F.relu(pyramid.m5)),
            self.pred4(F.relu(pyramid.m4)),
            self.pred3(F.relu(pyramid.m3)),
            self.pred2(F.relu(pyramid.m2)),
        )

    def finest(self, m2: Tensor) -> Tensor:
        """Logits (N, 2, H, W), float32, from `m2` at a quarter of the size; channel 1 is the object."""
        scores: Tensor = self.pred2(F.relu(m2))
        return upsample(scores.float(), 4, align_corners=self.align_corners)

    def forward(self, target: Features, reference: Contribution) -> Tensor:
        """Logits (N, 2, H, W) of N targets, each with its own reference."""
        return self.finest(self.refine(self.match(target.r5, reference), target).m2)
