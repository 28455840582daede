"""The networks of the papers in a few thousand parameters, with weights that make them answer to what they see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import torch
from torch import nn

from vosapp.models.agame.network import AGame
from vosapp.models.backbones.classifiers import ResNetSize
from vosapp.models.cosnet.network import CosNet
from vosapp.models.hs2s.network import HS2S
from vosapp.models.preparing import prepare
from vosapp.models.rgmp.network import RGMP
from vosapp.models.rvos.network import Rvos
from vosapp.models.s2s.network import S2S

_RESNET: dict[str, Any] = {"stem": 8, "widths": (4, 8, 8, 16), "depths": (1, 1, 1, 1)}
_SIZE = ResNetSize(8, (4, 8, 8, 16), (1, 1, 1, 1))
_THIN = (16, 16, 16, 16)
AnyModule = TypeVar("AnyModule", bound=nn.Module)


def plain_rgmp(**options: Any) -> RGMP:
    """RGMP as it is built, which can be trained."""
    return lively(RGMP(width=16, **_RESNET, **options), seed=1, gain=0.6)


def small_rgmp(**options: Any) -> RGMP:
    """RGMP, prepared for inference."""
    return prepare(plain_rgmp(**options), torch.device("cpu"))


def small_s2s(**options: Any) -> S2S:
    """S2S++, or S2S with its options, prepared for inference."""
    network = S2S(widths=(4, 4, 8, 8, 8), middle=16, wide=32, **options)
    return prepare(lively(network, seed=2, gain=2.0), torch.device("cpu"))


def small_hs2s(**options: Any) -> HS2S:
    """HS2S, prepared for inference."""
    return prepare(lively(HS2S(matched=16, **_RESNET, **options), seed=3), torch.device("cpu"))


def trainable(name: str) -> nn.Module:
    """A small network of the registry, by name, with torch's own random weights."""
    small: dict[str, Callable[[], nn.Module]] = {
        "rgmp": lambda: RGMP(width=16, **_RESNET),
        "rgmp-gru": lambda: RGMP("gru", width=16, **_RESNET),
        "s2s": lambda: S2S(1, border_distances=False, widths=(8, 8, 16, 16, 16), middle=32, wide=64),
        "s2s++": lambda: S2S(widths=(8, 8, 16, 16, 16), middle=32, wide=64),
        "hs2s": lambda: HS2S(matched=16, **_RESNET),
        "hs2s-0": lambda: HS2S("first", matched=16, **_RESNET),
        "hs2s-t1": lambda: HS2S("previous", matched=16, **_RESNET),
        "hs2s-sim": lambda: HS2S("similarity", matched=16, **_RESNET),
        "rvos": lambda: Rvos(True, _SIZE, skips=_THIN, hidden=_THIN),
        "rvos-zero": lambda: Rvos(False, _SIZE, skips=_THIN, hidden=_THIN),
        "cosnet": lambda: CosNet(_SIZE, branch=16, embedding=16),
        "cosnet-sym": lambda: CosNet(_SIZE, weighting="symmetric", branch=16, embedding=16),
        "cosnet-channel": lambda: CosNet(_SIZE, weighting="channel-wise", branch=16, embedding=16),
        "agame": lambda: AGame(_SIZE, channels=16, width=16, narrow=16),
    }
    return small[name]()


def lively(network: AnyModule, *, seed: int, gain: float = 1.0) -> AnyModule:
    """Random weights with which signals keep their strength through all layers, and batch norms that do something.

    Args:
        network: changed in place.
        seed: of the draw.
        gain: of the variance; more where nothing is normalised or added to, less where residuals pile up.
    """
    generator = torch.Generator().manual_seed(seed)
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            fan_in = module.weight[0].numel()
            module.weight.data = torch.randn(module.weight.shape, generator=generator) * (gain / fan_in) ** 0.5
            if module.bias is not None:
                module.bias.data = torch.randn(module.bias.shape, generator=generator) * 0.1
        if isinstance(module, nn.BatchNorm2d):
            for values in (module.weight, module.bias, module.running_mean, module.running_var):
                if values is not None:
                    values.data = torch.rand(values.shape, generator=generator) + 0.5
    return network.eval()
