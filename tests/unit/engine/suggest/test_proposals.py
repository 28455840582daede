"""Proposals are ranked by what can be seen without the truth, and repeats are dropped."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.networks import random_network
from tests.unit.engine.fakes import ArraySource
from vosapp.core.errors import Cancelled, EngineError, WeightsError
from vosapp.core.mask import Mask
from vosapp.engine.networks.cosnet import PrimaryObject, references
from vosapp.engine.networks.rvos_zero import approach, candidates
from vosapp.engine.suggest import proposals as module
from vosapp.engine.suggest.proposals import Candidate, Proposal, mean_overlap, suggest, why_not, without_repeats
from vosapp.models.weights import WeightsState

SIZE = (60, 80)


def _box(top: int, left: int, height: int = 20, width: int = 20) -> NDArray[np.bool_]:
    mask = np.zeros(SIZE, np.bool_)
    mask[top : top + height, left : left + width] = True
    return mask


def _soft(mask: NDArray[np.bool_], inside: float = 1.0) -> NDArray[np.float32]:
    return np.where(mask, np.float32(inside), np.float32(0))


@pytest.fixture
def offer(monkeypatch: pytest.MonkeyPatch) -> Callable[[Sequence[Candidate]], None]:
    """Puts candidates where a network would find them."""

    def set_candidates(found: Sequence[Candidate]) -> None:
        monkeypatch.setattr(module, "_proposer", lambda name: lambda *a, **k: found if name == "cosnet" else [])
        monkeypatch.setattr(module, "weights_state", lambda spec: WeightsState.PRESENT)

    return set_candidates


def test_stable_sure_and_whole_masks_come_first(offer: Callable[[Sequence[Candidate]], None]) -> None:
    scattered = _box(0, 0, 10, 10) | _box(0, 30, 10, 10)
    offer(
        [
            Candidate(_soft(_box(40, 0), 0.6), 0.9),
            Candidate(_soft(scattered), 0.9),
            Candidate(_soft(_box(20, 40)), 0.9),
            Candidate(_soft(_box(40, 60)), 0.4),
        ]
    )
    proposals = suggest(ArraySource(3, size=SIZE), 1)
    boxes = [proposal.mask.bounding_box for proposal in proposals]
    assert boxes[0] == (40, 20, 60, 40)
    assert [round(proposal.score, 2) for proposal in proposals] == [0.9, 0.54, 0.45, 0.4]
    assert {proposal.network for proposal in proposals} == {"cosnet"}


def test_the_order_does_not_depend_on_the_order_of_finding(offer: Callable[[Sequence[Candidate]], None]) -> None:
    candidates = [Candidate(_soft(_box(20 * (i // 3), 25 * (i % 3), 15, 12 + i % 2)), 0.8) for i in range(9)]
    candidates[4] = Candidate(_soft(_box(20, 25, 15, 12), 0.9), 0.8)
    orders = []
    for shuffle in range(4):
        offer([candidates[i] for i in np.random.default_rng(shuffle).permutation(9)])
        orders.append([proposal.mask.bounding_box for proposal in suggest(ArraySource(3, size=SIZE), 1)])
    assert len(orders[0]) == 9
    assert all(order == orders[0] for order in orders)


def test_true_objects_come_before_what_slots_hold_besides(offer: Callable[[Sequence[Candidate]], None]) -> None:
    """Ten slots as a trained network leaves them: objects, parts, unions and flicker. Compared with the truth."""
    random = np.random.default_rng(5)
    truth = [_box(5, 5, 20, 18), _box(30, 20, 24, 30), _box(8, 50, 30, 20)]
    noise = [cv2.GaussianBlur(random.random(SIZE, np.float32), (0, 0), 3) - 0.5 for _ in range(10)]
    sharp = [np.clip(cv2.GaussianBlur(_soft(mask, 0.96), (0, 0), 0.8) + noise[i], 0, 1) for i, mask in enumerate(truth)]
    part = np.where(_box(30, 20, 12, 30), np.float32(0.7), np.float32(0.1))
    union = np.where(truth[0] | truth[2], np.float32(0.6), np.float32(0.2))
    flicker = [np.clip(0.5 + 3 * one, 0, 1).astype(np.float32) for one in noise[3:8]]
    slots = [*((one, 0.9) for one in sharp), (part, 0.7), (union, 0.6), *((one, 0.1) for one in flicker)]
    offer([Candidate(np.asarray(one, np.float32), stability) for one, stability in slots])
    best = suggest(ArraySource(3, size=SIZE), 1)[:3]
    overlaps = [max(mean_overlap([proposal.mask.array(), mask]) for proposal in best) for mask in truth]
    assert min(overlaps) > 0.85


def test_variants_reach_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, object]] = []

    def proposer(_name: str) -> Callable[..., list[Candidate]]:
        return lambda *_, **options: asked.append(options) or [Candidate(_soft(_box(5, 5)))]  # type: ignore[func-returns-value]

    monkeypatch.setattr(module, "_proposer", proposer)
    monkeypatch.setattr(module, "weights_state", lambda spec: WeightsState.PRESENT)
    (found,) = suggest(ArraySource(3, size=SIZE), 1, network_names=["cosnet/group/crf"])
    assert found.network == "cosnet/group/crf"
    assert asked[0]["form"] == "group"
    with pytest.raises(EngineError, match="no variant"):
        suggest(ArraySource(3, size=SIZE), 1, network_names=["cosnet/tuned"])


def test_specks_and_the_whole_frame_are_no_objects(offer: Callable[[Sequence[Candidate]], None]) -> None:
    offer(
        [
            Candidate(_soft(_box(0, 0, 1, 2))),
            Candidate(np.ones(SIZE, np.float32)),
            Candidate(np.zeros(SIZE, np.float32)),
        ]
    )
    assert suggest(ArraySource(3, size=SIZE), 1) == []


def test_refinement_moves_the_outline_to_the_colours(offer: Callable[[Sequence[Candidate]], None]) -> None:
    rgb = np.full((*SIZE, 3), 40, np.uint8)
    truth = _box(20, 30)
    rgb[truth] = (220, 180, 40)
    offer([Candidate(np.where(_box(18, 28), np.float32(0.7), np.float32(0.2)))])
    overlaps = []
    for refine in (False, True):
        (proposal,) = suggest(ArraySource([rgb]), 0, refine=refine)
        overlaps.append(mean_overlap([proposal.mask.array(), truth]))
    assert overlaps[1] > 0.95 > overlaps[0]


def test_what_a_better_proposal_covers_is_dropped() -> None:
    def proposal(mask: NDArray[np.bool_], score: float) -> Proposal:
        return Proposal(Mask.from_array(mask), score, 1, 1, 1, "cosnet")

    whole, same, part, apart = _box(0, 0), _box(2, 0), _box(5, 5, 5, 5), _box(30, 30)
    given = [proposal(mask, 1 - i / 10) for i, mask in enumerate((whole, same, part, apart))]
    assert without_repeats(given) == [given[0], given[3]]


def test_staying_in_place_is_measured_from_frame_to_frame() -> None:
    still, gone = _box(0, 0), np.zeros(SIZE, np.bool_)
    assert mean_overlap([still, still, still]) == 1
    assert mean_overlap([still, _box(0, 10)]) == pytest.approx(1 / 3)
    assert mean_overlap([gone, gone]) == 0
    assert mean_overlap([still]) == 1


def test_without_weights_one_sentence_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOSAPP_DATA_DIR", str(tmp_path))
    monkeypatch.setattr("vosapp.models.weights.own_weights_dir", lambda: tmp_path)
    assert "vosapp weights list" in why_not()
    with pytest.raises(WeightsError, match="RVOS.*COSNet"):  # noqa: RUF043
        suggest(ArraySource(3, size=SIZE), 1)
    with pytest.raises(WeightsError, match="vosapp weights import"):
        suggest(ArraySource(3, size=SIZE), 1, network_names=["cosnet"])


def test_frames_and_networks_that_are_not_there(offer: Callable[[Sequence[Candidate]], None]) -> None:
    offer([])
    with pytest.raises(EngineError, match="Frame 3 is not in the clip"):
        suggest(ArraySource(3, size=SIZE), 3)
    with pytest.raises(EngineError, match="agame proposes no objects"):
        suggest(ArraySource(3, size=SIZE), 1, network_names=["agame"])


@pytest.mark.parametrize(
    ("frame", "shot", "expected"),
    [
        (10, range(50), [6, 7, 8, 9, 10]),
        (10, range(9, 50), [14, 13, 12, 11, 10]),
        (10, range(9, 11), [9, 10]),
        (10, range(10, 11), [10]),
    ],
)
def test_rvos_comes_to_the_frame_inside_its_shot(frame: int, shot: range, expected: list[int]) -> None:
    assert approach(frame, shot) == expected


def test_cosnet_compares_with_frames_spread_over_the_shot() -> None:
    assert references(0, range(101)) == [11, 31, 51, 71, 91]
    assert references(7, range(5, 9)) == [5, 6, 8]
    assert references(7, range(7, 8)) == [7]


def test_rvos_gives_a_candidate_for_each_slot() -> None:
    frames = [np.random.default_rng(i).integers(0, 255, (*SIZE, 3), np.uint8) for i in range(3)]
    source, checks = ArraySource(frames), []
    found = candidates(
        random_network("rvos-zero"),  # type: ignore[arg-type]
        source,
        [0, 1, 2],
        device=torch.device("cpu"),
        check=lambda: checks.append(1),
        size=(64, 96),
    )
    assert source.read == [0, 1, 2]
    assert len(checks) == 3
    assert len(found) == 10
    assert all(c.probability.shape == SIZE and 0 <= c.stability <= 1 for c in found)


def test_cosnet_encodes_its_references_once_and_can_be_stopped() -> None:
    pictures = [np.random.default_rng(i).integers(0, 255, (*SIZE, 3), np.uint8) for i in range(3)]
    finder = PrimaryObject(random_network("cosnet"), device=torch.device("cpu"), size=(65, 81))  # type: ignore[arg-type]
    finder.refer(pictures[:2])
    found = finder.find(pictures[2])
    assert found.shape == SIZE
    assert 0 <= found.min() <= found.max() <= 1

    def stop() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        finder.refer(pictures, stop)


def test_asking_whether_it_can_loads_no_torch() -> None:
    code = (
        "import sys; from vosapp.engine.suggest.proposals import why_not; why_not(); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
