"""VGG-16 as the S2S networks use it: its five pooled maps."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor, nn

from vosapp.models.backbones.classifiers import VGG16_WIDTHS, vgg16_groups

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)


class Maps(NamedTuple):
    """Outputs of the five groups after their pooling: `f0` (64 channels) at 1/2 to `f4` (512) at 1/32."""

    f0: Tensor
    f1: Tensor
    f2: Tensor
    f3: Tensor
    f4: Tensor


class Trunk(nn.Module):
    """The convolutional part of VGG-16, without batch norm.

    Args:
        channels: of the input: 3, or 4 with a mask beside the picture.
        widths: channels of the groups.
    """

    def __init__(self, channels: int = 3, widths: tuple[int, ...] = VGG16_WIDTHS) -> None:
        super().__init__()
        self.encoder = vgg16_groups(widths)
        if channels != 3:
            first = self.encoder[0]
            if not isinstance(first, nn.Sequential):
                raise TypeError("a group of VGG-16 is a sequence of layers")
            first[0] = nn.Conv2d(channels, widths[0], 3, padding=1)

    def forward(self, x: Tensor) -> Maps:
        """The maps of (N, channels, H, W); H and W multiples of 32."""
        maps = []
        for group in self.encoder:
            x = group(x)
            maps.append(x)
        return Maps(*maps)


def normalise(rgb: Tensor) -> Tensor:
    """Takes ImageNet's mean and deviation out of (N, 3, H, W) in 0..1."""
    mean, std = (rgb.new_tensor(values).view(1, 3, 1, 1) for values in (MEAN, STD))
    return (rgb - mean) / std
