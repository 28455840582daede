"""What masks mean that other programs wrote. The right sizes come from the shapes that the recipe draws."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cases.conftest import Make
from vosapp.core.errors import MaskError
from vosapp.core.mask_import import MaskMeaning
from vosapp.video.mask_image import read_mask_image

ONE_OBJECT = [
    "m_hard.png", "m_1bit.png", "m_q95.jpg", "m_q75.jpg", "m_soft2.png", "m_soft8.png", "m_rgb.png",
    "m_rgba_opaque.png", "m_rgba_alpha.png", "m_rgba_opaque.tif", "m_rgba_opaque.webp", "m_01.png", "m_254.png",
    "m_128.png", "m_16bit.png", "m_hard.bmp", "m_hard.tif", "m_1bit.tif", "m_p_01.png", "m_p_swapped.png",
]  # fmt: skip


@pytest.mark.parametrize("name", ONE_OBJECT)
def test_one_disc_however_it_is_written(name: str, made: Make) -> None:
    folder = made("masks.py")
    disc = np.array(Image.open(folder / "m_hard.png")) > 127
    read = read_mask_image(folder / name)
    assert list(read.masks) == [1]
    # A lossy or smaller edge moves by less than a pixel.
    assert (read.masks[1] ^ disc).sum() <= 0.1 * disc.sum()
    assert read.sentence.startswith("1 object")


@pytest.mark.parametrize(
    ("name", "ids", "sentence"),
    [
        ("ids_1_3.png", [1, 3], "2 objects, ids 1 and 3"),
        ("ids_1_3_indexed.png", [1, 3], "2 objects, ids 1 and 3"),
        ("ids_1_3_rgb.png", [1, 3], "2 objects, ids 1 and 3"),
        # Pillow numbers the colours of a GIF anew when it writes one: this is what the file holds.
        ("ids_1_3.gif", [1, 2], "2 objects, ids 1 and 2"),
        ("ids_300_1000.png", [300, 1000], "2 objects, ids 300 and 1000"),
        ("ids_60.png", list(range(1, 61)), "60 objects, ids 1 to 60"),
        ("ids_60_indexed.png", list(range(1, 61)), "60 objects, ids 1 to 60"),
        ("voc_255_border.png", [1, 255], "2 objects, ids 1 and 255"),
    ],
)
def test_ids_are_all_kept(name: str, ids: list[int], sentence: str, made: Make) -> None:
    read = read_mask_image(made("masks.py") / name)
    assert list(read.masks) == ids
    assert all(mask.any() and not mask.all() for mask in read.masks.values())
    assert read.sentence == sentence


def test_empty_masks_are_refused(made: Make) -> None:
    with pytest.raises(MaskError, match="nothing inside"):
        read_mask_image(made("masks.py") / "m_empty.png")


def test_a_mask_of_everything_says_so(tmp_path: Path) -> None:
    Image.new("L", (8, 6), 255).save(tmp_path / "full.png")
    assert "whole frame" in read_mask_image(tmp_path / "full.png").sentence


def test_the_meaning_can_be_chosen(tmp_path: Path) -> None:
    picture = np.zeros((8, 8, 4), np.uint8)
    picture[:4, :, :3], picture[:, :4, 3] = 255, 255
    Image.fromarray(picture).save(tmp_path / "m.png")
    luma = read_mask_image(tmp_path / "m.png", MaskMeaning.LUMA).masks[1]
    alpha = read_mask_image(tmp_path / "m.png", MaskMeaning.ALPHA).masks[1]
    ids = read_mask_image(tmp_path / "m.png", MaskMeaning.IDS).masks
    assert luma[:4].all() and not luma[4:].any()
    assert alpha[:, :4].all() and not alpha[:, 4:].any()
    assert list(ids) == [255] and np.array_equal(ids[255], luma)
    Image.fromarray(picture[..., :3]).save(tmp_path / "opaque.png")
    with pytest.raises(MaskError, match="no alpha"):
        read_mask_image(tmp_path / "opaque.png", MaskMeaning.ALPHA)


def test_a_dark_gradient_is_not_silently_empty(tmp_path: Path) -> None:
    Image.fromarray(np.tile(np.arange(100, dtype=np.uint8), (4, 1))).save(tmp_path / "dark.png")
    with pytest.raises(MaskError, match="half white"):
        read_mask_image(tmp_path / "dark.png")
