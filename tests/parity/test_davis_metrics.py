"""J, F and their statistics against the values of the official DAVIS programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.shared import shared_dir
from vosapp.metrics.contours import longest_contour
from vosapp.metrics.davis import boundary_f, boundary_map, jaccard, summarise
from vosapp.metrics.stability import pair_instability, sequence_instability, shape_contexts, upsample
from vosapp.metrics.transfer import transfer_error

TOLERANCE = 1e-12
Cases = Mapping[str, NDArray[np.generic]]


@pytest.fixture(scope="module")
def cases() -> Iterator[Cases]:
    with np.load(shared_dir("parity", "davis_metrics") / "cases.npz") as archive:
        yield archive


def test_every_pair_scores_as_the_official_programs_do(cases: Cases) -> None:
    names = list(cases["pairs/names"])
    ours = [
        (
            jaccard(cases[f"p/{name}/pred"], cases[f"p/{name}/gt"]),
            boundary_f(cases[f"p/{name}/pred"], cases[f"p/{name}/gt"]),
        )
        for name in names
    ]
    for official in (("pairs/J", "pairs/F"), ("pairs/J_2016", "pairs/F_2016")):
        expected = np.stack([cases[key] for key in official], axis=1)
        np.testing.assert_allclose(ours, expected, rtol=0, atol=TOLERANCE)
    assert len(names) == 95


def test_outlines_are_the_official_ones(cases: Cases) -> None:
    keys = [key for key in cases if key.startswith("bmap/")]
    for key in keys:
        _, name, side = key.split("/")
        np.testing.assert_array_equal(boundary_map(cases[f"p/{name}/{side}"]), cases[key] != 0, err_msg=key)
    assert keys


def test_thresholds_in_pixels_and_as_shares_agree(cases: Cases) -> None:
    name = str(cases["bound_th/case"])
    truth, result = cases[f"p/{name}/gt"], cases[f"p/{name}/pred"]
    whole = [
        (th, f) for th, f in zip(cases["bound_th/th"], cases["bound_th/F"], strict=True) if th < 1 or th == int(th)
    ]
    for th, expected in whole:
        assert boundary_f(result, truth, bound_th=float(th)) == pytest.approx(expected, abs=TOLERANCE)
    assert len(whole) == len(cases["bound_th/th"]) - 1


def test_void_pixels_count_for_nothing(cases: Cases) -> None:
    for index, (j, f) in enumerate(cases["void/JF"]):
        truth, result, void = (cases[f"void/{index}/{part}"] for part in ("gt", "pred", "void"))
        assert jaccard(result, truth, void=void) == pytest.approx(j, abs=TOLERANCE)
        assert boundary_f(result, truth, void=void) == pytest.approx(f, abs=TOLERANCE)


def test_statistics_with_the_published_position_overflow(cases: Cases) -> None:
    for length, official in zip(cases["stats/lengths"], cases["stats/MRD_2017"], strict=True):
        ours = summarise(cases[f"stats/{length}/x"], as_published=True)
        np.testing.assert_allclose([ours.mean, ours.recall, ours.decay], official, atol=TOLERANCE, err_msg=str(length))


def test_statistics_without_the_overflow(cases: Cases) -> None:
    ours = [summarise(cases[f"stats/{length}/x"]).decay for length in cases["stats/lengths"]]
    np.testing.assert_allclose(ours, cases["stats/decay_plain_integer_not_official"], atol=TOLERANCE)


def test_statistics_with_gaps(cases: Cases) -> None:
    ours = summarise(cases["stats/nan/x"])
    np.testing.assert_allclose([ours.mean, ours.recall, ours.decay], cases["stats/nan/MRD_2017"], atol=TOLERANCE)


def test_instability_of_single_pairs(cases: Cases) -> None:
    checked = 0
    for index, name in enumerate(cases["pairs/names"]):
        if cases["pairs/T_evaluated"][index] and cases["pairs/T_contour_simple"][index]:
            ours = pair_instability(cases[f"p/{name}/gt"] != 0, cases[f"p/{name}/pred"] != 0)
            assert ours == pytest.approx(cases["pairs/T"][index], abs=1e-9, nan_ok=True), name
            checked += 1
    assert checked == 80


@pytest.mark.parametrize("name", ["alpha", "charlie", "delta"])
def test_instability_of_sequences(cases: Cases, name: str) -> None:
    assert cases[f"e2e/{name}/T_pair_contour_simple"].all()
    labels = cases[f"e2e/{name}/pred"]
    masks = [(frame > 0) & (frame < 255) for frame in labels]
    assert sequence_instability(masks) == pytest.approx(cases[f"e2e/{name}/T_2016_union_mean"], abs=1e-9)


@pytest.mark.parametrize("name", ["blob_rot", "blob_shift_diag7", "hd_rot"])
def test_steps_of_the_instability(cases: Cases, name: str) -> None:
    for side, part in (("a", "gt"), ("b", "pred")):
        contour = longest_contour(cases[f"p/{name}/{part}"] != 0)
        assert contour is not None
        np.testing.assert_array_equal(contour, cases[f"T/{name}/contour_{side}"])
        np.testing.assert_array_equal(upsample(contour), cases[f"T/{name}/upsampled_{side}"])
        np.testing.assert_array_equal(shape_contexts(upsample(contour)), cases[f"T/{name}/hist_{side}"])


def test_transfer_error_of_the_specification(cases: Cases) -> None:
    pairs = zip(cases["spec_jumpcut/pred"], cases["spec_jumpcut/gt"], strict=True)
    ours = [100 * transfer_error(result != 0, truth != 0) for result, truth in pairs]
    np.testing.assert_allclose(ours, cases["spec_jumpcut/error_percent"], atol=TOLERANCE)
    assert np.nanmean(ours) == pytest.approx(float(cases["spec_jumpcut/mean_error_percent"]), abs=TOLERANCE)
