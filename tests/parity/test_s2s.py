"""S2S++ and its reductions down to S2S compute what their authors' code computes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests.parity.case import Case, image_tensor, require_whole_module
from tests.parity.fill import filled, shapes, without_initialising
from tests.parity.precision import follow, of_bfloat16
from tests.parity.sequence import compare_gradients, mask_of, reduce_network
from tests.parity.summary import compare_summary, record, summarise
from vosapp.engine.networks.s2s import S2SPropagator
from vosapp.models.s2s.network import S2S, State, build
from vosapp.models.s2s.trunk import normalise
from vosapp.models.stages.merging import exclusive, merge_by_largest
from vosapp.models.stages.sampling import sample_mask, sample_picture, to_tensor
from vosapp.models.stages.skip_decoder import Decoded
from vosapp.training.border_distance import border_classes, class_count
from vosapp.training.sequence.s2s import S2SObjective
from vosapp.training.sequence_loss import balanced_cross_entropy, jaccard_loss

CPU = torch.device("cpu")
NETWORK = "s2s_plus_plus"
STATE_NAMES = ("h", "c", "h_middle", "c_middle", "h_3", "c_3")
INPUTS = (
    "frames",
    "labels",
    "norm_*",
    "loss/logits",
    "loss/labels",
    "loss/dist_*",
    "distmap/*/mask",
    "prep/*_in",
    "train/keys",
)


@pytest.fixture(scope="module")
def case() -> Case:
    return Case(NETWORK, inputs=INPUTS)


@pytest.fixture(scope="module")
def full() -> Case:
    return Case(NETWORK, "case_full.npz", inputs=("frames", "labels"))


@pytest.fixture(scope="module")
def network() -> Iterator[S2S]:
    built = without_initialising(build, filled(NETWORK))
    assert isinstance(built, S2S)
    yield built


def run(network: S2S, frames: np.ndarray, masks: Tensor) -> Iterator[tuple[Decoded, State]]:
    """Every frame after the first, whose masks (N, H, W) are given."""
    images = image_tensor(frames)
    state = network.start(images[:1], masks)
    for index in range(1, len(images)):
        decoded, state = network(network.look(images[index : index + 1]), state)
        yield decoded, state


def test_state_dict_is_the_authors() -> None:
    with torch.device("meta"):
        network = build()
    assert {key: tuple(value.shape) for key, value in network.state_dict().items()} == shapes(NETWORK)


@torch.inference_mode()
@pytest.mark.parametrize("number", [1, 2])
def test_object(network: S2S, case: Case, number: int) -> None:
    frames, prefix = case["frames"], f"obj{number}"
    start = network.start(image_tensor(frames[:1]), mask_of(case["labels"][0], number))
    found: dict[str, Tensor] = _named_state(0, start)
    logits, distances = [], []
    for index, (decoded, state) in enumerate(run(network, frames, mask_of(case["labels"][0], number)), start=1):
        look = network.look(image_tensor(frames[index : index + 1]))
        assert decoded.distances is not None
        found |= _named_state(index, state) | {f"enc{index}": look.code, f"logit{index}": decoded.logits}
        found |= {f"mid{index}/feat{level}": value for level, value in enumerate(look.maps)}
        found[f"dist{index}"] = decoded.distances
        logits.append(decoded.logits[0, 0])
        distances.append(decoded.distances[0, :, 3::8, 3::8])
    case.compare(f"{prefix}/logits", torch.stack(logits))
    case.compare(f"{prefix}/prob", torch.sigmoid(torch.stack(logits)))
    case.compare(f"{prefix}/dist_logits_sub8", torch.stack(distances))
    for name, value in found.items():
        compare_summary(case, prefix, name, summarise(value))


def _named_state(index: int, state: State) -> dict[str, Tensor]:
    tensors = [tensor for memory in state for tensor in memory]
    return {f"state{index}/{name}": tensor for name, tensor in zip(STATE_NAMES, tensors, strict=True)}


@torch.inference_mode()
def test_every_layer(network: S2S, case: Case) -> None:
    """Each convolution before its ReLU and each pooling, in the initializer and on the first frame."""
    images, mask = image_tensor(case["frames"][:2]), mask_of(case["labels"][0], 1)
    wanted = {name.partition("/stat/hook/")[2] for name in case if "obj1/stat/hook/" in name}
    layers = {path for _, _, path in (name.partition("/") for name in wanted)}
    with record(network, layers) as outputs:
        state = network.start(images[:1], mask)
        found = {f"init/{path}": summary for path, (summary, *_) in outputs.items()}
        outputs.clear()
        network(look := network.look(images[1:]), state)
        nn.Sequential.forward(network.encoder.out, look.maps.f4)  # inference goes block by block
        found |= {f"t1/{path}": summary for path, (summary, *_) in outputs.items()}
    assert set(found) == wanted
    for name, summary in found.items():
        compare_summary(case, "obj1", f"hook/{name}", summary)


@torch.inference_mode()
def test_objects_together(network: S2S, case: Case) -> None:
    """Running objects as a batch changes nothing, and merging gives the authors' labels."""
    labels = case["labels"][0]
    together = [decoded.probabilities for decoded, _ in run(network, case["frames"], mask_of(labels, 1, 2))]
    for number in (1, 2):
        ours = torch.stack([found[number - 1] for found in together])
        np.testing.assert_allclose(ours, case[f"obj{number}/prob"], atol=1e-4)
    recorded = torch.from_numpy(np.stack([case["obj1/prob"], case["obj2/prob"]]))
    merged = [torch.from_numpy(labels)] + [merge_by_largest(recorded[:, index]) for index in range(3)]
    case.compare("merged", torch.stack(merged).numpy())
    for index in range(3):
        apart = exclusive(recorded[:, index])
        assert apart.sum(0).max() <= 1 + 1e-6
        inside = [(apart[number] >= 0.5).numpy() for number in (0, 1)]
        for number in (0, 1):
            np.testing.assert_array_equal(inside[number], case["merged"][index + 1] == number + 1)


REDUCTIONS: dict[str, tuple[dict[str, Any], dict[str, slice], int]] = {
    "one_skip_memory": ({"memories": 2}, {"conv_3_": slice(0, 512)}, 414_644_265),
    "no_skip_memory": ({"memories": 1}, {"conv_3_": slice(0, 512), "conv_2": slice(0, 1024)}, 0),
    "s2s_base": (
        {"memories": 1, "border_distances": False},
        {"conv_3_": slice(0, 512), "conv_2": slice(0, 1024), "merge_": slice(42, 84)},
        389_973_845,
    ),
    "two_skip_memory_no_dist": ({"border_distances": False}, {"merge_": slice(42, 84)}, 0),
}


@torch.inference_mode()
@pytest.mark.parametrize("name", REDUCTIONS)
def test_reduced_network(network: S2S, case: Case, name: str) -> None:
    options, columns, parameters = REDUCTIONS[name]
    reduced = reduce_network(network, lambda: build(**options), columns)
    assert isinstance(reduced, S2S)
    found = [decoded.logits[0, 0] for decoded, _ in run(reduced, case["frames"], mask_of(case["labels"][0], 1))]
    case.compare(f"abl/{name}/logits", torch.stack(found))
    if parameters:
        assert sum(parameter.numel() for parameter in reduced.parameters()) == parameters


@torch.inference_mode()
def test_native_size(network: S2S, full: Case) -> None:
    found = [decoded for decoded, _ in run(network, full["frames"], mask_of(full["labels"][0], 1))]
    full.compare("obj1/logits_sub2", torch.stack([decoded.logits[0, 0, ::2, ::2] for decoded in found]))
    distances = [decoded.distances[0, :, 5::16, 5::16] for decoded in found if decoded.distances is not None]
    full.compare("obj1/dist_logits_sub16", torch.stack(distances))


def test_bfloat16_changes_few_labels(network: S2S, case: Case) -> None:
    size, labels = case["frames"].shape[1:3], case["labels"][0]
    found = of_bfloat16(
        network, lambda form: follow(S2SPropagator(form, device=CPU, size=size), case["frames"], labels)
    )
    assert found.flipped <= 0.001
    assert 0 < found.mean < 0.0005


def test_gradients(network: S2S, case: Case) -> None:
    """One training step: the loss with its parts, and the gradient of every parameter."""
    masks = mask_of(case["labels"], 1)[0]
    classes = np.stack([border_classes((labels == 1).astype(np.uint8), as_published=True) for labels in case["labels"]])
    case.compare("train/dist_class", classes)
    network.requires_grad_(True)
    objective, losses = S2SObjective(network), []
    for index, (decoded, _) in enumerate(run(network, case["frames"], masks[:1]), start=1):
        assert decoded.distances is not None
        target = torch.from_numpy(classes[index : index + 1].astype(np.int64))
        losses.append(objective.parts(decoded, masks[index : index + 1], target))
    total = torch.stack([objective.total(loss) for loss in losses]).mean()
    total.backward()
    parts = [[loss[part].item() for part in ("jaccard", "distance", "balanced")] for loss in losses]
    case.compare("train/loss_parts_jacc_dist_bce", np.array(parts))
    case.compare("train/loss_total", total)
    compare_gradients(case, "train", network)
    network.requires_grad_(False)
    network.zero_grad(set_to_none=True)


def test_losses(case: Case) -> None:
    logits, given = torch.from_numpy(case["loss/logits"]), torch.from_numpy(case["loss/labels"])
    rows = []
    for labels in (given, torch.zeros_like(given), torch.ones_like(given)):
        balanced = balanced_cross_entropy(logits, labels)
        per_sample = balanced * logits.numel() / len(logits)
        rows.append([balanced.item(), per_sample.item(), jaccard_loss(logits, labels).item()])
    case.compare("loss/bce_mean_bce_batch_jacc", np.array(rows), relative=1e-5)
    distances, classes = torch.from_numpy(case["loss/dist_logits"]), torch.from_numpy(case["loss/dist_class"])
    decoded = Decoded(logits, distances)
    parts = S2SObjective(nn.Identity()).parts(decoded, given[:, 0], classes)
    case.compare("loss/ce", parts["distance"])


def test_border_distances(case: Case) -> None:
    for name in case:
        if not name.startswith("distmap/") or name.endswith("/mask"):
            continue
        folder, _, setting = name.rpartition("/")
        border, bins = (int(part[1:]) for part in setting.split("_"))
        found = border_classes(case[f"{folder}/mask"], border_px=border, bin_px=bins, as_published=True)
        case.compare(name, found)
        assert found.max() < class_count(border, bins)


def test_pictures_are_resized_alike(case: Case) -> None:
    size = case["prep/label_out"].shape
    picture = normalise(to_tensor(sample_picture(case["prep/rgb_in"], size)))
    case.compare("prep/rgb_out", picture[0])
    case.compare("prep/label_out", sample_mask(case["prep/label_in"], size))


def test_nothing_is_left_out(request: pytest.FixtureRequest, case: Case, full: Case) -> None:
    require_whole_module(request)
    assert case.left() + full.left() == []
