"""How much each network computes for one object on one frame. Counted without computing anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from vosapp.models.agame.network import AGame
from vosapp.models.cosnet.network import CosNet
from vosapp.models.hs2s.network import HS2S
from vosapp.models.registry import network
from vosapp.models.rgmp.network import RGMP
from vosapp.models.rvos.network import SLOTS, Rvos
from vosapp.models.s2s.network import S2S

Step = Callable[[], Any]


@dataclass(frozen=True)
class Cost:
    """Parameters of a network, and what a further frame costs.

    Attributes:
        parameters: how many there are.
        gflop: 10**9 floating point operations, a multiply-add counted as two.
        size: (height, width) of the picture, with its border.
    """

    parameters: int
    gflop: float
    size: tuple[int, int]


def cost(name: str) -> Cost:
    """The cost of a network of the registry, of one object on one further frame of 480x854 brought to its size."""
    make, size = _STEPS[name.partition("-")[0].removesuffix("++")]
    with torch.device("meta"), torch.inference_mode():
        module = network(name).build()
        step = make(module, torch.zeros(1, 3, *size), torch.zeros(1, *size))
        with FlopCounterMode(display=False) as counter:
            step()
    parameters = sum(parameter.numel() for parameter in module.parameters())
    return Cost(parameters, counter.get_total_flops() / 1e9, size)


def _rgmp(module: nn.Module, rgb: torch.Tensor, masks: torch.Tensor) -> Step:
    assert isinstance(module, RGMP)
    reference = module.reference(module.look(rgb), masks)
    return lambda: module(module.look(rgb), masks, reference)


def _s2s(module: nn.Module, rgb: torch.Tensor, masks: torch.Tensor) -> Step:
    assert isinstance(module, S2S)
    state = module.start(rgb, masks)
    return lambda: module(module.look(rgb), state)


def _hs2s(module: nn.Module, rgb: torch.Tensor, masks: torch.Tensor) -> Step:
    assert isinstance(module, HS2S)
    anchor = module.anchor(module.look_back(rgb), masks)
    return lambda: module(module.look(rgb), masks, anchor, module.previous(module.look_back(rgb), masks), None)


def _rvos(module: nn.Module, rgb: torch.Tensor, masks: torch.Tensor) -> Step:
    assert isinstance(module, Rvos)
    previous = masks if module.mask_channel else SLOTS
    hidden = module(rgb, previous, None).hidden
    return lambda: module(rgb, previous, hidden)


def _cosnet(module: nn.Module, rgb: torch.Tensor, _masks: torch.Tensor) -> Step:
    assert isinstance(module, CosNet)
    reference = module.embed(rgb)
    return lambda: module(module.embed(rgb), [reference])


def _agame(module: nn.Module, rgb: torch.Tensor, masks: torch.Tensor) -> Step:
    assert isinstance(module, AGame)
    height, width = masks.shape[1:]
    maps = torch.zeros(1, 2, height // 16, width // 16)
    state = module.start(module.look(rgb), maps)

    def step() -> None:
        picture = module.look(rgb)
        module.scores(picture, state)
        module.update(picture, state, maps)

    return step


_STEPS: dict[str, tuple[Callable[[nn.Module, torch.Tensor, torch.Tensor], Step], tuple[int, int]]] = {
    "rgmp": (_rgmp, (512, 864)),
    "s2s": (_s2s, (256, 448)),
    "hs2s": (_hs2s, (256, 448)),
    "rvos": (_rvos, (256, 448)),
    "cosnet": (_cosnet, (473, 473)),
    "agame": (_agame, (480, 864)),
}
