"""HS2S and its ablations compute what their authors' code computes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.parity.case import Case, image_tensor, require_whole_module
from tests.parity.fill import filled, shapes, without_initialising
from tests.parity.precision import follow, of_bfloat16
from tests.parity.sequence import compare_gradients, mask_of, reduce_network
from tests.parity.summary import compare_summary, record, summarise
from vosapp.engine.networks.hs2s import HS2SPropagator
from vosapp.models.hs2s.network import HS2S, State, build
from vosapp.models.stages.merging import merge_by_largest
from vosapp.models.stages.skip_decoder import Decoded
from vosapp.training.border_distance import border_classes
from vosapp.training.sequence.s2s import HS2SObjective

CPU = torch.device("cpu")
INPUTS = ("frames", "labels", "norm_*", "train_ss/*/draws", "train_ss/*/epsilon", "train_ss/*/fed_back")


@pytest.fixture(scope="module")
def case() -> Case:
    return Case("hs2s", inputs=INPUTS)


@pytest.fixture(scope="module")
def full() -> Case:
    return Case("hs2s", "case_full.npz", inputs=("frames", "labels"))


@pytest.fixture(scope="module")
def network() -> Iterator[HS2S]:
    built = without_initialising(build, filled("hs2s"))
    assert isinstance(built, HS2S)
    yield built


def run(
    network: HS2S, images: Tensor, masks: Tensor, *, given: Sequence[Tensor | None] = ()
) -> Iterator[tuple[Decoded, State]]:
    """Every frame after the first.

    Args:
        images: (T, N or 1, 3, H, W) in 0..1.
        masks: (N, H, W) of the first frame.
        given: masks to feed back instead of what was found, for each frame after the first; None feeds back.
    """
    anchor = network.anchor(network.look_back(images[0]), masks)
    state = None
    for index in range(1, len(images)):
        previous = network.previous(network.look_back(images[index - 1]), masks)
        decoded, state = network(network.look(images[index]), masks, anchor, previous, state)
        yield decoded, state
        truth = given[index - 1] if given else None
        masks = decoded.probabilities if truth is None else truth


def clip(frames: np.ndarray) -> Tensor:
    """(T, 1, 3, H, W)."""
    return image_tensor(frames).unsqueeze(1)


def logits_of(found: Iterator[tuple[Decoded, State]]) -> Tensor:
    return torch.stack([decoded.logits[0, 0] for decoded, _ in found])


def test_state_dict_is_the_authors() -> None:
    with torch.device("meta"):
        network = build()
    assert {key: tuple(value.shape) for key, value in network.state_dict().items()} == shapes("hs2s")


@torch.inference_mode()
@pytest.mark.parametrize("number", [1, 2])
def test_object(network: HS2S, case: Case, number: int) -> None:
    found = [decoded for decoded, _ in run(network, clip(case["frames"]), mask_of(case["labels"][0], number))]
    logits = torch.stack([decoded.logits[0, 0] for decoded in found])
    case.compare(f"obj{number}/logits", logits)
    case.compare(f"obj{number}/prob", torch.sigmoid(logits))
    distances = [decoded.distances[0, :, 3::8, 3::8] for decoded in found if decoded.distances is not None]
    case.compare(f"obj{number}/dist_logits_sub8", torch.stack(distances))


@torch.inference_mode()
def test_objects_together(network: HS2S, case: Case) -> None:
    """Running objects as a batch changes nothing, and merging gives the authors' labels."""
    labels = case["labels"][0]
    together = [decoded.probabilities for decoded, _ in run(network, clip(case["frames"]), mask_of(labels, 1, 2))]
    recorded = torch.from_numpy(np.stack([case["obj1/prob"], case["obj2/prob"]]))
    np.testing.assert_allclose(torch.stack(together, dim=1), recorded, atol=1e-4)
    merged = [torch.from_numpy(labels)] + [merge_by_largest(recorded[:, index]) for index in range(3)]
    case.compare("merged", torch.stack(merged).numpy())


@torch.inference_mode()
def test_every_layer(network: HS2S, case: Case) -> None:
    """The recorded layers in their first two calls, before any ReLU."""
    names = {name.partition("/stat/hook/")[2] for name in case if "obj1/stat/hook/" in name}
    paths = {name.partition("#")[0] for name in names}
    layers = {path for path in paths if "[" not in path}
    images, masks = clip(case["frames"]), mask_of(case["labels"][0], 1)
    found: dict[str, dict[str, Any]] = {}
    state: State | None = None
    with record(network, layers) as outputs:
        levels = network.encoder_ref(network.look_back(images[0]), masks)
        anchor = network.decoder.first(levels)
        for index in (1, 2):
            before = network.encoder_ref(network.look_back(images[index - 1]), masks)
            previous = network.decoder.previous(before)
            decoded, state = network(network.look(images[index]), masks, anchor, previous, state)
            _call_matchers(network, state, levels, before)
            for path, memory in (("memory", state.memory), ("skip_memory", state.skip)):
                assert memory is not None
                for part in (0, 1):
                    found[f"{path}[{part}]#{index - 1}"] = summarise(memory[part])
            masks = decoded.probabilities
    for path, summaries in outputs.items():
        once = summaries[::2] if path.endswith(("conv_l2", "conv_r2")) else summaries  # in inference and called whole
        found |= {f"{path}#{call}": summary for call, summary in enumerate(once)}
    assert names <= set(found)
    for name in names:
        compare_summary(case, "obj1", f"hook/{name}", found[name])


def _call_matchers(network: HS2S, state: State, first: Any, previous: Any) -> None:
    """Inference splits the global convolutions by channels; called whole, they must give what was recorded."""
    decoder, skip = network.decoder, state.skip
    assert skip is not None
    pairs = ((decoder.GC, first.r, state.memory), (decoder.GC_p, previous.r, state.memory))
    for matcher, reference, memory in (*pairs, (decoder.GCmm0, first.c4, skip), (decoder.GCmm_1, previous.c4, skip)):
        assert matcher is not None
        matcher(torch.cat([reference, memory.h], dim=1))


REDUCTIONS: dict[str, tuple[dict[str, Any], dict[str, slice], int]] = {
    "hs2s_0": ({"references": "first"}, {"GCGC_p": slice(0, 512), "mm": slice(0, 512)}, 376_882_153),
    "hs2s_tm1": ({"references": "previous"}, {"GCGC_p": slice(512, 1024), "mm": slice(512, 1024)}, 376_882_153),
    "no_skip_memory": ({"skip_memory": False}, {"conv_2_": slice(0, 1536)}, 166_900_201),
    "no_dist": ({"border_distances": False}, {"merge_": slice(42, 84)}, 0),
}


@torch.inference_mode()
@pytest.mark.parametrize("name", REDUCTIONS)
def test_reduced_network(network: HS2S, case: Case, name: str) -> None:
    options, columns, parameters = REDUCTIONS[name]
    reduced = reduce_network(network, lambda: build(**options), columns)
    assert isinstance(reduced, HS2S)
    case.compare(f"abl/{name}/logits", logits_of(run(reduced, clip(case["frames"]), mask_of(case["labels"][0], 1))))
    if parameters:
        assert sum(parameter.numel() for parameter in reduced.parameters()) == parameters


@torch.inference_mode()
def test_native_size(network: HS2S, full: Case) -> None:
    found = [decoded for decoded, _ in run(network, clip(full["frames"]), mask_of(full["labels"][0], 1))]
    full.compare("obj1/logits_sub2", torch.stack([decoded.logits[0, 0, ::2, ::2] for decoded in found]))
    distances = [decoded.distances[0, :, 5::16, 5::16] for decoded in found if decoded.distances is not None]
    full.compare("obj1/dist_logits_sub16", torch.stack(distances))


def test_bfloat16_changes_few_labels(network: HS2S, case: Case) -> None:
    size, labels = case["frames"].shape[1:3], case["labels"][0]
    found = of_bfloat16(
        network, lambda form: follow(HS2SPropagator(form, device=CPU, size=size), case["frames"], labels)
    )
    assert found.flipped <= 0.001
    assert 0 < found.mean < 0.0005


def test_gradients(network: HS2S, case: Case) -> None:
    """One training step with the true masks fed back and the batch norms at rest."""
    masks = mask_of(case["labels"], 1)[0]
    labels = (case["labels"] == 1).astype(np.uint8)
    network.requires_grad_(True)
    objective, losses, logits = HS2SObjective(network), [], []
    found = run(network, clip(case["frames"]), masks[:1], given=[masks[index : index + 1] for index in (1, 2, 3)])
    for index, (decoded, _) in enumerate(found, start=1):
        assert decoded.distances is not None
        classes = torch.from_numpy(border_classes(labels[index], as_published=True).astype(np.int64))
        losses.append(objective.parts(decoded, masks[index : index + 1], classes[None]))
        logits.append(decoded.logits[0, 0])
    total = torch.stack([objective.total(loss) for loss in losses]).mean()
    total.backward()
    case.compare("train_tf/logits", torch.stack(logits))
    parts = [[loss[part].item() for part in ("jaccard", "balanced", "distance")] for loss in losses]
    case.compare("train_tf/loss_parts_jacc_bce_dist", np.array(parts))
    case.compare("train_tf/loss_total", total)
    compare_gradients(case, "train_tf", network)
    network.requires_grad_(False)
    network.zero_grad(set_to_none=True)


@torch.inference_mode()
@pytest.mark.parametrize("epoch", ["ep350", "ep500"])
def test_scheduled_sampling(network: HS2S, case: Case, epoch: str) -> None:
    """Own masks are fed back where the recorded draws say so. The flag of a frame is about the mask it starts from."""
    masks = mask_of(case["labels"], 1)[0]
    fed_back = case[f"train_ss/{epoch}/fed_back"]
    given = [None if fed_back[index] else masks[index : index + 1] for index in (1, 2)]
    found = run(network, clip(case["frames"]), masks[:1], given=[*given, None])
    case.compare(f"train_ss/{epoch}/logits", logits_of(found))


@torch.no_grad()
def test_batch_norm_in_training(network: HS2S, case: Case) -> None:
    """A batch of a clip and its mirror image, the batch norms in training mode."""
    buffers = {key: value for key, value in network.state_dict().items() if "running" in key or "num_batches" in key}
    saved = {key: value.clone() for key, value in buffers.items()}
    images = clip(case["frames"])
    images = torch.cat([images, images.flip(-1)], dim=1)
    both = torch.cat([mask_of(case["labels"], 1), mask_of(case["labels"], 2).flip(-1)]).transpose(0, 1)
    network.train()
    found = [decoded for decoded, _ in run(network, images, both[0], given=list(both[1:]))]
    network.eval()
    case.compare("train_bn/logits", torch.stack([decoded.logits[:, 0] for decoded in found]), tolerance=1e-3)
    keys = [str(key) for key in case["train_bn/keys"]]
    case.compare("train_bn/keys", np.array(keys))
    norms = np.array([buffers[key].double().norm().item() for key in keys])
    case.compare("train_bn/running_l2", norms, tolerance=1e-3)
    calls = [buffers[f"{encoder}.bn.num_batches_tracked"].item() for encoder in ("encoder_ref", "encoder")]
    case.compare("train_bn/num_batches_tracked", np.array(calls))
    for key, value in saved.items():
        buffers[key].copy_(value)


def test_nothing_is_left_out(request: pytest.FixtureRequest, case: Case, full: Case) -> None:
    require_whole_module(request)
    assert case.left() + full.left() == []
