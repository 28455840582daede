"""The *fast* edge is as wide as the picture shows it: motion blur of any shutter, sharp edges, and no network."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from vosapp.matte.edge_width import EdgeColours, edge_width, rough_distance
from vosapp.matte.fast_edge import fast_edge
from vosapp.matte.outline import distance_to_outline

SHAPE = (260, 380)
RADIUS = 60


def moving_disc(blur_px: float, texture: float = 8.0) -> tuple[np.ndarray, np.ndarray]:
    """A textured disc that moves to the right by so much while the shutter is open: picture 0..1, and its alpha."""
    rng = np.random.default_rng(7)
    height, width = SHAPE
    behind = np.array([90.0, 110.0, 130.0]) + _texture(rng, (height, width), texture)
    own = np.array([200.0, 160.0, 120.0]) + _texture(rng, (height, 2 * width), texture)
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    alpha, light, steps = np.zeros(SHAPE, np.float32), np.zeros((*SHAPE, 3), np.float32), 33
    for share in np.linspace(-0.5, 0.5, steps):
        x = 190 + share * blur_px
        covered = np.clip(RADIUS - np.hypot(columns - x, rows - 130) + 0.5, 0, 1)
        shifted = np.array([[1, 0, x - 380], [0, 1, 0]], np.float32)
        seen = cv2.warpAffine(own.astype(np.float32), shifted, (width, height), borderMode=cv2.BORDER_REFLECT)
        alpha += covered / steps
        light += covered[..., None] * seen / steps
    picture = light + (1 - alpha[..., None]) * behind + rng.normal(0, 2, light.shape)
    return (np.clip(picture, 0, 255) / 255).astype(np.float32), alpha


def _texture(rng: np.random.Generator, shape: tuple[int, int], levels: float) -> np.ndarray:
    waves = cv2.GaussianBlur(rng.normal(0, 1, (*shape, 3)).astype(np.float32), (0, 0), 5)
    return np.asarray(waves * (levels / waves.std()))


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
    assert 16 < across < 32 and along < 6


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
