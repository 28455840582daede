"""Selectors: marks in frame pixels, views around the object, GrabCut, and the network as a correction."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from tests.packaged_networks import SIDE, edgetam_network, sam2_network
from vosapp.core.errors import EngineError, WeightsError
from vosapp.engine.job import Job
from vosapp.engine.select.grab_cut import GrabCutSelector
from vosapp.engine.select.job import SelectorCache, SelectTask, select_body
from vosapp.engine.select.marks import Marks, Selector, Stroke, goes_on
from vosapp.engine.select.network_selector import NetworkSelector, view_of
from vosapp.engine.select.sam_selector import SamSelector
from vosapp.engine.select.selectors import GRAB_CUT, NETWORK, default_selector, selector_builder, usable_selector
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


@pytest.fixture(params=["grab-cut", "network", "sam2", "edgetam"])
def selector(request: pytest.FixtureRequest) -> Selector:
    """Every selector, those of networks with random weights."""
    if request.param == "grab-cut":
        return GrabCutSelector(scene()[0])
    if request.param == "network":
        return network_selector()
    return sam_selector(request.param)


def sam_selector(name: str, prediction: np.ndarray | None = None) -> SamSelector:
    return SamSelector({"sam2": sam2_network, "edgetam": edgetam_network}[name](), scene()[0], prediction)


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


def test_a_mark_beside_the_object_and_its_mask_needs_no_other_look(monkeypatch: pytest.MonkeyPatch) -> None:
    selector, looked = network_selector(), []
    monkeypatch.setattr(SelectNetwork, "encode", _counted(SelectNetwork.encode, looked))
    selector._found = np.zeros((HEIGHT, WIDTH), np.float32)
    selector._found[30:60, 25:55] = 1
    view = selector._view(CLICK)
    selector._look(view)
    far = Stroke(((WIDTH - 5.0, 100.0),), is_inside=False)
    assert selector._view(Marks((*CLICK.strokes, far))) == view
    selector._found[90:, 220:] = 1  # what was found there has to go
    assert selector._view(Marks((*CLICK.strokes, far))).right > WIDTH - 5
    assert len(looked) == 1


def test_more_marks_are_looked_at_from_closer_by() -> None:
    selector, found = network_selector(), scene()[1].astype(np.float32)
    further = Marks((*CLICK.strokes, *(Stroke(((40.0, float(y)),)) for y in (30, 40, 50))))
    early, later = selector._around(found, CLICK), selector._around(found, further)
    assert later.right - later.left < early.right - early.left
    wide = view_of((0, 0, 130, HEIGHT), 416)
    assert selector._closer(wide, found, CLICK) is None and selector._closer(wide, found, further) == later


def _counted(method: Callable[..., object], calls: list[int]) -> Callable[..., object]:
    def counted(*arguments: object) -> object:
        calls.append(1)
        return method(*arguments)

    return counted


def test_masks_are_drawn_to_the_edges_of_the_frame() -> None:
    rgb, truth = scene()
    selector = network_selector()
    rough = cv2.GaussianBlur(cv2.dilate(truth.astype(np.uint8), np.ones((5, 5))).astype(np.float32), (5, 5), 0)
    drawn = NetworkSelector(selector._network, rgb)._drawn_to_edges(selector._whole(), rough) >= 0.5
    wrong, before = np.count_nonzero(drawn ^ truth), np.count_nonzero((rough >= 0.5) ^ truth)
    assert wrong < 0.7 * before


@pytest.mark.parametrize("name", ["network", "sam2", "edgetam"])
def test_a_prediction_is_told_to_the_network(name: str) -> None:
    truth, build = scene()[1], network_selector if name == "network" else partial(sam_selector, name)
    assert not np.array_equal(build(truth).propose(CLICK), build().propose(CLICK))
    assert build(truth).propose(Marks((Stroke(((120.0, 20.0),), is_inside=False),))).shape == (HEIGHT, WIDTH)


@pytest.mark.parametrize("name", ["sam2", "edgetam"])
def test_sam_looks_at_a_frame_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    selector, looked = sam_selector(name), []
    encode = selector._network.get_image_embeddings
    monkeypatch.setattr(
        selector._network, "get_image_embeddings", lambda pixels: looked.append(pixels.shape) or encode(pixels)
    )
    selector.propose(CLICK)
    selector.propose(Marks((*CLICK.strokes, Stroke(((120.0, 20.0),), is_inside=False))))
    assert looked == [(1, 3, SIDE, SIDE)]


def test_a_stroke_is_told_to_sam_as_a_few_points() -> None:
    stroke = Stroke(tuple((float(x), 30.0) for x in range(40)))
    points = list(sam_selector("sam2")._points(Marks((stroke,))))
    across = SIDE / WIDTH
    assert [kind for _, kind in points] == [1] * 5
    assert points[0][0][0] == 0 and points[-1][0][0] == pytest.approx(39 * across)


def test_networks_of_others_say_how_to_get_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOSAPP_DATA_DIR", str(tmp_path))
    with pytest.raises(WeightsError, match="no weights on this computer"):
        selector_builder("sam2-tiny")


def test_marks_that_are_taken_back_begin_anew() -> None:
    more = Marks((*CLICK.strokes, Stroke(((120.0, 20.0),), is_inside=False)))
    assert goes_on(CLICK, more) and not goes_on(more, CLICK) and not goes_on(CLICK, Marks(CLICK.strokes, (0, 0, 9, 9)))


def test_the_cache_keeps_the_selector_of_a_frame() -> None:
    cache, rgb = SelectorCache(), scene()[0]
    first = cache.selector(SelectTask(("clip", 0), rgb, CLICK, selector=GRAB_CUT))
    assert cache.selector(SelectTask(("clip", 0), rgb, Marks(), selector=GRAB_CUT)) is first
    assert cache.selector(SelectTask(("clip", 1), rgb, CLICK, selector=GRAB_CUT)) is not first
    assert isinstance(cache.selector(SelectTask(("clip", 1), rgb, CLICK, selector=NETWORK)), NetworkSelector)


def test_a_selector_that_cannot_be_used_gives_way_to_the_default() -> None:
    assert usable_selector("no-such") == usable_selector("") == default_selector()


def test_running_out_of_memory_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def hungry(*_: object) -> None:
        raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB.")

    monkeypatch.setattr(GrabCutSelector, "propose", hungry)
    task = SelectTask(("clip", 0), scene()[0], CLICK, selector=GRAB_CUT)
    result = Job(select_body(task, SelectorCache())).run()
    assert isinstance(result.error, EngineError) and "Memory ran out" in str(result.error)


def test_an_unknown_selector_is_a_sentence() -> None:
    with pytest.raises(EngineError, match="no selector magic"):
        selector_builder("magic")
