"""A-GAME, RVOS and COSNet compute the same when prepared for inference, and nearly the same in bfloat16."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.networks import random_network
from tests.small_networks import lively
from vosapp.models.agame.network import AGame, foreground, pool
from vosapp.models.backbones.classifiers import ResNetSize
from vosapp.models.cosnet.attention import Form
from vosapp.models.cosnet.encoder import PyramidPooling
from vosapp.models.cosnet.network import CosNet, probability
from vosapp.models.cosnet.weighting import Weighting, weighting_of
from vosapp.models.preparing import Precision, prepare
from vosapp.models.rvos.network import Rvos
from vosapp.models.stages.aggregation import aggregate

CPU = torch.device("cpu")


def _images(count: int) -> list[Tensor]:
    noise = torch.rand(count, 3, 8, 10, generator=torch.Generator().manual_seed(1))
    return list(F.interpolate(noise, size=(64, 80), mode="bilinear").split(1)) if count else []


def _masks(count: int) -> Tensor:
    masks = torch.zeros(count, 64, 80)
    for i in range(count):
        masks[i, 10 : 40 + i, 20 * i : 20 * i + 30] = 1
    return masks


def _run_agame(network: AGame) -> Tensor:
    first, *others = (network.look(image) for image in _images(3))
    state = network.start(first, pool(_masks(2)))
    for picture in others:
        alone = foreground(network.scores(picture, state).final)
        found = aggregate(alone, alone)
        state = network.update(picture, state, pool(found))
    return found


def _run_rvos(network: Rvos) -> Tensor:
    hidden, masks = None, _masks(2) if network.mask_channel else 3
    for image in _images(3):
        output = network(image, masks, hidden)
        hidden, masks = output.hidden, output.probabilities if network.mask_channel else 3
    return output.probabilities


def _run_cosnet(network: CosNet) -> Tensor:
    target, *references = (network.embed(100 * image) for image in _images(3))
    return probability(network(target, references, Form.LEGACY), (64, 80))


RUNS: dict[str, Callable[..., Tensor]] = {
    "agame": _run_agame,
    "rvos": _run_rvos,
    "rvos-zero": _run_rvos,
    "cosnet": _run_cosnet,
}


@torch.inference_mode()
@pytest.mark.parametrize("name", RUNS)
def test_prepared_networks_give_the_same(name: str) -> None:
    run, network = RUNS[name], random_network(name)
    plain = run(network)
    exact = prepare(copy.deepcopy(network), CPU)
    assert not any(isinstance(module, nn.BatchNorm2d) for module in exact.modules())
    torch.testing.assert_close(run(exact), plain, atol=2e-5, rtol=0)
    faster = run(prepare(copy.deepcopy(network), CPU, Precision.BFLOAT16))
    assert faster.dtype == torch.float32
    assert (faster - plain).abs().mean() < 0.02


def test_parameters_that_must_be_exact_keep_their_digits() -> None:
    network = prepare(copy.deepcopy(random_network("agame")), CPU, Precision.BFLOAT16)
    assert isinstance(network, AGame)
    assert network.appmod.cov_reg.dtype == torch.float32
    assert network.backbone.conv1.bias is not None
    assert network.backbone.conv1.bias.dtype == torch.bfloat16


@torch.inference_mode()
@pytest.mark.parametrize("size", [(1, 1), (2, 5), (3, 3), (7, 4)])
def test_the_answer_to_a_constant_map_needs_no_map(size: tuple[int, int]) -> None:
    torch.manual_seed(0)
    pooling = PyramidPooling().eval()
    pooled = torch.rand(2, 512, 1, 1)
    joined = torch.cat([pooled.expand(-1, -1, *size), torch.zeros(2, 2048, *size)], dim=1)
    whole = pooling.bottleneck(joined) - pooling.bottleneck.bias.view(1, -1, 1, 1)
    torch.testing.assert_close(pooling._of_pooled(pooled, torch.Size(size)), whole, atol=1e-5, rtol=1e-4)


def test_the_papers_forms_of_co_attention_weigh_as_their_equations_say() -> None:
    torch.manual_seed(1)
    cells = torch.randn(5, 8)
    symmetric, channels = weighting_of("symmetric", 8), weighting_of("channel-wise", 8)
    for parameter in (*symmetric.parameters(), *channels.parameters()):
        nn.init.normal_(parameter)
    whole = symmetric(torch.eye(8))
    torch.testing.assert_close(whole, whole.T, msg="W is symmetric")
    torch.testing.assert_close(symmetric(cells), cells @ whole)
    diagonal = channels(torch.eye(8))
    assert torch.count_nonzero(diagonal - torch.diag(torch.diagonal(diagonal))) == 0
    torch.testing.assert_close(channels(cells), cells @ diagonal)


@torch.inference_mode()
@pytest.mark.parametrize("weighting", ["symmetric", "channel-wise"])
def test_other_forms_of_co_attention_run_prepared(weighting: Weighting) -> None:
    network = lively(
        CosNet(ResNetSize(8, (4, 8, 8, 16), (1, 1, 1, 1)), weighting=weighting, branch=16, embedding=16), seed=4
    )
    plain = _run_cosnet(network)
    torch.testing.assert_close(_run_cosnet(prepare(copy.deepcopy(network), CPU)), plain, atol=2e-5, rtol=0)
    assert plain.std() > 1e-4
