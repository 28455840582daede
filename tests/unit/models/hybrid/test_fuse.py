"""Fusing changes the number of layers and nothing else."""

from __future__ import annotations

import copy

import torch
from torch import nn

from vosapp.models.hybrid.fuse import fuse
from vosapp.models.hybrid.network import Hybrid, HybridSettings


@torch.inference_mode()
def test_a_fused_network_says_the_same() -> None:
    torch.manual_seed(0)
    network = Hybrid(HybridSettings(8, 8, 8)).eval()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.2)  # type: ignore[union-attr]
            module.running_var.uniform_(0.5, 2)  # type: ignore[union-attr]
            module.weight.uniform_(0.5, 1.5)
    fused = copy.deepcopy(network)
    fuse(fused)
    assert not any(isinstance(module, nn.BatchNorm2d) for module in fused.modules())
    rgb, mask = torch.rand(1, 3, 64, 48), torch.rand(1, 1, 64, 48)
    for plain, other in zip(network.encode(rgb), fused.encode(rgb), strict=True):
        torch.testing.assert_close(plain, other, atol=1e-4, rtol=1e-4)
    memories = [one.memorise(one.encode(rgb), mask, mask).value for one in (network, fused)]
    torch.testing.assert_close(*memories, atol=1e-4, rtol=1e-4)
