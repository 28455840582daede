"""The *fast* edge is as wide as the picture shows it: motion blur of any shutter, sharp edges, and no network."""

from __future__ import annotations

import tracemalloc

import cv2
import numpy as np
import pytest

from tests.moving_disc import RADIUS, SHAPE, moving_disc
from vosapp.core.document import MatteSettings
from vosapp.matte.alpha import alpha_of
from vosapp.matte.edge_width import EdgeColours, edge_width, rough_distance
from vosapp.matte.fast_edge import fast_edge
from vosapp.matte.outline import distance_to_outline


def error(alpha: np.ndarray, truth: np.ndarray) -> float:
    return float(np.abs(alpha - truth).sum())


@pytest.mark.parametrize("blur_px", [8, 16, 32])
def test_motion_blur_is_as_wide_as_the_motion_in_the_shutter(blur_px: int) -> None:
    rgb, truth = moving_disc(blur_px)
    mask = truth >= 0.5
    feathers = [cv2.GaussianBlur(mask.astype(np.float32), (0, 0), sigma) for sigma in (1, 2, 3, 4, 6, 8)]
    found = error(fast_edge(rgb, mask), truth)
    assert found < 0.3 * error(mask, truth)
    assert found < 0.6 * min(error(feather, truth) for feather in feathers), "no width is right all around"


def test_the_width_is_measured_stretch_by_stretch() -> None:
    rgb, truth = moving_disc(24)
    mask = truth >= 0.5
    inside_px = rough_distance(mask)
    grid = edge_width(rgb, mask, inside_px, EdgeColours.of(rgb, inside_px))
    width_px = cv2.resize(grid, SHAPE[::-1])
    across, along = width_px[130, 190 + RADIUS], width_px[130 - RADIUS, 190]
    assert 16 < across < 32 and along < 9


def test_beside_what_looks_alike_the_edge_is_as_wide_as_on_the_rest_of_the_object() -> None:
    rows, columns = np.mgrid[:200, :300].astype(np.float32)
    truth = np.clip((70 - np.hypot(rows - 100, columns - 150)) / 8 + 0.5, 0, 1)[..., None]
    behind = np.where(columns > 190, 0.74, 0.15)[..., None] * np.ones(3)  # the right end of the disc hardly differs
    noise = np.random.default_rng(1).normal(0, 0.01, (200, 300, 3))
    rgb = (truth * np.array([0.8, 0.75, 0.7]) + (1 - truth) * behind + noise).astype(np.float32)
    mask = truth[..., 0] >= 0.5
    inside_px = rough_distance(mask)
    width_px = cv2.resize(edge_width(rgb, mask, inside_px, EdgeColours.of(rgb, inside_px)), (300, 200))
    left, right = width_px[100, 80], width_px[100, 220]
    assert 5 < left < 11 and 0.7 * left < right < 1.5 * left


def test_a_drawn_reach_bounds_it() -> None:
    rgb, truth = moving_disc(24)
    mask = truth >= 0.5
    alpha = fast_edge(rgb, mask, 5.0)
    away = np.abs(distance_to_outline(mask))
    assert np.array_equal(alpha[away > 6], mask[away > 6]) and (alpha != mask).any()


def test_the_rough_distance_is_nearly_the_distance() -> None:
    mask = moving_disc(0)[1] >= 0.5
    exact, rough = distance_to_outline(mask), rough_distance(mask)
    assert np.array_equal(exact > 0, rough > 0)
    assert (np.abs(exact - rough) <= 0.03 * np.abs(exact) + 0.05).all()


def test_at_4k_memory_is_that_of_the_surroundings_and_of_one_alpha() -> None:
    mask = np.zeros((2160, 3840), np.bool_)
    rows, columns = np.ogrid[:2160, :3840]
    mask[np.hypot(rows - 1000, columns - 1900) < 300] = True
    rgb = np.where(mask[..., None], np.uint8(200), np.uint8(60)).repeat(3, axis=2)
    alpha_of(mask, MatteSettings(edge="fast"), rgb)  # whatever is loaded or made once
    tracemalloc.start()
    alpha = alpha_of(mask, MatteSettings(edge="fast", feather_px=6, decontaminate=1), rgb)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    whole, part = 4 * mask.size, 4 * (600 + 2 * 90) ** 2
    assert peak_bytes < 4 * whole + 30 * part, peak_bytes / 2**20
    assert set(np.unique(alpha[:, :1000])) == {0} and (alpha == 255).sum() > 200_000
