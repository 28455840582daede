"""The refiner's weights that come with the program: small, described, and better than a feather on edges not seen."""

from __future__ import annotations

from itertools import islice

import cv2
import numpy as np

from vosapp.core.document import MatteSettings
from vosapp.core.paths import own_weights_dir
from vosapp.data.demo.shot import frames
from vosapp.matte.alpha import alpha_of
from vosapp.matte.refiner import refiner_is_ready
from vosapp.metrics.matting import matting_errors
from vosapp.models.picture_networks import MATTE_REFINER
from vosapp.models.weights import find_weights, sha256_of, verify_weights

FILE = own_weights_dir() / "matte-refiner.safetensors"


def test_the_file_is_small_verified_and_described() -> None:
    assert FILE.stat().st_size < 1_000_000
    found = find_weights(MATTE_REFINER.name)
    assert found is not None
    verify_weights(found)
    card = FILE.with_suffix(".md").read_text(encoding="utf-8")
    assert sha256_of(FILE) in card and all(word in card for word in ("Licence", "Training", "Limits", "tests.bench"))


def test_quality_is_there_without_a_download() -> None:
    assert refiner_is_ready()


def test_on_the_demo_shot_it_errs_less_than_fast() -> None:
    frame = next(islice(frames(), 4, None))
    made = {
        edge: alpha_of(frame.mask, MatteSettings(edge=edge), frame.rgb).astype(np.float32) / 255
        for edge in ("fast", "quality")
    }
    errors = {edge: matting_errors(alpha, frame.alpha) for edge, alpha in made.items()}
    assert errors["quality"].sad < errors["fast"].sad and errors["quality"].gradient < errors["fast"].gradient


def test_a_disc_out_of_focus_gets_the_edge_that_it_has() -> None:
    rows, columns = np.mgrid[:120, :160]
    sharp = ((rows - 60) ** 2 + (columns - 80) ** 2 < 35**2).astype(np.float32)
    noise = np.random.default_rng(2).normal(0, 0.015, (120, 160, 3))
    errors = {}
    for focus_px in (1.0, 4.0):
        truth = cv2.GaussianBlur(sharp, (0, 0), focus_px)
        rgb = truth[..., None] * (0.8, 0.5, 0.2) + (1 - truth[..., None]) * (0.2, 0.3, 0.5) + noise
        found = alpha_of(truth >= 0.5, MatteSettings(edge="quality"), np.rint(255 * rgb).clip(0, 255).astype(np.uint8))
        errors[focus_px] = matting_errors(found.astype(np.float32) / 255, truth).sad
        for other in {1.0, 4.0} - {focus_px}:
            wrong = cv2.GaussianBlur((truth >= 0.5).astype(np.float32), (0, 0), other)
            assert errors[focus_px] < 0.5 * matting_errors(wrong, truth).sad
