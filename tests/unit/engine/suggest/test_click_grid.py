"""Objects by a grid of clicks, with the weights that come with the program: on a made-up picture and a real shot."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.shared import shared_dir
from tests.unit.engine.fakes import ArraySource
from vosapp.core.errors import Cancelled
from vosapp.engine.suggest import click_grid
from vosapp.engine.suggest.proposals import mean_overlap, proposing_networks, suggest
from vosapp.models.select.network import SelectNetwork

SIZE = (150, 260)


def _disk(centre: tuple[int, int], radius: int) -> NDArray[np.bool_]:
    drawn = np.zeros(SIZE, np.uint8)
    cv2.circle(drawn, centre, radius, 1, -1)
    return drawn > 0


BALL, COIN = ((80, 80), 42), ((205, 50), 21)


def scene(index: int = 0) -> NDArray[np.uint8]:
    """A striped floor with a ball of two colours and a coin, which move by two pixels a frame."""
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    picture = np.where((x // 9 % 2 == 0)[..., None], (120, 110, 90), (100, 95, 85)).astype(np.int64)
    (left, top), radius = BALL
    halves = np.where(((x - left) * 0.6 + (y - top) > 0)[..., None], (210, 60, 50), (240, 235, 225))
    picture = np.where(_disk((left + 2 * index, top), radius)[..., None], halves, picture)
    picture[_disk((COIN[0][0] - 2 * index, COIN[0][1]), COIN[1])] = (60, 90, 220)
    noise = np.random.default_rng(index).integers(-10, 11, picture.shape)
    return cv2.GaussianBlur(np.clip(picture + noise, 0, 255).astype(np.uint8), (0, 0), 0.8)


def test_objects_of_a_made_up_picture_come_first() -> None:
    source = ArraySource([scene(index) for index in range(4)])
    found = suggest(source, 2, network_names=["select"])
    assert found and {one.network for one in found} == {"select"}
    truth = [_disk((BALL[0][0] + 4, BALL[0][1]), BALL[1]), _disk((COIN[0][0] - 4, COIN[0][1]), COIN[1])]
    for mask in truth:
        assert max(mean_overlap([one.mask.array(), mask]) for one in found[:2]) > 0.85
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert all(0 <= part <= 1 for one in found for part in (one.stability, one.confidence, one.compactness))


def test_it_is_asked_where_no_weights_were_imported(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOSAPP_DATA_DIR", str(tmp_path))
    assert proposing_networks()[0].name == "select"
    found = suggest(ArraySource([scene()]), 0)
    assert found and {one.network for one in found} == {"select"}


def test_a_search_can_be_stopped() -> None:
    calls: list[int] = []

    def stop() -> None:
        calls.append(1)
        if len(calls) == 3:
            raise Cancelled

    torch.manual_seed(0)
    network = SelectNetwork().eval().requires_grad_(False)
    with pytest.raises(Cancelled):
        click_grid.candidates(network, ArraySource([scene()]), 0, shot=range(1), check=stop)
    assert len(calls) == 3


def test_clicks_lie_evenly_all_over_the_picture() -> None:
    clicks = np.array(click_grid.grid(160, 256))
    assert len(clicks) == 8 * 12
    assert clicks.min(0) == pytest.approx((256, 160) - clicks.max(0)) and clicks.min() < 14
    assert len(click_grid.grid(256, 32)) >= 12


def test_what_many_clicks_found_is_one_mask() -> None:
    large, small = np.zeros((20, 30), np.float32), np.zeros((20, 30), np.float32)
    large[2:14, 2:14], small[15:19, 20:28] = 0.9, 0.8
    nearly = large.copy()
    nearly[13] = 0
    merged = click_grid.together([small, large, nearly])
    assert len(merged) == 2 and np.array_equal(merged[1], small)
    assert merged[0][5, 5] == pytest.approx(0.9) and merged[0][13, 5] == pytest.approx(0.45)
    assert click_grid.together([]) == []


def test_clicks_that_find_the_same_agree() -> None:
    thing = np.zeros((20, 30), np.float32)
    thing[5:15, 5:15] = 1
    piece = thing.copy()
    piece[5:10] = 0
    clicks = [(8.0, 7.0), (12.0, 12.0), (25.0, 3.0)]
    assert click_grid.agreement(thing > 0, clicks, [thing, thing, piece]) == 1
    assert click_grid.agreement(thing > 0, clicks, [thing, piece, thing]) == pytest.approx(0.75)
    assert click_grid.agreement(piece > 0, [], []) == 1


def test_what_lies_along_the_edge_is_no_object() -> None:
    frame = np.ones((20, 30), np.float32)
    frame[4:16, 6:24] = 0
    assert not click_grid.may_be(frame) and click_grid.may_be(1 - frame)
    assert not click_grid.may_be(np.zeros_like(frame))


def test_frames_beside_stay_in_the_shot() -> None:
    assert click_grid.beside(5, range(10)) == [3, 4]
    assert click_grid.beside(5, range(5, 10)) == [6, 7]
    assert click_grid.beside(5, range(4, 7)) == [4, 6]
    assert click_grid.beside(0, range(1)) == []


def test_the_middle_of_a_mask_lies_deepest_in_it() -> None:
    mask = np.zeros((30, 40), np.bool_)
    mask[10:21, 5:16], mask[14:16, 15:39] = True, True
    assert click_grid.middle_of(mask) == (10, 15)
    assert click_grid.middle_of(mask & False) == (20, 15)


@pytest.mark.parametrize(("clip", "least"), [("blackswan", 0.75), ("dog", 0.75)])
def test_the_object_of_a_real_shot_is_among_the_suggestions(clip: str, least: float) -> None:
    folder = shared_dir("clips", clip)
    frames = [
        cv2.cvtColor(cv2.imread(str(folder / "frames" / f"{index:05d}.jpg")), cv2.COLOR_BGR2RGB) for index in range(3)
    ]
    labels = cv2.imread(str(folder / "masks" / "00000.png"), cv2.IMREAD_UNCHANGED)
    truth = (labels.max(axis=2) if labels.ndim == 3 else labels) > 0
    found = suggest(ArraySource(frames), 0, network_names=["select"])
    assert max(mean_overlap([one.mask.array(), truth]) for one in found[:5]) > least
