"""The initializer of S2S: turns the picture and the mask of a first frame into the state of the memories."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vosapp.models.backbones.classifiers import VGG16_WIDTHS
from vosapp.models.s2s.trunk import Trunk
from vosapp.models.stages.conv_lstm import LSTMState
from vosapp.models.stages.refinement import upsample

MIDDLE = 4096


class Initializer(nn.Module):
    """VGG-16 with a mask channel, whose deepest map makes the first memory's state and, enlarged, the others'.

    Args:
        memories: how many states to make: 1 (at 1/32), 2 (and 1/16) or 3 (and 1/8).
        widths: channels of the trunk's groups.
        middle: channels of the layers behind the trunk.
    """

    def __init__(self, memories: int = 3, *, widths: tuple[int, ...] = VGG16_WIDTHS, middle: int = MIDDLE) -> None:
        super().__init__()
        self.memories = memories
        _, _, third, fourth, fifth = widths
        self.vgg_backbone = Trunk(4, widths)
        self.mid_layer = nn.Sequential(
            nn.Conv2d(fifth, middle, 7, padding=3), nn.ReLU(), nn.Conv2d(middle, middle, 1), nn.ReLU()
        )
        self.h_1, self.c_1 = nn.Conv2d(middle, fifth, 1), nn.Conv2d(middle, fifth, 1)
        if memories >= 2:
            self.reduce_conv = nn.Conv2d(middle, fifth, 1)
            self.upsample_conv = nn.Conv2d(fifth, fourth, 3, padding=1)
            self.cat_conv = nn.Conv2d(2 * fourth, fourth, 1)
            self.h_2, self.c_2 = nn.Conv2d(fourth, fourth, 1), nn.Conv2d(fourth, fourth, 1)
        if memories >= 3:
            self.upsample_conv_2 = nn.Conv2d(fourth, third, 3, padding=1)
            self.cat_conv_2 = nn.Conv2d(2 * third, third, 1)
            self.h_3, self.c_3 = nn.Conv2d(third, third, 1), nn.Conv2d(third, third, 1)

    def forward(self, image: Tensor, masks: Tensor) -> tuple[LSTMState, ...]:
        """States of N objects, coarse to fine.

        Args:
            image: (1, 3, H, W), normalised; H and W multiples of 32.
            masks: (N, H, W) of 0 and 1.
        """
        together = torch.cat([image.expand(masks.shape[0], -1, -1, -1), masks.unsqueeze(1).to(image.dtype)], dim=1)
        maps = self.vgg_backbone(together)
        deep = self.mid_layer(maps.f4)
        states = [_state(deep, self.h_1, self.c_1)]
        if self.memories >= 2:
            deep = self._finer(F.relu(self.reduce_conv(deep)), maps.f3, self.upsample_conv, self.cat_conv)
            states.append(_state(deep, self.h_2, self.c_2))
        if self.memories >= 3:
            deep = self._finer(deep, maps.f2, self.upsample_conv_2, self.cat_conv_2)
            states.append(_state(deep, self.h_3, self.c_3))
        return tuple(states)

    @staticmethod
    def _finer(coarse: Tensor, skip: Tensor, widen: nn.Module, mix: nn.Module) -> Tensor:
        enlarged = F.relu(widen(upsample(coarse, 2, align_corners=True)))
        return F.relu(mix(torch.cat([enlarged, skip], dim=1)))


def _state(x: Tensor, hidden: nn.Module, cell: nn.Module) -> LSTMState:
    return LSTMState(F.relu(hidden(x)), F.relu(cell(x)).float())
