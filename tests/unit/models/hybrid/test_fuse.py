"""Fusing changes the number of layers and nothing else."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from vosapp.models.hybrid.decoder import Seen
from vosapp.models.hybrid.fuse import fuse
from vosapp.models.hybrid.guidance import Moved
from vosapp.models.hybrid.matching import HybridSettings
from vosapp.models.hybrid.network import Hybrid
from vosapp.models.preparing import Precision, prepare


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


@pytest.mark.parametrize("precision", Precision)
@torch.inference_mode()
def test_a_prepared_network_says_the_same_at_any_size(precision: Precision) -> None:
    """Windows change their size within a shot; packed weights have to fit them all."""
    torch.manual_seed(0)
    plain = Hybrid(HybridSettings(8, 8, 8)).eval()
    torch.nn.init.normal_(plain.decoder.change.weight, 0, 0.05)
    ready = prepare(copy.deepcopy(plain), torch.device("cpu"), precision)
    tolerance = 1e-4 if precision is Precision.FLOAT32 else 0.05
    for height, width in ((64, 48), (96, 112), (64, 48)):
        rgb, mask = torch.rand(1, 3, height, width), torch.rand(1, 1, height, width)
        logits = [_decoded(network, rgb, mask) for network in (plain, ready)]
        assert logits[1].dtype == torch.float32
        torch.testing.assert_close(*logits, atol=tolerance, rtol=tolerance)


def _decoded(network: Hybrid, rgb: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    features = network.encode(rgb)
    memory, looks = network.memorise(features, mask, mask), network.learn(features, mask)
    seen = Seen(network.read(features, memory, memory), network.score(features, looks, looks))
    moved = Moved(mask, mask, mask, torch.zeros(1, 2, *mask.shape[-2:]), mask)
    return network.decode(features, seen, moved, network.first_state(features)).logits
