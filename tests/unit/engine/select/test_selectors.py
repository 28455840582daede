"""Selectors: marks in frame pixels, views around the object, GrabCut, and the network as a correction."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import pytest
import torch

from vosapp.core.errors import EngineError
from vosapp.engine.select.grab_cut import GrabCutSelector
from vosapp.engine.select.job import SelectorCache, SelectTask
from vosapp.engine.select.marks import Marks, Selector, Stroke, goes_on
from vosapp.engine.select.network_selector import NetworkSelector
from vosapp.engine.select.selectors import GRAB_CUT, selector_builder
from vosapp.models.select.network import MULTIPLE_PX, SelectNetwork

HEIGHT, WIDTH = 110, 240
CLICK = Marks((Stroke(((40.0, 45.0),)),))


def scene() -> tuple[np.ndarray, np.ndarray]:
    """A red disk on noisy grey, and its mask."""
    random = np.random.default_rng(1)
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.circle(mask, (40, 45), 18, 1, -1)
    picture = np.full((HEIGHT, WIDTH, 3), 110, np.uint8)
    picture[mask > 0] = (210, 40, 40)
    picture = np.clip(picture + random.integers(-8, 9, picture.shape), 0, 255).astype(np.uint8)
    return picture, mask > 0


@pytest.fixture(params=["grab-cut", "network"])
def selector(request: pytest.FixtureRequest) -> Iterator[Selector]:
    yield GrabCutSelector(scene()[0]) if request.param == "grab-cut" else network_selector()


def network_selector(prediction: np.ndarray | None = None) -> NetworkSelector:
    torch.manual_seed(0)
    return NetworkSelector(SelectNetwork().eval().requires_grad_(False), scene()[0], prediction)


def test_every_selector_gives_a_mask_of_the_frame_and_the_same_one_again(selector: Selector) -> None:
    found = selector.propose(CLICK)
    assert found.shape == (HEIGHT, WIDTH) and found.dtype == np.float32
    assert 0 <= found.min() <= found.max() <= 1
    selector.propose(Marks((*CLICK.strokes, Stroke(((120.0, 20.0),), is_inside=False))))
    assert np.array_equal(selector.propose(CLICK), found)


def test_nothing_marked_on_the_object_is_nothing(selector: Selector) -> None:
    assert not selector.propose(Marks()).any()
    assert not selector.propose(Marks((Stroke(((5.0, 5.0),), is_inside=False),))).any()


def test_marks_outside_of_the_frame_do_no_harm(selector: Selector) -> None:
    marks = Marks((Stroke(((-20.0, 40.0), (40.0, 45.0), (400.0, 400.0))),), box=(-50.0, -50.0, 500.0, 300.0))
    assert selector.propose(marks).shape == (HEIGHT, WIDTH)


def test_grab_cut_finds_a_disk_from_a_click_a_box_and_a_mask() -> None:
    rgb, truth = scene()
    for found in (
        GrabCutSelector(rgb).propose(CLICK),
        GrabCutSelector(rgb).propose(Marks(box=(20, 25, 60, 65))),
        GrabCutSelector(rgb, np.roll(truth, 4, 1)).propose(Marks((Stroke(((140.0, 80.0),), is_inside=False),))),
    ):
        inside = found >= 0.5
        assert (inside & truth).sum() / (inside | truth).sum() > 0.9


def test_the_network_looks_closer_at_small_things() -> None:
    selector = network_selector()
    whole = selector._whole()
    assert (whole.left, whole.top, whole.right, whole.bottom) == (0, 0, WIDTH, HEIGHT)
    small = np.zeros((HEIGHT, WIDTH), np.float32)
    small[40:50, 30:40] = 1
    closer = selector._closer(whole, small, CLICK)
    assert closer is not None and closer.right - closer.left < WIDTH
    assert closer.height % MULTIPLE_PX == 0 == closer.width % MULTIPLE_PX
    assert selector._closer(whole, np.ones_like(small), CLICK) is None


def test_a_prediction_is_told_to_the_network() -> None:
    truth = scene()[1]
    assert not np.array_equal(network_selector(truth).propose(CLICK), network_selector().propose(CLICK))


def test_marks_that_are_taken_back_begin_anew() -> None:
    more = Marks((*CLICK.strokes, Stroke(((120.0, 20.0),), is_inside=False)))
    assert goes_on(CLICK, more) and not goes_on(more, CLICK) and not goes_on(CLICK, Marks(CLICK.strokes, (0, 0, 9, 9)))


def test_the_cache_keeps_the_selector_of_a_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vosapp.engine.select.job.default_selector", lambda: GRAB_CUT)
    cache, rgb = SelectorCache(), scene()[0]
    first = cache.selector(SelectTask(("clip", 0), rgb, CLICK))
    assert cache.selector(SelectTask(("clip", 0), rgb, Marks())) is first
    assert cache.selector(SelectTask(("clip", 1), rgb, CLICK)) is not first


def test_an_unknown_selector_is_a_sentence() -> None:
    with pytest.raises(EngineError, match="no selector magic"):
        selector_builder("magic")
