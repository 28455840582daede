"""What masks mean that other programs wrote. The right sizes come from the shapes that the recipe draws."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tests.cases.conftest import Make
from vosapp.core.errors import MaskError
from vosapp.core.mask_import import MaskMeaning
from vosapp.video.masks.mask_image import read_mask_image

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


# -- siblings of the kind -------------------------------------------------------------------------------------------


def disc(scale: int = 1) -> np.ndarray:
    """The disc of the recipe, white on black; with a soft edge where it is drawn larger and made small."""
    picture = Image.new("L", (192 * scale, 108 * scale))
    ImageDraw.Draw(picture).ellipse([edge * scale for edge in (30, 30, 80, 80)], fill=255)
    return np.array(picture.resize((192, 108), Image.Resampling.BOX) if scale > 1 else picture)


HARD, SOFT = disc(), disc(8)


def test_soft_masks_in_fewer_levels_than_their_file_has(tmp_path: Path) -> None:
    """Ten bits in a file of sixteen, percents, and floats of 0 to 255: an edge between black and one flat top."""
    import tifffile

    Image.fromarray((SOFT.astype(np.uint32) * 1023 // 255).astype(np.uint16)).save(tmp_path / "ten.png")
    Image.fromarray((SOFT.astype(np.uint32) * 100 // 255).astype(np.uint8)).save(tmp_path / "percent.png")
    tifffile.imwrite(tmp_path / "float.tif", SOFT.astype(np.float32))
    for name, top in (("ten.png", 1023), ("percent.png", 100), ("float.tif", 255)):
        read = read_mask_image(tmp_path / name)
        assert read.sentence == f"1 object, soft mask, {top} taken for white"
        assert (read.masks[1] ^ (SOFT >= 128)).sum() <= 4


@pytest.mark.parametrize("kind", ["int8", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64"])
def test_ids_in_numbers_of_any_kind(kind: str, tmp_path: Path) -> None:
    import tifffile

    ids = (HARD > 127) * 1
    ids[20:50, 140:165] = 3
    tifffile.imwrite(tmp_path / "ids.tif", ids.astype(kind))
    read = read_mask_image(tmp_path / "ids.tif")
    assert read.sentence == "2 objects, ids 1 and 3"
    assert np.array_equal(read.masks[1], HARD > 127)


def test_ids_of_32_bits_are_kept_or_refused(tmp_path: Path) -> None:
    import tifffile

    ids = (HARD > 127) * 70_000
    tifffile.imwrite(tmp_path / "ids.tif", ids.astype(np.uint32))
    assert list(read_mask_image(tmp_path / "ids.tif").masks) == [70_000]
    tifffile.imwrite(tmp_path / "hash.tif", (ids.astype(np.uint32) * 50_000))
    with pytest.raises(MaskError, match="at most 1,000,000"):
        read_mask_image(tmp_path / "hash.tif")
    tifffile.imwrite(tmp_path / "below.tif", -ids.astype(np.int32))
    with pytest.raises(MaskError, match="below 0"):
        read_mask_image(tmp_path / "below.tif")


def test_more_ids_than_any_shot_has_are_refused(tmp_path: Path) -> None:
    numbers = np.repeat(np.repeat(np.arange(1, 1201, dtype=np.uint16).reshape(30, 40), 4, 0), 4, 1)
    Image.fromarray(numbers).save(tmp_path / "many.png")
    with pytest.raises(MaskError, match="1,200 objects"):
        read_mask_image(tmp_path / "many.png")


def test_black_that_is_not_0_is_no_object(tmp_path: Path) -> None:
    """A matte of limited range has its black at 16 and its white at 235."""
    Image.fromarray((HARD > 127) * np.uint8(219) + np.uint8(16)).save(tmp_path / "limited.png")
    read = read_mask_image(tmp_path / "limited.png")
    assert read.sentence == "1 object, hard mask"
    assert np.array_equal(read.masks[1], HARD > 127)


@pytest.mark.parametrize("alpha", ["opaque", "empty"])
@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_alpha_that_does_not_vary_does_not_count(mode: str, alpha: str, tmp_path: Path) -> None:
    flat = Image.new("L", (192, 108), 255 if alpha == "opaque" else 0)
    grey = Image.fromarray(HARD)
    Image.merge(mode, [grey] * (len(mode) - 1) + [flat]).save(tmp_path / "m.png")
    assert np.array_equal(read_mask_image(tmp_path / "m.png").masks[1], HARD > 127)


@pytest.mark.parametrize("name", ["five.png", "five.bmp", "five.tif", "five.gif"])
def test_an_indexed_image_of_one_colour_keeps_its_number(name: str, tmp_path: Path) -> None:
    picture = Image.fromarray(((HARD > 127) * 5).astype(np.uint8), "P")
    picture.putpalette([value for n in range(256) for value in (n * 7 % 256, n * 13 % 256, n * 29 % 256)])
    picture.save(tmp_path / name)
    # Pillow numbers the colours of a GIF anew when it writes one.
    assert len(read_mask_image(tmp_path / name).masks) == 1
    if not name.endswith("gif"):
        assert list(read_mask_image(tmp_path / name).masks) == [5]
