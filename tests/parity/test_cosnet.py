"""COSNet gives the authors' numbers in its three forms, at an odd size, with every recorded step on the way."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import partial

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests.parity.case import Case, statistics
from tests.parity.fill import filled, without_initialising
from vosapp.engine.networks.cosnet import PrimaryObject
from vosapp.models.cosnet.attention import Form
from vosapp.models.cosnet.network import CosNet, build, normalise, probability
from vosapp.models.preparing import prepare

SIZE = (160, 241)
# Recorded step -> our module, and whether it is the module's input: where a convolution is computed in parts, what
# it gives is seen as what the batch norm behind it is given.
ENCODER_STEPS = {
    "conv1": ("conv1", False),
    "maxpool": ("maxpool", False),
    "layer1": ("layer1", False),
    "layer2": ("layer2", False),
    "layer3": ("layer3", False),
    "layer4": ("layer4", False),
    "layer5_conv": ("layer5.conv", False),
    "layer5_conv2d_0": ("layer5.conv2d_0", False),
    "layer5_conv2d_1": ("layer5.conv2d_1", False),
    "layer5_conv2d_2": ("layer5.conv2d_2", False),
    "layer5_conv2d_3": ("layer5.conv2d_3", False),
    "layer5_bottleneck": ("layer5.bn", True),
    "layer5": ("layer5", False),
}
TARGET_STEPS = {"conv1": ("bn1", True), "bn1": ("bn1", False), "main_classifier1": ("main_classifier1", False)}
REFERENCE_STEPS = {"conv2": ("bn2", True), "bn2": ("bn2", False), "main_classifier2": ("main_classifier2", False)}


@pytest.fixture(scope="module")
def network() -> Iterator[CosNet]:
    module = without_initialising(build, filled("cosnet"))
    assert isinstance(module, CosNet)
    with torch.inference_mode():
        yield module


def _watched(module: nn.Module, steps: dict[str, tuple[str, bool]], call: object) -> tuple[Tensor, dict[str, Tensor]]:
    """What `call()` returns, and what the steps saw on the way."""
    seen: dict[str, Tensor] = {}

    def keep(name: str, is_input: bool, _module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        seen[name] = inputs[0].clone() if is_input else output.clone()

    handles = [
        module.get_submodule(path).register_forward_hook(partial(keep, name, is_input))
        for name, (path, is_input) in steps.items()
    ]
    result = call()  # type: ignore[operator]
    for handle in handles:
        handle.remove()
    return result, seen


def _check_steps(case: Case, prefix: str, suffix: str, seen: dict[str, Tensor]) -> None:
    for name, value in seen.items():
        case.compare(f"{prefix}{name}{suffix}_stats", statistics(value, sample=True))
        if f"{prefix}{name}{suffix}_crop" in case:
            case.compare(f"{prefix}{name}{suffix}_crop", value[0, :8, :10, :12])


def _encode(network: CosNet, case: Case, image: Tensor, *names: tuple[str, str]) -> Tensor:
    """The embedding of a picture, its steps compared with those recorded under each (prefix, suffix)."""
    embedding, seen = _watched(network.encoder, ENCODER_STEPS, lambda: network.embed(image))
    seen["main_classifier"] = network.encoder.saliency(embedding)
    for prefix, suffix in names:
        _check_steps(case, f"{prefix}encoder_", suffix, seen)
    return embedding


def _check_pair(network: CosNet, case: Case, j: int, target: Tensor, reference: Tensor) -> None:
    prefix = f"head_r{j}_"
    query = network.query(target)
    case.compare(f"{prefix}linear_e_stats", statistics(query, sample=True))
    affinity = query @ reference.flatten(2)[0]
    case.compare(f"{prefix}A_stats", statistics(affinity, sample=True))
    case.compare(f"{prefix}A_crop", affinity[:32, :32])
    attended = network.attended(target, [reference], Form.HEAD)
    case.compare(f"{prefix}attended_t_crop", attended[0, :8])
    logits, seen = _watched(network, TARGET_STEPS, lambda: network(target, [reference], Form.HEAD))
    seen["gate_t"] = network.gate(attended)
    case.compare(f"{prefix}gate_t", seen["gate_t"][0, 0])
    case.compare(f"{prefix}logit_t", logits[0, 0])
    case.compare("head_prob_target", probability(logits, SIZE), part=j)
    _check_steps(case, prefix, "", seen)
    if j == 0:
        case.compare(f"{prefix}linear_e_crop", query[:24, :32])
        case.compare(f"{prefix}feat_t", target[0, :16])


def _check_other_side(network: CosNet, case: Case, j: int, target: Tensor, reference: Tensor) -> None:
    """What the network says of the reference, and of the reference alone."""
    prefix = f"head_r{j}_"
    steps = {**REFERENCE_STEPS, "gate_q": ("gate", False), "attended": ("gate", True)}
    logits, seen = _watched(network, steps, lambda: network.on_reference(target, reference))
    case.compare(f"{prefix}attended_q_crop", seen.pop("attended")[0, :8])
    case.compare(f"{prefix}logit_q", logits[0, 0])
    _check_steps(case, prefix, "", seen)
    case.compare("head_prob_ref", probability(logits, SIZE), part=j)
    case.compare("legacy_prob_ref", probability(logits, SIZE), part=j)
    alone = network.encoder.saliency(reference)
    case.compare("head_prob_single_ref", probability(alone, SIZE), part=j)


def test_every_recorded_array(network: CosNet) -> None:
    case = Case("cosnet", inputs=("frames_u8", "labels_u8", "target_index", "ref_indices"))
    images = normalise(torch.from_numpy(case["frames_u8"]).permute(0, 3, 1, 2).float())
    where = int(case["target_index"])
    case.compare("x_target", images[where])
    target = _encode(network, case, images[where][None], ("head_r0_", "_t"))
    references = [
        _encode(network, case, images[int(index)][None], (f"head_r{j}_", "_q"))
        for j, index in enumerate(case["ref_indices"])
    ]
    for j, reference in enumerate(references):
        _check_pair(network, case, j, target, reference)
        _check_other_side(network, case, j, target, reference)
    case.compare("head_prob_avg", probability(network(target, references, Form.HEAD), SIZE))
    for j, logits in enumerate(network(target, references, Form.LEGACY)):
        case.compare("legacy_prob_target", probability(logits[None], SIZE), part=j)
    case.compare("legacy_prob_avg", probability(network(target, references, Form.LEGACY), SIZE))
    case.compare("group_prob_target", probability(network(target, references, Form.GROUP), SIZE))
    case.compare("group_prob_single_target", probability(network.encoder.saliency(target), SIZE))
    assert case.left() == []


def test_bands_of_the_affinity_give_what_the_whole_gives(network: CosNet, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    target, reference = torch.randn(2, 1, 256, 9, 13)
    whole = [network(target, [reference, target], form) for form in Form]
    monkeypatch.setattr("vosapp.models.cosnet.attention._WHOLE_CELLS", 1000)
    monkeypatch.setattr("vosapp.models.cosnet.attention._BAND_CELLS", 1000)
    banded = [network(target, [reference, target], form) for form in Form]
    for a, b in zip(whole, banded, strict=True):
        torch.testing.assert_close(a, b, atol=1e-4, rtol=1e-4)


def test_the_primary_object_is_the_authors(network: CosNet) -> None:
    case = Case("cosnet", inputs=("frames_u8", "labels_u8", "target_index", "ref_indices"))
    frames = case["frames_u8"]
    prepared = prepare(copy.deepcopy(network), torch.device("cpu"))
    finder = PrimaryObject(prepared, device=torch.device("cpu"), size=SIZE)
    finder.refer([frames[int(index)] for index in case["ref_indices"]])
    found = finder.find(frames[int(case["target_index"])])
    np.testing.assert_allclose(found, case["legacy_prob_avg"], atol=1e-4)
