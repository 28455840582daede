"""A correction is the truth from its frame on: what was erased stays away, what was added stays."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.unit.engine.fakes import ArraySource
from vosapp.core.document import Document, Origin
from vosapp.core.edits import add_object, set_mask
from vosapp.core.mask import Mask
from vosapp.core.store import MemoryMaskStore
from vosapp.core.timeline import Direction, FrameRange
from vosapp.engine.engines import build_propagator, engine
from vosapp.engine.flow.propagator import FlowPropagator
from vosapp.engine.run.plan import RunPlan
from vosapp.engine.run.propagation import propagate

Area = NDArray[np.bool_]

SIZE = (120, 200)
RADIUS = 26
CORRECTED, LAST = 4, 8


def _place(index: int) -> tuple[int, int]:
    return 50 + 5 * index, 60


def _disc(index: int) -> Area:
    return cv2.circle(np.zeros(SIZE, np.uint8), _place(index), RADIUS, 1, -1).astype(bool)


def _stripe(index: int) -> Area:
    """An upright stripe of the disc, left of its middle, that looks like the rest of it."""
    stripe = np.zeros(SIZE, np.bool_)
    left = _place(index)[0] - 12
    stripe[:, left : left + 12] = True
    return stripe & _disc(index)


def _patch(_index: int) -> Area:
    """Resting ground that looks like all the ground."""
    patch = np.zeros(SIZE, np.bool_)
    patch[92:112, 60:100] = True
    return patch


def _clip() -> ArraySource:
    """A textured disc that moves over a textured ground."""
    rng = np.random.default_rng(5)
    ground = np.asarray(cv2.GaussianBlur(rng.integers(0, 110, (*SIZE, 3)).astype(np.uint8), (5, 5), 0), np.uint8)
    skin = cv2.GaussianBlur(rng.integers(120, 255, (60, 60, 3)).astype(np.uint8), (5, 5), 0)
    frames: list[NDArray[np.uint8]] = []
    for index in range(LAST + 1):
        picture = ground.copy()
        x, y = _place(index)
        disc = _disc(index)
        picture[disc] = skin[disc[y - 30 : y + 30, x - 30 : x + 30]]
        frames.append(picture)
    return ArraySource(frames)


CLIP = _clip()


@pytest.fixture(params=["flow", "plain-dis", "hybrid"])
def name(request: pytest.FixtureRequest) -> str:
    spec = engine(request.param)
    if not spec.is_ready:
        pytest.skip(f"{spec.title}: {spec.missing}")
    return spec.name


_RUNS: dict[tuple[object, ...], dict[int, Area]] = {}  # several tests look at the same run


def _propagated(
    name: str,
    anchors: Mapping[int, Area],
    *,
    first: int = 0,
    direction: Direction = Direction.FORWARD,
) -> dict[int, Area]:
    """The masks that a run from `first` to the end of the clip writes."""
    key = (name, tuple((frame, area.tobytes()) for frame, area in anchors.items()), first, direction)
    if key in _RUNS:
        return _RUNS[key]
    store = MemoryMaskStore()
    document, _ = add_object(Document())
    for frame, area in anchors.items():
        document = set_mask(document, store, 1, frame, Mask.from_array(area), Origin.DRAWN)
    plan = RunPlan((1,), FrameRange(first, LAST), direction, engine=name)
    results = propagate(CLIP, document, store, plan=plan, build=lambda: build_propagator(name, "cpu"))
    _RUNS[key] = {result.frame_index: result.masks[1].array() for result in results if result.masks}
    return _RUNS[key]


def _share(mask: Area, area: Area) -> float:
    return float((mask & area).sum() / area.sum())


def _overlap(mask: Area, truth: Area) -> float:
    return float((mask & truth).sum() / (mask | truth).sum())


def test_what_was_erased_stays_away(name: str) -> None:
    masks = _propagated(name, {0: _disc(0), CORRECTED: _disc(CORRECTED) & ~_stripe(CORRECTED)})
    for index in range(CORRECTED + 1, LAST + 1):
        assert _share(masks[index], _stripe(index)) < 0.3, index
        assert _overlap(masks[index], _disc(index) & ~_stripe(index)) > 0.75, index


def test_what_was_added_stays(name: str) -> None:
    masks = _propagated(name, {0: _disc(0), CORRECTED: _disc(CORRECTED) | _patch(CORRECTED)})
    for index in range(CORRECTED + 1, LAST + 1):
        assert _share(masks[index], _patch(index)) > 0.7, index
        assert _overlap(masks[index], _disc(index) | _patch(index)) > 0.75, index


@pytest.mark.parametrize("width", [3, 5])
def test_a_thin_stripe_that_was_erased_stays_away(name: str, width: int) -> None:
    """A rope in front of the object: thin, but with the object on both sides."""
    ropes = [_stripe(index) & ~np.roll(_stripe(index), width, axis=1) for index in range(LAST + 1)]
    masks = _propagated(name, {0: _disc(0), CORRECTED: _disc(CORRECTED) & ~ropes[CORRECTED]})
    for index in range(CORRECTED + 1, LAST + 1):
        assert _share(masks[index], ropes[index]) < 0.3, index
        assert _overlap(masks[index], _disc(index) & ~ropes[index]) > 0.75, index


@pytest.mark.parametrize("width", [3, 5])
def test_a_thin_limb_that_was_added_stays(name: str, width: int) -> None:
    """A pole that looks like the ground around it."""
    pole = np.zeros(SIZE, np.bool_)
    pole[95 : 95 + width, 60:110] = True
    masks = _propagated(name, {0: _disc(0), CORRECTED: _disc(CORRECTED) | pole})
    for index in range(CORRECTED + 1, LAST + 1):
        assert _share(masks[index], pole) > 0.7, index


def test_a_correction_of_the_first_frame_s_own_mask_needs_no_second_anchor(name: str) -> None:
    masks = _propagated(name, {0: _disc(0) & ~_stripe(0)})
    for index in range(1, LAST - CORRECTED + 1):
        assert _share(masks[index], _stripe(index)) < 0.3, index


def test_it_does_not_matter_where_a_pass_began(name: str) -> None:
    """The run over the whole clip passes the correction; the other one starts there."""
    anchors = {0: _disc(0), CORRECTED: _disc(CORRECTED) & ~_stripe(CORRECTED)}
    whole, late = _propagated(name, anchors), _propagated(name, anchors, first=CORRECTED)
    assert sorted(late) == list(range(CORRECTED + 1, LAST + 1))
    for index, mask in late.items():
        np.testing.assert_array_equal(mask, whole[index])


def test_between_two_anchors_the_nearer_one_decides(name: str) -> None:
    anchors = {0: _disc(0), LAST: _disc(LAST) & ~_stripe(LAST)}
    masks = _propagated(name, anchors, direction=Direction.BOTH)
    shares = [_share(masks[index], _stripe(index)) for index in range(1, LAST)]
    assert min(shares[:2]) > 0.5 > max(shares[-2:])
    for index in range(1, LAST):
        rest = _disc(index) & ~_stripe(index)
        assert _share(masks[index], rest) > 0.8, index
        assert _overlap(masks[index], _disc(index)) > 0.6, index


def test_an_engine_beside_flow_is_put_right_where_a_correction_stands() -> None:
    partner = FlowPropagator()
    given = {1: (_disc(0) & ~_stripe(0)).astype(np.float32)}
    partner.remember(0, CLIP.frames[0], given)
    partner.step(0, CLIP.frames[0], given)
    partner.step(1, CLIP.frames[1])
    whole = _disc(1).astype(np.float32)
    found = partner.insist({1: whole, 2: whole})
    assert _share(found[1] >= 0.5, _stripe(1)) < 0.2
    assert _share(found[1] >= 0.5, _disc(1) & ~_stripe(1)) > 0.95
    assert found[2] is whole
