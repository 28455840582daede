"""A-GAME gives the authors' numbers: appearance, motion, scores, both protocols, padding, late objects."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from tests.parity.case import Case, statistics
from tests.parity.fill import filled, without_initialising
from vosapp.engine.networks.agame import AGamePropagator
from vosapp.models.agame.network import AGame, Picture, State, build, foreground, pool
from vosapp.models.preparing import prepare
from vosapp.models.stages.aggregation import aggregate

MEAN, DEVIATION = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])


@pytest.fixture(scope="module")
def network() -> Iterator[AGame]:
    state = filled("agame", keys=lambda key: ".backbone.fc." not in key)
    module = without_initialising(build, {key.removeprefix("trackseg."): value for key, value in state.items()})
    assert isinstance(module, AGame)
    with torch.inference_mode():
        yield module


@pytest.fixture(scope="module")
def case() -> Case:
    return Case("agame", inputs=("frames", "label_so", "label_mo", "stat_names"))


@pytest.fixture(scope="module")
def images(case: Case) -> Tensor:
    rgb = torch.from_numpy(case["frames"]).permute(0, 3, 1, 2) / 255
    return (rgb - MEAN[:, None, None]) / DEVIATION[:, None, None]


@pytest.fixture(scope="module")
def pictures(network: AGame, images: Tensor) -> list[Picture]:
    return [network.look(image[None]) for image in images]


def _masks(labels: NDArray[np.generic], *object_ids: int) -> Tensor:
    return torch.from_numpy(np.stack([labels == i for i in object_ids]).astype(np.float32))


def _labels(probabilities: Tensor) -> NDArray[np.uint8]:
    """Object numbers of aggregated probabilities (N, H, W), background where it is at least as probable."""
    everything = torch.cat([1 - probabilities.sum(0, keepdim=True), probabilities])
    return everything.argmax(0).numpy().astype(np.uint8)


def _check_labels(case: Case, name: str, frame: int, probabilities: Tensor) -> None:
    """Compares labels where the two most probable ones are clearly apart."""
    everything = torch.cat([1 - probabilities.sum(0, keepdim=True), probabilities])
    first, second = everything.topk(2, dim=0).values
    clear = (first - second > 1e-4).numpy()
    recorded = case[name][frame]
    assert clear.mean() > 0.99
    case.compare(name, np.where(clear, _labels(probabilities), recorded), part=frame)


def _backbone_features(network: AGame, images: Tensor, pictures: list[Picture], case: Case) -> None:
    names = list(case["stat_names"])
    case.compare("mid_norm_f0", images[0, :, :32, :32])
    _check_statistics(case, names, "norm_f0", images[0])
    for frame in (0, 1):
        features = network.backbone(images[frame][None])
        for name, channels in (("s16", 64), ("s8", 16), ("s4", 8)):
            value = getattr(features, name)
            case.compare(f"mid_f{frame}_{name}", value[0, :channels])
            _check_statistics(case, names, f"f{frame}_{name}", value)
    case.compare("mid_f0_appfeat", pictures[0].appearance[0, :64])
    _check_statistics(case, names, "f0_appfeat", pictures[0].appearance)


def _check_statistics(case: Case, names: list[str], name: str, value: Tensor) -> None:
    case.compare("stat_values", statistics(value), part=names.index(name))


def _one_object_in_the_single_target_protocol(network: AGame, pictures: list[Picture], case: Case) -> None:
    names = list(case["stat_names"])
    given = _masks(case["label_so"], 1)
    state = network.start(pictures[0], pool(given))
    case.compare("so_seg", case["label_so"], part=0)
    _check_state(case, state, 0)
    for frame in (1, 2, 3):
        scores = network.scores(pictures[frame], state)
        probability = foreground(scores.final)
        case.compare("so_prob", probability[0], part=frame - 1)
        case.compare("so_app_scores", scores.appearance[0], part=frame - 1)
        case.compare("so_coarse_scores", network.fusmod.coarse(scores.fused)[0], part=frame - 1)
        _check_labels(case, "so_seg", frame, probability)
        if frame == 1:
            case.compare("so_logits_f1", scores.final[0, :, :64, :64])
            case.compare("mid_so_f1_dyn", scores.motion[0, :64])
            case.compare("mid_so_f1_fused", scores.fused[0])
            _check_statistics(case, names, "so_f1_dyn", scores.motion)
            _check_statistics(case, names, "so_f1_fused", scores.fused)
            _check_statistics(case, names, "so_f1_logits", scores.final)
        state = network.update(pictures[frame], state, pool(probability))
        _check_state(case, state, frame)


def _check_state(case: Case, state: State, frame: int) -> None:
    case.compare("so_app_means", state.appearance.means[0], part=frame)
    case.compare("so_app_covs", state.appearance.variances[0], part=frame)
    case.compare("so_update_seg", state.previous[0], part=frame)


def _two_objects_in_the_multi_target_protocol(network: AGame, pictures: list[Picture], case: Case) -> None:
    case.compare("mo_seg", case["label_mo"], part=0)
    state = network.start(pictures[0], pool(_masks(case["label_mo"], 1, 2)))
    for frame in (1, 2, 3):
        raw = foreground(network.scores(pictures[frame], state).final)
        merged = aggregate(raw, raw)
        case.compare("mo_raw_prob", raw, part=frame - 1)
        case.compare("mo_agg_prob", merged, part=frame - 1)
        _check_labels(case, "mo_seg", frame, merged)
        state = network.update(pictures[frame], state, pool(merged))


def _reflected_padding_of_an_odd_size(network: AGame, images: Tensor, case: Case, variants: Case) -> None:
    left, right, top, bottom = (int(p) for p in variants["odd_pad"])
    variants.compare("odd_pad", np.array([6, 5, 3, 2]))
    padded = F.pad(images[:, :, :91, :149], (left, right, top, bottom), mode="reflect")
    masks = _masks(case["label_mo"][:91, :149], 1, 2)
    given = F.pad(masks[None], (left, right, top, bottom), mode="reflect")[0]
    state = network.start(network.look(padded[:1]), pool(given))
    variants.compare("odd_seg", case["label_mo"][:91, :149], part=0)
    for frame in (1, 2, 3):
        picture = network.look(padded[frame][None])
        raw = foreground(network.scores(picture, state).final)
        merged = aggregate(raw, raw)
        inner = merged[:, top : top + 91, left : left + 149]
        if frame == 1:
            variants.compare("odd_raw_prob_f1", raw[:, top : top + 91, left : left + 149])
        variants.compare("odd_agg_prob", inner, part=frame - 1)
        _check_labels(variants, "odd_seg", frame, inner)
        state = network.update(picture, state, pool(merged))


def _one_object_in_the_multi_target_protocol(
    network: AGame, pictures: list[Picture], case: Case, variants: Case
) -> None:
    state = network.start(pictures[0], pool(_masks(case["label_so"], 1)))
    variants.compare("single_as_multi_seg", case["label_so"], part=0)
    for frame in (1, 2, 3):
        raw = foreground(network.scores(pictures[frame], state).final)
        variants.compare("single_as_multi_raw_prob", raw[0], part=frame - 1)
        merged = aggregate(raw, raw)
        _check_labels(variants, "single_as_multi_seg", frame, merged)
        state = network.update(pictures[frame], state, pool(merged))


def _an_object_that_joins_later(network: AGame, pictures: list[Picture], case: Case, variants: Case) -> None:
    state = network.start(pictures[0], pool(_masks(case["label_so"], 1)))
    variants.compare("late_seg", case["label_so"], part=0)
    for frame in (1, 2, 3):
        if frame == 2:
            state = state.join(network.start(pictures[2], pool(_masks(variants["late_label_f2"], 2))))
        alone = foreground(network.scores(pictures[frame], state).final)
        merged = aggregate(alone, alone)
        variants.compare("late_agg_prob_o1", merged[0], part=frame - 1)
        if frame >= 2:
            variants.compare("late_agg_prob_o2", merged[1], part=frame - 2)
        _check_labels(variants, "late_seg", frame, merged)
        state = network.update(pictures[frame], state, pool(merged))


def test_every_recorded_array(network: AGame, images: Tensor, pictures: list[Picture], case: Case) -> None:
    _backbone_features(network, images, pictures, case)
    _one_object_in_the_single_target_protocol(network, pictures, case)
    _two_objects_in_the_multi_target_protocol(network, pictures, case)
    assert case.left() == []


def test_every_recorded_array_of_the_variants(
    network: AGame, images: Tensor, pictures: list[Picture], case: Case
) -> None:
    variants = Case("agame", "case_variants.npz", inputs=("late_label_f2",))
    _reflected_padding_of_an_odd_size(network, images, case, variants)
    _one_object_in_the_multi_target_protocol(network, pictures, case, variants)
    _an_object_that_joins_later(network, pictures, case, variants)
    assert variants.left() == []


@pytest.mark.parametrize("prepared", [False, True])
def test_the_propagator_gives_the_authors_results(network: AGame, case: Case, prepared: bool) -> None:
    network = prepare(copy.deepcopy(network), torch.device("cpu")) if prepared else network
    variants = Case("agame", "case_variants.npz", inputs=("late_label_f2",))
    frames = case["frames"]
    for protocol, name, labels, cut, recorded in (
        ("single-target", "so_prob", case["label_so"], np.s_[:, :], case["so_prob"][:, None]),
        ("multi-target", "mo_agg_prob", case["label_mo"], np.s_[:, :], case["mo_agg_prob"]),
        ("multi-target", "odd_agg_prob", case["label_mo"], np.s_[:91, :149], variants["odd_agg_prob"]),
    ):
        propagator = AGamePropagator(network, device=torch.device("cpu"), protocol=protocol)  # type: ignore[arg-type]
        ids = range(1, recorded.shape[1] + 1)
        propagator.step(0, frames[0][cut], {i: (labels[cut] == i).astype(np.float32) for i in ids})
        for frame in (1, 2, 3):
            found = propagator.step(frame, frames[frame][cut]).probabilities
            for i in ids:
                np.testing.assert_allclose(found[i], recorded[frame - 1, i - 1], atol=1e-4, err_msg=name)
