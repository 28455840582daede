"""RGMP computes what its authors' code computes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.parity.case import Case, image_tensor, require_whole_module
from tests.parity.fill import filled, shapes, without_initialising
from tests.parity.precision import follow, of_bfloat16
from vosapp.engine.networks.rgmp import RgmpPropagator
from vosapp.models.preparing import prepare
from vosapp.models.rgmp import protocol
from vosapp.models.rgmp.encoder import Features
from vosapp.models.rgmp.network import RGMP, build
from vosapp.models.stages.aggregation import aggregate

CPU = torch.device("cpu")
INPUTS = ("frames", "label_so", "label_mo")


@pytest.fixture(scope="module")
def case() -> Case:
    return Case("rgmp", inputs=INPUTS)


@pytest.fixture(scope="module")
def variants() -> Case:
    return Case("rgmp", "case_variants.npz")


@pytest.fixture(scope="module")
def network() -> Iterator[RGMP]:
    network = without_initialising(build, filled("rgmp"))
    assert isinstance(network, RGMP)
    with torch.inference_mode():
        yield network


def one_hot(labels: np.ndarray, objects: int) -> Tensor:
    """(objects, H, W) masks of a label image."""
    return torch.from_numpy(np.stack([labels == index + 1 for index in range(objects)])).float()


def run(
    network: RGMP, frames: np.ndarray, masks: Tensor, *, scales: tuple[float, ...] = protocol.ONE_SCALE
) -> list[Tensor]:
    """The authors' protocol: foreground of every frame, (N, H, W) each; the first are the given masks."""
    border = protocol.border((frames.shape[1], frames.shape[2]))
    pictures = [protocol.look(network, border.pad(image_tensor(frame[None])), scales) for frame in frames]
    several = len(masks) > 1
    previous = border.pad(masks)
    with_union = torch.cat([previous, previous.sum(0, keepdim=True)]) if several else previous
    references = protocol.refer(network, pictures[0], with_union)
    results = [masks]
    for picture in pictures[1:]:
        guidance = torch.cat([previous, previous.sum(0, keepdim=True)]) if several else previous
        found = protocol.propagate(network, picture, guidance, references).foreground
        previous = aggregate(found[:-1], found[-1:]) if several else found
        results.append(border.crop(previous))
    return results


def with_background(foreground: Tensor) -> Tensor:
    return torch.cat([1 - foreground.sum(0, keepdim=True), foreground])


def test_state_dict_is_the_authors() -> None:
    with torch.device("meta"):
        network = build()
    ours = {key: tuple(value.shape) for key, value in network.state_dict().items()}
    assert ours == shapes("rgmp")


def test_one_object(network: RGMP, case: Case) -> None:
    results = run(network, case["frames"], one_hot(case["label_so"], 1))
    case.compare("so_prob", torch.cat(results))


def test_two_objects(network: RGMP, case: Case) -> None:
    results = run(network, case["frames"], one_hot(case["label_mo"], 2))
    case.compare("mo_prob", torch.stack([with_background(found) for found in results]))


def test_intermediates(network: RGMP, case: Case) -> None:
    """Every stage of the first step, by its corner and by the statistics of the whole."""
    frames, mask = case["frames"], one_hot(case["label_so"], 1)
    border = protocol.border((frames.shape[1], frames.shape[2]))
    canvas = border.pad(image_tensor(frames[:2]))
    first, second = (protocol.look(network, canvas[index : index + 1]).seen[0] for index in (0, 1))
    reference, target = (network.Encoder(seen, border.pad(mask)) for seen in (first, second))
    contribution = network.Decoder.reference(reference.r5)
    matched = network.Decoder.GC.finish(network.Decoder.GC.contribution(target.r5, 0).plus(contribution))
    pyramid = network.Decoder.refine(network.Decoder.match(target.r5, contribution), target)
    heads = network.Decoder.heads(pyramid)
    logits = network.Decoder.finest(pyramid.m2)
    found = {"mid_norm_f0": network.Encoder.normalise(canvas[:1])[0]}
    found |= {f"mid_ref_{name}": getattr(reference, name)[0] for name in Features._fields}
    found |= {f"mid_tgt_{name}": getattr(target, name)[0] for name in Features._fields}
    found |= {"mid_dec_GC": matched[0], "mid_dec_RF4": pyramid.m4[0]}
    found |= {"mid_dec_RF3": pyramid.m3[0], "mid_dec_RF2": pyramid.m2[0]}
    found |= {f"mid_dec_p{scale}": head[0] for scale, head in zip((5, 4, 3, 2), heads, strict=True)}
    found["mid_dec_logits"] = logits[0]
    case.compare("so_prob_canvas_f1", torch.softmax(logits, dim=1)[0, 1])
    for name, value in found.items():
        start = 8 if name == "mid_norm_f0" else 0
        channels, height, width = case[name].shape
        case.compare(name, value[:channels, start : start + height, start : start + width])
    names = [str(name) for name in case["stat_names"]]
    values = [found[f"mid_{name}"].double() for name in names]
    case.compare("stat_values", np.array([[v.mean(), v.std(correction=0), v.min(), v.max()] for v in values]))
    case.compare("stat_names", np.array(names))


def test_size_that_is_no_multiple(network: RGMP, variants: Case, case: Case) -> None:
    frames, labels = case["frames"][:3, :91, :149], case["label_mo"][:91, :149]
    border = protocol.border((91, 149))
    variants.compare("odd_pad", np.array([[border.top, border.bottom], [border.left, border.right]]))
    results = run(network, frames, one_hot(labels, 2))
    variants.compare("odd_mo_prob", torch.stack([with_background(found) for found in results[1:]]))


def test_three_scales(network: RGMP, variants: Case, case: Case) -> None:
    one = run(network, case["frames"], one_hot(case["label_so"], 1), scales=protocol.THREE_SCALES)
    variants.compare("ms_so_prob", torch.cat(one))
    two = run(network, case["frames"][:3], one_hot(case["label_mo"], 2), scales=protocol.THREE_SCALES)
    variants.compare("ms_mo_prob", torch.stack([with_background(found) for found in two[1:]]))


def test_newer_upsampling_convention(network: RGMP, variants: Case, case: Case) -> None:
    half = without_initialising(lambda: build(align_corners=False), network.state_dict())
    assert isinstance(half, RGMP)
    one = run(half, case["frames"], one_hot(case["label_so"], 1))
    variants.compare("half_so_prob", torch.cat(one))
    two = run(half, case["frames"][:3], one_hot(case["label_mo"], 2))
    variants.compare("half_mo_prob", torch.stack([with_background(found) for found in two[1:]]))


@pytest.mark.parametrize("scales", ["one", "three"])
def test_propagator(network: RGMP, case: Case, variants: Case, scales: str) -> None:
    """What the program runs, prepared for inference, gives the authors' probabilities too."""
    prepared = prepare(without_initialising(build, network.state_dict()), CPU)
    assert isinstance(prepared, RGMP)
    chosen = protocol.ONE_SCALE if scales == "one" else protocol.THREE_SCALES
    expected = case["mo_prob"][1:3] if scales == "one" else variants["ms_mo_prob"]
    propagator = RgmpPropagator(prepared, device=CPU, scales=chosen)
    masks = one_hot(case["label_mo"], 2).numpy()
    propagator.step(0, case["frames"][0], {1: masks[0], 2: masks[1]})
    for index, recorded in enumerate(expected, start=1):
        found = propagator.step(index, case["frames"][index]).probabilities
        np.testing.assert_allclose(np.stack([found[1], found[2]]), recorded[1:], atol=1e-4)


def test_bfloat16_changes_few_labels(network: RGMP, case: Case) -> None:
    found = of_bfloat16(
        network, lambda form: follow(RgmpPropagator(form, device=CPU), case["frames"], case["label_mo"])
    )
    assert found.flipped <= 0.001
    assert 0 < found.mean < 0.005


def test_nothing_is_left_out(request: pytest.FixtureRequest, case: Case, variants: Case) -> None:
    require_whole_module(request)
    assert case.left() + variants.left() == []
