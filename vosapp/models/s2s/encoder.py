"""The encoder of S2S: one picture, the same result for every object in it."""

from __future__ import annotations

from typing import NamedTuple, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vosapp.models.backbones.classifiers import VGG16_WIDTHS
from vosapp.models.s2s.trunk import Maps, Trunk

FULLY_CONNECTED = 4096 * 49  # channels of the authors' fully connected layer, read as a 1x1 convolution
_BLOCK = 16384  # of those channels at once: 7 MB of activations instead of 90 MB at 256x448


class Look(NamedTuple):
    """Part of the computation that a picture gives whatever the objects are.

    Attributes:
        code: (1, 512, H/32, W/32), the input of the first memory.
        maps: of the trunk.
    """

    code: Tensor
    maps: Maps


class WidePair(nn.Sequential):
    """Two 1x1 convolutions with a very wide layer between them, which is made and used up block by block.

    Args:
        channels: of input and output.
        wide: channels between the convolutions.
    """

    uses_plain_weights = True

    def __init__(self, channels: int, wide: int) -> None:
        super().__init__(nn.Conv2d(channels, wide, 1), nn.ReLU(), nn.Conv2d(wide, channels, 1))

    def forward(self, x: Tensor) -> Tensor:
        """(N, channels, h, w) to the same shape, as the layers one after the other would give."""
        first, last = cast(nn.Conv2d, self[0]), cast(nn.Conv2d, self[2])
        if first.bias is None or last.bias is None:
            raise TypeError("the pair of 1x1 convolutions has biases")
        columns = x.to(first.weight.dtype).permute(1, 0, 2, 3).flatten(1)  # (C, N * h * w)
        blocks = zip(  # split at once: the gradient of a slice would be as large as the whole weight, for each block
            torch.split(first.weight.flatten(1), _BLOCK),
            torch.split(first.bias.unsqueeze(1), _BLOCK),
            torch.split(last.weight.flatten(1), _BLOCK, dim=1),
            strict=True,
        )
        total = last.bias.unsqueeze(1).expand(-1, columns.shape[1])
        for inward, bias, outward in blocks:
            total = total.addmm(outward, F.relu(bias.addmm(inward, columns)))
        return total.reshape(-1, x.shape[0], x.shape[2], x.shape[3]).permute(1, 0, 2, 3)


class Encoder(nn.Module):
    """VGG-16 and a very wide pair of 1x1 convolutions.

    Args:
        widths: channels of the trunk's groups.
        wide: channels between the two 1x1 convolutions.
    """

    def __init__(self, widths: tuple[int, ...] = VGG16_WIDTHS, *, wide: int = FULLY_CONNECTED) -> None:
        super().__init__()
        self.vgg_backbone = Trunk(3, widths)
        self.out = WidePair(widths[4], wide)

    def forward(self, image: Tensor) -> Look:
        """Looks at a normalised picture (N, 3, H, W); H and W multiples of 32."""
        maps = self.vgg_backbone(image)
        return Look(F.relu(self.out(maps.f4)), maps)
