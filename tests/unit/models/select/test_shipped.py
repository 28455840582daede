"""The weights of clicks that come with the program: small, described, and what the window uses."""

from __future__ import annotations

import cv2
import numpy as np

from vosapp.core.paths import own_weights_dir
from vosapp.engine.select.network_selector import NetworkSelector, load_select_network
from vosapp.engine.select.selectors import NETWORK, default_selector
from vosapp.evaluation.clicks import follow
from vosapp.models.picture_networks import SELECT
from vosapp.models.weights import find_weights, sha256_of, verify_weights

FILE = own_weights_dir() / "select.safetensors"


def checkered() -> tuple[np.ndarray, np.ndarray]:
    """A ball of two colours on a striped floor, and its mask."""
    random = np.random.default_rng(4)
    y, x = np.mgrid[:240, :320]
    picture = np.where((x // 9 % 2 == 0)[..., None], (120, 110, 90), (100, 95, 85)).astype(np.int64)
    mask = np.zeros((240, 320), np.uint8)
    cv2.circle(mask, (150, 120), 55, 1, -1)
    ball = np.where(((x - 150) * 0.6 + (y - 120) > 0)[..., None], (210, 60, 50), (240, 235, 225))
    picture = np.where(mask[..., None] > 0, ball, picture) + random.integers(-12, 13, picture.shape)
    return cv2.GaussianBlur(np.clip(picture, 0, 255).astype(np.uint8), (0, 0), 1.0), mask > 0


def test_the_file_is_small_verified_and_described() -> None:
    assert FILE.stat().st_size < 10_000_000
    found = find_weights(SELECT.name)
    assert found is not None
    verify_weights(found)
    card = FILE.with_suffix(".md").read_text(encoding="utf-8")
    assert sha256_of(FILE) in card and all(
        word in card for word in ("Licence", "ImageNet", "Limits", "vosapp evaluate")
    )


def test_the_window_uses_it() -> None:
    assert default_selector() == NETWORK


def test_it_finds_a_thing_of_two_colours_with_one_click_and_keeps_it() -> None:
    rgb, truth = checkered()
    curve, _ = follow(truth, NetworkSelector(load_select_network("cpu"), rgb), 3)
    assert min(curve) > 0.85
