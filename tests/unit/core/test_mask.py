"""Masks are values: what goes in comes out, equal pixels are equal masks, and a damaged mask is noticed."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from vosapp.core.errors import MaskError
from vosapp.core.mask import MAX_PIXELS, Mask, bounding_box, label_image


@st.composite
def arrays(draw: st.DrawFn, shape: tuple[int, int] | None = None) -> NDArray[np.bool_]:
    height, width = shape or (draw(st.integers(1, 20)), draw(st.integers(1, 20)))
    bits = draw(st.lists(st.booleans(), min_size=height * width, max_size=height * width))
    return np.array(bits, np.bool_).reshape(height, width)


@given(arrays())
def test_pixels_come_back(array: NDArray[np.bool_]) -> None:
    mask = Mask.from_array(array)
    assert np.array_equal(mask.array(), array)
    assert mask.area_px == array.sum() and mask.is_empty == (not array.any())
    assert mask == Mask.from_array(array.astype(np.uint8) * 7)
    assert mask == Mask.from_stored(mask.height, mask.width, mask.data, mask.digest)
    assert mask.bounding_box == bounding_box(array)


@given(st.data())
def test_set_operations_are_those_of_pixels(data: st.DataObject) -> None:
    shape = data.draw(st.tuples(st.integers(1, 12), st.integers(1, 12)))
    a, b = data.draw(arrays(shape)), data.draw(arrays(shape))
    left, right = Mask.from_array(a), Mask.from_array(b)
    assert left.union(right) == Mask.from_array(a | b)
    assert left.intersection(right) == Mask.from_array(a & b)
    assert left.difference(right) == Mask.from_array(a & ~b)


def test_size_is_part_of_what_a_mask_is() -> None:
    assert Mask.empty(2, 8).digest != Mask.empty(4, 4).digest
    with pytest.raises(MaskError, match="8x2 pixels does not fit one of 4x4"):
        Mask.empty(4, 4).union(Mask.empty(2, 8))
    for odd in (np.zeros((0, 3)), np.zeros((2, 2, 3)), np.zeros(4)):
        with pytest.raises(MaskError, match="two dimensions"):
            Mask.from_array(odd.astype(np.uint8))


def test_every_damaged_bit_is_noticed() -> None:
    rows, columns = np.ogrid[:30, :41]
    mask = Mask.from_array((rows - 15) ** 2 + (columns - 20) ** 2 < 100)
    for position in range(len(mask.data) * 8):
        data = bytearray(mask.data)
        data[position // 8] ^= 1 << position % 8
        try:
            read = Mask.from_stored(30, 41, bytes(data), mask.digest)
        except MaskError:
            continue
        assert np.array_equal(read.array(), mask.array()), f"bit {position} gave another mask"
    for data in (b"", mask.data[:-1], mask.data + b"x", mask.data[:10]):
        with pytest.raises(MaskError, match="damaged"):
            Mask.from_stored(30, 41, data, mask.digest)


def test_a_hostile_mask_costs_no_memory() -> None:
    bomb = zlib.compress(bytes(50_000_000))
    with pytest.raises(MaskError, match="damaged"):
        Mask.from_stored(2, 2, bomb, "0" * 32)
    for height, width in ((0, 5), (5, -1), (MAX_PIXELS, 2)):
        with pytest.raises(MaskError, match="claims the size"):
            Mask.from_stored(height, width, bomb, "0" * 32)


def test_pixels_outside_of_the_picture_are_refused() -> None:
    honest = Mask.from_array(np.ones((1, 3), np.bool_))
    forged = Mask._of_packed(1, 3, np.array([0xFF], np.uint8))
    assert Mask.from_stored(1, 3, honest.data, honest.digest).area_px == 3
    with pytest.raises(MaskError, match="outside"):
        Mask.from_stored(1, 3, forged.data, forged.digest)


def test_the_front_object_is_seen_where_masks_overlap() -> None:
    front, back = np.array([[1, 1, 0, 0]], np.bool_), np.array([[0, 1, 1, 0]], np.bool_)
    assert label_image([(3, front), (5, back)], (1, 4)).tolist() == [[3, 3, 5, 0]]
    with pytest.raises(MaskError, match="1 to 255"):
        label_image([(256, front)], (1, 4))
