"""The bank sorts, splits and packs; cut-outs are what the labels say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.photographs import small_bank, textured
from vosapp.data.photographs.bank import PhotographBank, PhotographsError, open_bank
from vosapp.data.photographs.cutouts import cut, draw_cutout, drawn_shape, labelled_object, superpixel_group


def test_files_are_sorted_by_where_they_lie() -> None:
    bank = small_bank(4)
    assert (len(bank.masked), len(bank.plain), len(bank.clips), len(bank.masked_clips)) == (4, 4, 1, 1)
    assert bank.masked_clips[0].labels[2].endswith("00002.png")
    assert set(np.unique(bank.labels(str(bank.masked[0].labels)))) == {0, 1}


def test_a_pack_is_the_folder(tmp_path: Path) -> None:
    bank = small_bank(3)
    bank.pack(tmp_path / "photographs.pack")
    again = open_bank(tmp_path / "photographs.pack", without=["unlabelled/"])
    assert again.masked == bank.masked
    assert again.plain == ()
    np.testing.assert_array_equal(again.rgb(again.masked[1].picture), bank.rgb(bank.masked[1].picture))


def test_any_folder_of_pictures_will_do(tmp_path: Path) -> None:
    import cv2

    (tmp_path / "holiday").mkdir()
    cv2.imwrite(str(tmp_path / "holiday" / "a.png"), textured(np.random.default_rng(1)))
    (tmp_path / "notes.txt").write_text("not a picture")
    bank = open_bank(tmp_path)
    assert [photograph.picture for photograph in bank.plain] == ["holiday/a.png"]
    assert draw_cutout(bank, np.random.default_rng(2)).alpha.max() == 255


def test_what_cannot_be_used_is_said(tmp_path: Path) -> None:
    with pytest.raises(PhotographsError, match="does not exist"):
        open_bank(tmp_path / "nowhere")
    with pytest.raises(PhotographsError, match="no photographs"):
        open_bank(tmp_path)
    (tmp_path / "broken").write_bytes(b"PK nothing")
    with pytest.raises(PhotographsError, match="not a pack"):
        open_bank(tmp_path / "broken")
    with pytest.raises(PhotographsError, match=r"a\.jpg is not a picture"):
        PhotographBank({"a.jpg": b"nothing"}).rgb("a.jpg")


def test_a_split_is_stable_and_shares_nothing() -> None:
    kept, held = small_bank(40).split(0.3)
    again = small_bank(40).split(0.3)[1]
    assert held.photographs == again.photographs
    assert not set(kept.photographs) & set(held.photographs)
    assert len(kept.photographs) + len(held.photographs) == 80
    assert 8 <= len(held.photographs) <= 40


def test_a_labelled_object_keeps_its_pixels() -> None:
    bank = small_bank(2)
    photograph = bank.masked[0]
    cutout = labelled_object(bank, photograph, np.random.default_rng(1))
    assert cutout is not None
    area = int((bank.labels(str(photograph.labels)) == 1).sum())
    assert abs(int((cutout.alpha > 127).sum()) - area) < 0.05 * area
    left, top, right, bottom = cutout.box
    assert (cutout.alpha[top:bottom, left:right] > 127).sum() > 0.97 * area


def test_regions_and_shapes_are_parts_of_the_picture() -> None:
    rgb = textured(np.random.default_rng(3), 120, 150)
    for seed in range(12):
        random = np.random.default_rng(seed)
        for shape in (superpixel_group(rgb, random), drawn_shape(rgb, random)):
            assert shape.shape == (120, 150)
            assert 0 < np.count_nonzero(shape) < shape.size
    assert cut(rgb, np.full((120, 150), 255, np.uint8), np.random.default_rng(1)) is None


def test_a_pack_can_be_made_smaller(tmp_path: Path) -> None:
    import cv2

    picture = textured(np.random.default_rng(1), 200, 300)
    fine = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 98])[1].tobytes()
    bank = PhotographBank({"a.jpg": fine})
    bank.pack(tmp_path / "whole")
    bank.pack(tmp_path / "small", quality=60)
    again = open_bank(tmp_path / "small")
    assert (tmp_path / "small").stat().st_size < 0.6 * (tmp_path / "whole").stat().st_size
    assert np.abs(again.rgb("a.jpg")[..., ::-1].astype(int) - picture).mean() < 12
