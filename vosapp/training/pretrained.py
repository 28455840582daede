"""Weights to begin a run with: of a run before, or of an image classifier in torchvision's form.

All the papers begin with ImageNet's weights. None come with vosapp and none are downloaded; who has a file of
torchvision's ResNet or VGG-16 gives it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from vosapp.core.errors import WeightsError
from vosapp.models.checkpoints import open_checkpoints

_STAGES = {"res2": "layer1", "res3": "layer2", "res4": "layer3", "res5": "layer4"}
_HS2S_STAGES = {"conv2": "layer1", "conv3": "layer2", "conv4": "layer3", "conv5": "layer4", "bn": "bn1"}
_VGG_GROUPS = (0, 5, 10, 17, 24)  # where VGG-16's five groups begin among its layers
_PLACES = (
    re.compile(r"^Encoder\.(?P<part>res\d|conv1|bn1)\.(?P<rest>.+)$"),  # RGMP
    re.compile(r"^encoder(_ref)?\.(?P<part>conv\d|bn)\.(?P<rest>.+)$"),  # HS2S
    re.compile(
        r"^(encoder\.base|backbone|encoder)\.(?P<part>layer\d|conv1|bn1)\.(?P<rest>.+)$"
    ),  # RVOS, A-GAME, COSNet
)
_VGG_PLACE = re.compile(r"^(initializer|encoder)\.vgg_backbone\.encoder\.(?P<group>\d)\.(?P<layer>\d+)\.(?P<rest>.+)$")


def begin_with(network: nn.Module, path: Path) -> int:
    """Takes what fits from a file: parameters of the same name and shape, and a classifier's for the backbone.

    A first convolution that sees a mask beside the picture takes the picture's part.

    Args:
        network: changed in place.
        path: safetensors, or a file of torch that holds nothing but tensors.

    Returns:
        How many parameters and buffers were taken.

    Raises:
        WeightsError: the file cannot be read safely, or nothing in it fits.
    """
    theirs = _state(path)
    taken = 0
    for name, value in network.state_dict().items():
        found = next((theirs[key] for key in _names(name) if key in theirs), None)
        if found is not None and _take(value, found):
            taken += 1
    if not taken:
        raise WeightsError(f"Nothing in {path} fits the network.", "Give weights of it, or of its backbone.")
    return taken


def _names(name: str) -> list[str]:
    """Under which names a value may stand in a file: its own, then a classifier's."""
    names = [name]
    for place in _PLACES:
        if match := place.match(name):
            part = match["part"]
            stages = _HS2S_STAGES if place is _PLACES[1] and part != "conv1" else _STAGES
            names.append(f"{stages.get(part, part)}.{match['rest']}")
    if match := _VGG_PLACE.match(name):
        names.append(f"features.{_VGG_GROUPS[int(match['group'])] + int(match['layer'])}.{match['rest']}")
    return names


@torch.no_grad()
def _take(value: Tensor, found: Tensor) -> bool:
    if value.shape == found.shape:
        value.copy_(found)
        return True
    if value.dim() == 4 and value.shape[1] == 4 and found.shape == (value.shape[0], 3, *value.shape[2:]):
        value[:, :3].copy_(found)
        return True
    return False


def _state(path: Path) -> Mapping[str, Tensor]:
    """The tensors of a file by name; those in a dict under a usual name are found too."""
    (opened,) = open_checkpoints([path])
    content = opened.content
    for inner in ("state_dict", "model", "net"):
        if isinstance(content, dict) and isinstance(content.get(inner), dict):
            content = content[inner]
    if not isinstance(content, dict):
        raise WeightsError(f"{path} holds no tensors by name.", "Give a state dict.")
    return {str(name).removeprefix("module."): value for name, value in content.items() if isinstance(value, Tensor)}
