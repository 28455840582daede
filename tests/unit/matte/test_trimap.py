"""What is painted over an edge holds: sure in, sure out, and unknown pixels that the picture decides."""

from __future__ import annotations

import numpy as np
import pytest

from vosapp.core.document import JoinKind, MatteSettings
from vosapp.core.trimap import TrimapKind
from vosapp.matte.alpha import alpha_of, fine_alpha_of
from vosapp.matte.layers import Layer

SHAPE = (120, 160)
FRONT, BEHIND = np.array([210.0, 90.0, 60.0]), np.array([40.0, 120.0, 190.0])


def disc(radius: float) -> np.ndarray:
    rows, columns = np.ogrid[: SHAPE[0], : SHAPE[1]]
    return np.hypot(rows - 60, columns - 70) < radius


def hairy() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A disc with hairs of 30 px on its right, the mask of the disc alone, and the true alpha."""
    alpha = disc(30).astype(np.float32)
    for row in range(44, 78, 5):
        alpha[row, 95:130] = np.maximum(alpha[row, 95:130], 0.8)
        alpha[row + 1, 95:130] = np.maximum(alpha[row + 1, 95:130], 0.35)
    rgb = alpha[..., None] * FRONT + (1 - alpha[..., None]) * BEHIND
    return rgb.astype(np.uint8), disc(30), alpha


def trimap_of(kind: TrimapKind, part: tuple[slice, slice]) -> np.ndarray:
    trimap = np.zeros(SHAPE, np.uint8)
    trimap[part] = kind
    return trimap


def error(alpha: np.ndarray, truth: np.ndarray, part: tuple[slice, slice]) -> float:
    return float(np.abs(alpha.astype(np.float32) / 255 - truth)[part].sum())


@pytest.mark.parametrize("edge", ["drawn", "fast"])
def test_what_is_sure_holds_and_elsewhere_nothing_changes(edge: str) -> None:
    rgb, mask, _ = hairy()
    settings = MatteSettings(edge=edge, feather_px=0)
    plain = alpha_of(mask, settings, rgb)
    inside, outside = (slice(20, 30), slice(60, 80)), (slice(80, 100), slice(60, 80))
    trimap = trimap_of(TrimapKind.INSIDE, inside)
    trimap[outside] = TrimapKind.OUTSIDE
    alpha = alpha_of(mask, settings, rgb, trimap=trimap)
    assert (alpha[inside] == 255).all() and (alpha[outside] == 0).all()
    assert (plain[inside] < 255).any() and (plain[outside] > 0).any()
    assert np.array_equal(alpha[:, 120:], plain[:, 120:]) and np.array_equal(alpha[50:70, 20:45], plain[50:70, 20:45])


def test_the_neutral_stack_takes_it_and_the_edge_operations_act_on_it() -> None:
    mask, part = disc(30), (slice(10, 25), slice(60, 80))
    trimap = trimap_of(TrimapKind.INSIDE, part)
    alpha = alpha_of(mask, MatteSettings(), trimap=trimap)
    assert np.array_equal(alpha == 255, mask | (trimap > 0)) and set(np.unique(alpha)) == {0, 255}
    assert alpha_of(mask, MatteSettings(grow_px=3), trimap=trimap)[9, 70] == 255
    assert not alpha_of(np.zeros(SHAPE, np.bool_), MatteSettings(), trimap=trimap).any(), "without a mask nothing is in"
    unknown = trimap_of(TrimapKind.UNKNOWN, part)
    assert np.array_equal(alpha_of(mask, MatteSettings(), trimap=unknown) == 255, mask), "drawn asks no picture"
    out_of_all = trimap_of(TrimapKind.OUTSIDE, (slice(0, 60), slice(None)))
    assert not alpha_of(np.ones(SHAPE, np.bool_), MatteSettings(), trimap=out_of_all)[:60].any()


def test_hair_beyond_the_band_comes_back_where_it_is_unknown() -> None:
    rgb, mask, truth = hairy()
    part = (slice(40, 82), slice(101, 134))
    settings = MatteSettings(edge="fast")
    plain = alpha_of(mask, settings, rgb)
    alpha = alpha_of(mask, settings, rgb, trimap=trimap_of(TrimapKind.UNKNOWN, part))
    assert error(alpha, truth, part) < 0.35 * error(plain, truth, part)
    assert np.array_equal(alpha[:, :40], plain[:, :40])


def test_layers_take_it_into_joined_mattes_and_it_is_no_hard_mask() -> None:
    mask, part = disc(20), (slice(10, 25), slice(60, 80))
    other = Layer(2, (0, 0, 0), disc(10), trimap=trimap_of(TrimapKind.INSIDE, part))
    assert not other.is_hard
    whole = Layer(1, (0, 0, 0), np.ones(SHAPE, np.bool_), joined=((JoinKind.SUBTRACT, other),))
    assert not whole.coverage[part].any() and not whole.coverage[disc(10)].any()
    assert np.array_equal(other.coverage, fine_alpha_of(other.mask, other.matte, trimap=other.trimap))
    assert Layer(1, (0, 0, 0), mask).is_hard
