"""Weights to begin with, where no pretrained ones are given."""

from __future__ import annotations

from typing import TypeVar

from torch import nn

from vosapp.models.rvos.decoder import GateConv
from vosapp.models.stages.conv_gru import ConvGRUCell
from vosapp.models.stages.conv_lstm import ConvLSTMCell

AnyModule = TypeVar("AnyModule", bound=nn.Module)
_CELLS = (ConvLSTMCell, ConvGRUCell, GateConv)


def initialise(network: AnyModule) -> AnyModule:
    """Draws convolutions as He et al. do, so that signals keep their strength through many layers.

    The papers begin with ImageNet's weights, which are not at hand here; without any, torch's own draw lets the
    signal of networks without batch norms fade. Recurrent cells keep torch's draw, as in the papers' code, and so do
    heads with one or two channels.
    """
    in_cells = {id(part) for module in network.modules() if isinstance(module, _CELLS) for part in module.modules()}
    for module in network.modules():
        if isinstance(module, nn.Conv2d) and id(module) not in in_cells and module.out_channels > 2:
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    return network
