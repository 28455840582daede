"""Backbones of the papers: torchvision's networks, without pretrained weights and ready to be modified in place.

Every network here gets its weights from a file of its own, so nothing is ever downloaded. torchvision is imported
inside a function: reading the list of networks must not load it.
"""

from __future__ import annotations

import functools
import importlib
import sys
import warnings
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import torch
from torch import nn

# Operators that torchvision's Python files expect its compiled library to have declared.
_SCHEMAS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)
_declared: list[torch.library.Library] = []  # a declaration lasts as long as its library object


@functools.cache
def torchvision_models() -> ModuleType:
    """The module `torchvision.models`.

    A torchvision whose compiled operators were built for CUDA does not import beside a torch without CUDA: its
    operators are not there to be described. The classification networks are pure Python and use none of them, so
    the operators are declared (never defined) and the import is done again.

    Raises:
        ImportError: torchvision is not installed.
        RuntimeError: it cannot be imported for another reason.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its optional image extension may be missing; nothing here reads images
        try:
            return importlib.import_module("torchvision.models")
        except RuntimeError as error:
            if "torchvision::" not in str(error):
                raise
        for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
            del sys.modules[name]
        library = torch.library.Library("torchvision", "DEF")  # type: ignore[no-untyped-call]
        for schema in _SCHEMAS:
            library.define(schema)  # type: ignore[no-untyped-call]
        _declared.append(library)
        return importlib.import_module("torchvision.models")


def resnet50(**options: Any) -> Any:
    """ResNet-50; the stride of a bottleneck sits on its 3x3 convolution.

    The type is torchvision's `ResNet`, an `nn.Module` whose parts may be taken and changed.

    Args:
        options: torchvision's own, such as `replace_stride_with_dilation`.
    """
    return torchvision_models().resnet50(weights=None, **options)


@dataclass(frozen=True, slots=True)
class ResNetSize:
    """Size of a ResNet of bottlenecks; smaller ones than the published make networks for tests.

    Attributes:
        stem: channels of the first layer.
        widths: inner channels of the four stages.
        depths: blocks of the four stages.
    """

    stem: int = 64
    widths: tuple[int, int, int, int] = (64, 128, 256, 512)
    depths: tuple[int, int, int, int] = (3, 4, 23, 3)

    @property
    def channels(self) -> tuple[int, int, int, int]:
        """What the four stages put out."""
        first, second, third, fourth = self.widths
        return 4 * first, 4 * second, 4 * third, 4 * fourth


RESNET101 = ResNetSize()


def resnet101(size: ResNetSize = RESNET101) -> Any:
    """ResNet-101, as `resnet50` with 23 blocks in its third stage; or its parts up to `layer4` in another size."""
    if size == RESNET101:
        return torchvision_models().resnet101(weights=None)
    parts: Any = nn.Module()
    parts.conv1 = nn.Conv2d(3, size.stem, 7, stride=2, padding=3, bias=False)
    parts.bn1, parts.relu = nn.BatchNorm2d(size.stem), nn.ReLU(inplace=True)
    parts.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
    parts.layer1, parts.layer2, parts.layer3, parts.layer4 = bottleneck_stages(size.widths, size.depths, size.stem)
    return parts


def bottleneck_stages(widths: tuple[int, ...], depths: tuple[int, ...], first_channels: int) -> list[nn.Sequential]:
    """Bottleneck stages of any width, each but the first halving the resolution.

    The full size stages of ResNet-50 are widths (64, 128, 256, 512), depths (3, 4, 6, 3), first channels 64; smaller
    ones make networks for tests. Keys inside a stage are torchvision's.

    Args:
        widths: inner channels of each stage; its output has four times as many.
        depths: blocks of each stage.
        first_channels: channels that the first stage is given.
    """
    block = torchvision_models().resnet.Bottleneck
    stages, channels = [], first_channels
    for index, (width, depth) in enumerate(zip(widths, depths, strict=True)):
        stages.append(_stage(block, channels, width, depth=depth, stride=1 if index == 0 else 2))
        channels = width * block.expansion
    return stages


def _stage(block: Any, channels: int, width: int, *, depth: int, stride: int) -> nn.Sequential:
    out = width * block.expansion
    shortcut = nn.Sequential(nn.Conv2d(channels, out, 1, stride=stride, bias=False), nn.BatchNorm2d(out))
    first = block(channels, width, stride=stride, downsample=shortcut)
    return nn.Sequential(first, *(block(out, width) for _ in range(depth - 1)))


VGG16_WIDTHS = (64, 128, 256, 512, 512)
_VGG16_DEPTHS = (2, 2, 3, 3, 3)


def vgg16_groups(widths: tuple[int, ...] = VGG16_WIDTHS) -> nn.ModuleList:
    """The five groups of VGG-16's convolutional part, each of 3x3 convolutions with ReLU and ended by a max-pool.

    Args:
        widths: channels of each group; smaller ones make networks for tests.
    """
    plan: list[int | str] = []
    for width, depth in zip(widths, _VGG16_DEPTHS, strict=True):
        plan += [width] * depth + ["M"]
    groups, start = nn.ModuleList(), 0
    layers = torchvision_models().vgg.make_layers(plan)
    for index, layer in enumerate(layers):
        if isinstance(layer, nn.MaxPool2d):
            groups.append(nn.Sequential(*layers[start : index + 1]))
            start = index + 1
    return groups
