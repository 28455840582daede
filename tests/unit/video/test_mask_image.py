"""What the numbers of a mask image mean."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vosapp.core.errors import MaskError
from vosapp.video.masks.mask_image import read_object_masks
from vosapp.video.stills.images import write_png


def saved(folder: Path, array: np.ndarray) -> Path:
    path = folder / "mask.png"
    write_png(path, array)
    return path


def test_white_alone_is_object_1(tmp_path: Path) -> None:
    array = np.zeros((6, 8), np.uint8)
    array[1:4, 2:5] = 255
    masks = read_object_masks(saved(tmp_path, array))
    assert list(masks) == [1] and np.array_equal(masks[1], array == 255)


def test_small_numbers_are_object_ids(tmp_path: Path) -> None:
    array = np.zeros((6, 8), np.uint8)
    array[0], array[3] = 2, 7
    masks = read_object_masks(saved(tmp_path, array))
    assert {number: int(mask.sum()) for number, mask in masks.items()} == {2: 8, 7: 8}


def test_many_shades_are_one_soft_mask(tmp_path: Path) -> None:
    array = np.tile(np.arange(256, dtype=np.uint8), (4, 1))
    masks = read_object_masks(saved(tmp_path, array))
    assert list(masks) == [1] and np.array_equal(masks[1], array >= 128)


def test_of_a_picture_with_alpha_the_alpha_counts(tmp_path: Path) -> None:
    array = np.full((4, 5, 4), 90, np.uint8)
    array[..., 3] = 0
    array[1, 1, 3] = 255
    masks = read_object_masks(saved(tmp_path, array))
    assert masks[1].sum() == 1 and masks[1][1, 1]


@pytest.mark.parametrize("array", [np.zeros((4, 4), np.uint8), np.arange(48, dtype=np.uint8).reshape(4, 4, 3)])
def test_empty_and_coloured_images_are_refused_by_name(tmp_path: Path, array: np.ndarray) -> None:
    with pytest.raises(MaskError, match=r"mask\.png"):
        read_object_masks(saved(tmp_path, array))
