"""RVOS gives the authors' numbers: encoder, gates, both recurrences, one-shot and zero-shot, odd sizes."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from tests.parity.case import Case, statistics
from tests.parity.fill import filled, without_initialising
from vosapp.engine.networks.rvos import RvosPropagator
from vosapp.models.preparing import prepare
from vosapp.models.rvos.decoder import LEVELS, mask_pyramid
from vosapp.models.rvos.network import FrameOutput, Rvos, build

INPUTS = ("frames_u8", "labels_u8", "x")


@pytest.fixture(scope="module")
def encoder_state() -> dict[str, Tensor]:
    state = filled("rvos", "encoder", keys=lambda key: not key.startswith("base.fc."))
    return {f"encoder.{key}": value for key, value in state.items()}


def _network(encoder_state: dict[str, Tensor], section: str, mask_channel: bool) -> Rvos:
    decoder = {f"decoder.{key}": value for key, value in filled("rvos", section).items()}
    module = without_initialising(lambda: build(mask_channel), {**encoder_state, **decoder})
    assert isinstance(module, Rvos)
    return module


@pytest.fixture(scope="module")
def follower(encoder_state: dict[str, Tensor]) -> Iterator[Rvos]:
    with torch.inference_mode():
        yield _network(encoder_state, "decoder_one_shot", True)


@pytest.fixture(scope="module")
def finder(encoder_state: dict[str, Tensor]) -> Iterator[Rvos]:
    with torch.inference_mode():
        yield _network(encoder_state, "decoder_zero_shot", False)


def _given(*masks: NDArray[np.bool_]) -> Tensor:
    return torch.from_numpy(np.stack(masks).astype(np.float32))


def _check_if_recorded(case: Case, name: str, got: Tensor | NDArray[np.float64]) -> None:
    if name in case:
        case.compare(name, got)


def _check_frame(case: Case, kind: str, frame: int, output: FrameOutput) -> None:
    case.compare(f"{kind}_prob", output.probabilities, part=frame)
    case.compare(f"{kind}_logits", output.logits, part=frame)
    for slot, cells in enumerate(output.cells):
        for level, cell in enumerate(cells):
            for letter, value in (("h", cell.hidden), ("c", cell.memory)):
                name = f"{kind}_f{frame}_o{slot}_{letter}{level}"
                _check_if_recorded(case, f"{name}_stats", statistics(value, sample=True))
                _check_if_recorded(case, f"{name}_crop", value[0, :4, :8, :10])


def _check_masks(case: Case, frame: int, masks: Tensor) -> None:
    for level, maps in enumerate(mask_pyramid(masks[:, None])):
        for slot in range(masks.shape[0]):
            _check_if_recorded(case, f"os_f{frame}_o{slot}_mask_l{level}", maps[slot, 0])


def _follow(network: Rvos, case: Case, given: dict[int, Tensor]) -> None:
    """Runs one-shot in the authors' protocol: the first masks serve two frames, later ones replace a slot's."""
    images = torch.from_numpy(case["x"])
    hidden, masks = None, given[0]
    for frame, image in enumerate(images):
        for slot in range(masks.shape[0]):
            if frame > 0 and frame in given and given[frame][slot].any():
                masks = masks.clone()
                masks[slot] = given[frame][slot]
        _check_masks(case, frame, masks)
        output = network(image[None], masks, hidden)
        _check_frame(case, "os", frame, output)
        hidden, masks = output.hidden, given[0] if frame == 0 else output.probabilities


def _find(network: Rvos, case: Case, slots: int) -> None:
    hidden = None
    for frame, image in enumerate(torch.from_numpy(case["x"])):
        output = network(image[None], slots, hidden)
        _check_frame(case, "zs", frame, output)
        hidden = output.hidden


def _check_encoder(network: Rvos, case: Case) -> None:
    for frame, image in enumerate(torch.from_numpy(case["x"])):
        stages = network.encoder.base(image[None])
        for name, value in stages._asdict().items():
            case.compare(f"enc_f{frame}_{name}_stats", statistics(value, sample=True))
            _check_if_recorded(case, f"enc_f{frame}_{name}_crop", value[0, :8, :6, :8])
        for level, value in zip((5, 4, 3, 2), network.encoder(image[None]), strict=True):
            case.compare(f"enc_f{frame}_skip{level}_stats", statistics(value, sample=True))
            _check_if_recorded(case, f"enc_f{frame}_skip{level}", value[0])


def test_every_recorded_array(follower: Rvos, finder: Rvos) -> None:
    case = Case("rvos", inputs=INPUTS)
    labels = case["labels_u8"]
    _check_encoder(follower, case)
    _follow(follower, case, {0: _given(labels[0] == 1, labels[0] == 2)})
    _find(finder, case, 4)
    assert case.left() == []


def test_an_odd_size_and_an_object_that_joins_later(follower: Rvos) -> None:
    case = Case("rvos", "case_odd.npz", inputs=INPUTS)
    labels = case["labels_u8"]
    nothing = np.zeros_like(labels[0], np.bool_)
    _follow(follower, case, {0: _given(labels[0] == 1, nothing), 2: _given(nothing, labels[2] == 2)})
    assert case.left() == []


def test_the_ablations_drop_what_they_say(finder: Rvos) -> None:
    """No arrays are recorded for them; each must equal the whole network where the dropped state is missing anyway."""
    image = torch.from_numpy(Case("rvos", inputs=INPUTS)["x"][:1])
    first = finder(image, 2, None)
    second = finder(image, 2, first.hidden)
    assert torch.equal(finder(image, 2, first.hidden, "spatial").probabilities, first.probabilities)
    temporal = finder(image, 2, first.hidden, "temporal")
    assert torch.allclose(temporal.probabilities[0], second.probabilities[0], atol=1e-6)
    assert not torch.allclose(temporal.probabilities[1], second.probabilities[1], atol=1e-3)
    for level in range(LEVELS):
        alone = finder(image, 1, tuple(h[1:] for h in first.hidden)).hidden[level][0]
        assert torch.allclose(temporal.hidden[level][1], alone, atol=1e-5)


@pytest.mark.parametrize("prepared", [False, True])
def test_the_propagator_gives_the_authors_results(follower: Rvos, prepared: bool) -> None:
    case = Case("rvos", inputs=INPUTS)
    network = prepare(copy.deepcopy(follower), torch.device("cpu")) if prepared else follower
    propagator = RvosPropagator(network, device=torch.device("cpu"), size=(96, 160))
    masks = {i: (case["labels_u8"][0] == i).astype(np.float32) for i in (1, 2)}
    propagator.step(0, case["frames_u8"][0], masks)
    for frame in (1, 2, 3):
        found = propagator.step(frame, case["frames_u8"][frame]).probabilities
        largest = case["os_prob"][frame].max(axis=0)
        np.testing.assert_allclose(np.maximum(found[1], found[2]), largest, atol=1e-4)
