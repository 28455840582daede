"""A mask that leaks into something else shows by signs that need no network; a steady one shows none."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from tests.unit.engine.fakes import ArraySource
from vosapp.core.document import ClipRef, Document, ObjectId
from vosapp.core.edits import add_object, set_mask
from vosapp.core.mask import BoolImage, Mask
from vosapp.core.store import MemoryMaskStore
from vosapp.core.timeline import FrameRange
from vosapp.engine.propagator import Prediction, Probability
from vosapp.engine.run.leak_signs import SIGN_DOUBT, LeakSigns, Sign
from vosapp.engine.run.plan import RunPlan
from vosapp.engine.run.propagation import propagate
from vosapp.presentation.text.doubt_words import doubt_words
from vosapp.video.source import RgbImage

SIZE = (120, 200)


def box(left: int, width: int = 30, height: int = 30, top: int = 40) -> BoolImage:
    mask = np.zeros(SIZE, np.bool_)
    mask[top : top + height, left : left + width] = True
    return mask


def picture(mask: BoolImage, colour: tuple[int, int, int] = (200, 60, 40)) -> NDArray[np.uint8]:
    return np.where(mask[..., None], colour, (60, 90, 120)).astype(np.uint8)


def follow(masks: list[BoolImage], pictures: list[NDArray[np.uint8]] | None = None) -> list[tuple[Sign, ...]]:
    signs = LeakSigns()
    pictures = pictures or [picture(mask) for mask in masks]
    return [
        signs.look(1, rgb, mask, is_given=i == 0) for i, (mask, rgb) in enumerate(zip(masks, pictures, strict=True))
    ]


def test_an_object_that_moves_and_grows_slowly_shows_no_sign() -> None:
    assert not any(follow([box(20 + 4 * i, 30 + i, 30 + i) for i in range(12)]))


def test_a_new_part_is_seen_where_it_appears() -> None:
    found = follow([box(20), box(22), box(24) | box(120), box(26) | box(122)])
    assert found[1] == ()
    assert Sign.NEW_PART in found[2]
    assert Sign.NEW_PART not in found[3], "it was there before"


def test_an_area_that_jumps_within_a_few_frames() -> None:
    found = follow([box(20), box(20), box(20, 36), box(20, 46), box(20, 58)])
    assert any(Sign.AREA in signs for signs in found[2:])


def test_a_mask_that_changes_over_to_something_else() -> None:
    assert Sign.CENTRE in follow([box(20), box(22), box(60)])[2]


def test_colours_that_change_at_once() -> None:
    masks = [box(20)] * 3
    pictures = [picture(masks[0]), picture(masks[0]), picture(masks[0], (20, 220, 40))]
    assert follow(masks, pictures)[2] == (Sign.COLOUR,)


def test_an_object_that_leaves_the_picture_shows_no_sign() -> None:
    masks = []
    for i in range(8):
        mask = np.zeros(SIZE, np.bool_)
        mask[40:70, 150 + 6 * i : 190 + 6 * i] = True
        masks.append(mask)
    assert not any(follow(masks))


def test_a_given_mask_begins_anew() -> None:
    signs = LeakSigns()
    signs.look(1, picture(box(20)), box(20), is_given=True)
    assert signs.look(1, picture(box(120)), box(120), is_given=True) == ()
    assert signs.look(1, picture(box(122)), box(122), is_given=False) == ()


class Leaking:
    """Is sure of itself, and takes in something beside the object on frame 3."""

    def remember(self, frame_index: int, rgb: RgbImage, masks: Mapping[ObjectId, Probability]) -> None:
        """Keeps nothing."""

    def step(self, frame_index: int, rgb: RgbImage, given: Mapping[ObjectId, Probability] | None = None) -> Prediction:
        mask = box(20) | box(120) if frame_index >= 3 else box(20)
        return Prediction({1: mask.astype(np.float32)} | dict(given or {}), {1: 0.0})

    def forget(self, object_ids: object) -> None:
        """Keeps nothing."""


def test_a_run_of_a_sure_engine_says_where_it_leaks_and_why() -> None:
    document, object_id = add_object(Document(clip=ClipRef("shot", *SIZE, 6, Fraction(24))))
    store = MemoryMaskStore()
    document = set_mask(document, store, object_id, 0, Mask.from_array(box(20)))
    plan = RunPlan((object_id,), FrameRange(0, 5))
    results = list(propagate(ArraySource(6, size=SIZE), document, store, plan=plan, build=Leaking))
    doubts = {result.frame_index: result.doubt[1] for result in results if result.masks}
    assert doubts == {1: 0.0, 2: 0.0, 3: SIGN_DOUBT, 4: 0.0, 5: 0.0}
    assert "a new part" in doubt_words([sign.value for sign in next(r for r in results if r.frame_index == 3).signs[1]])
