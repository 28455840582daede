"""High dynamic range, wide gamut, scene light and film density become display pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.clips import draw_index, make_clip, read_index
from vosapp.video.colour import (
    PRIMARIES_BT2020,
    PRIMARIES_P3,
    TRANSFER_CINEON,
    TRANSFER_HLG,
    TRANSFER_LINEAR,
    TRANSFER_PQ,
    ColourTags,
    cineon_to_linear,
    hlg_to_scene,
    matrix_or_guess,
    pq_to_nits,
    to_display,
)
from vosapp.video.open import open_video


def shown(value: float, transfer: int, primaries: int = 2) -> np.ndarray:
    """The display colour of a grey of the given code 0..1."""
    picture = np.full((2, 2, 3), round(value * 65535), np.uint16)
    return to_display(picture, ColourTags(transfer=transfer, primaries=primaries))[0, 0].astype(int)


def test_pq_follows_its_definition() -> None:
    """Values of the curve as tabulated in ITU-R BT.2408 (58 % is 203 cd/m2) and at its ends."""
    nits = pq_to_nits(np.array([0.0, 0.58, 0.75, 1.0]))
    assert nits == pytest.approx([0, 203, 983, 10000], rel=0.01, abs=1e-6)


def test_hlg_follows_its_definition() -> None:
    """75 % is reference white: 26.5 % of the peak as scene light."""
    assert hlg_to_scene(np.array([0.0, 0.5, 0.75, 1.0])) == pytest.approx([0, 1 / 12, 0.265, 1], abs=1e-3)


def test_film_density_puts_white_at_code_685() -> None:
    assert cineon_to_linear(np.array([95, 685]) / 1023) == pytest.approx([0, 1], abs=1e-9)


@pytest.mark.parametrize(("transfer", "white"), [(TRANSFER_PQ, 0.58), (TRANSFER_HLG, 0.75)])
def test_reference_white_is_bright_and_highlights_stay_apart(transfer: int, white: float) -> None:
    levels = [int(shown(code, transfer, PRIMARIES_BT2020)[0]) for code in np.linspace(0, 1, 21)]
    assert levels[0] == 0
    assert levels == sorted(levels)
    assert 235 <= shown(white, transfer, PRIMARIES_BT2020)[0] <= 250
    assert levels[-1] > shown(white, transfer, PRIMARIES_BT2020)[0]
    # 18 % grey, a little under half way on an ordinary screen.
    grey = {TRANSFER_PQ: 0.38, TRANSFER_HLG: 0.38}[transfer]
    assert 90 <= shown(grey, transfer, PRIMARIES_BT2020)[0] <= 150


@pytest.mark.parametrize("transfer", [TRANSFER_PQ, TRANSFER_HLG, TRANSFER_LINEAR, TRANSFER_CINEON, 1])
@pytest.mark.parametrize("primaries", [PRIMARIES_BT2020, PRIMARIES_P3])
def test_grey_stays_grey(transfer: int, primaries: int) -> None:
    for code in (0.0, 0.2, 0.5, 0.9):
        rgb = shown(code, transfer, primaries)
        assert rgb.max() - rgb.min() <= 1


def test_wide_gamut_of_ordinary_range_keeps_its_levels() -> None:
    for code in (0.0, 0.25, 0.5, 0.75, 1.0):
        assert abs(shown(code, 1, PRIMARIES_P3)[0] - code * 255) <= 1


def test_wide_gamut_colours_gain_saturation() -> None:
    red = np.zeros((1, 1, 3), np.uint16)
    red[..., 0], red[..., 1:] = 50000, 20000
    wide = to_display(red, ColourTags(transfer=1, primaries=PRIMARIES_BT2020))[0, 0].astype(int)
    assert wide[0] - wide[1] > (50000 - 20000) / 257 + 10


def test_scene_light_by_the_curve_of_srgb() -> None:
    picture = np.array([[[0.0, 0.18, 1.0]], [[5.0, -1.0, np.nan]]], np.float32)
    tags = ColourTags(transfer=TRANSFER_LINEAR)
    assert to_display(picture, tags).tolist() == [[[0, 118, 255]], [[255, 0, 0]]]


def test_ordinary_pictures_are_told_from_others() -> None:
    assert ColourTags(transfer=1, primaries=1).is_ordinary
    assert ColourTags(transfer=14, primaries=2).is_ordinary
    assert not ColourTags(transfer=TRANSFER_PQ, primaries=PRIMARIES_BT2020).is_ordinary
    assert not ColourTags(transfer=1, primaries=PRIMARIES_P3).is_ordinary


@pytest.mark.parametrize(
    ("tagged", "height", "matrix"), [(1, 100, 1), (6, 1080, 5), (10, 1080, 9), (2, 720, 1), (3, 576, 5)]
)
def test_matrix_guess(tagged: int, height: int, matrix: int) -> None:
    assert matrix_or_guess(tagged, height) == matrix


@pytest.mark.parametrize(("transfer", "name"), [(TRANSFER_PQ, "pq.mp4"), (TRANSFER_HLG, "hlg.mp4")])
def test_high_dynamic_range_files(transfer: int, name: str, tmp_path: Path) -> None:
    """The codes of an ordinary picture read as PQ or HLG: what matters is that the tags get through."""
    picture = draw_index(np.full((96, 160, 3), 130, np.uint8), 0)
    path = make_clip(
        tmp_path / name,
        frames=4,
        codec="libx265",
        pixel_format="yuv420p10le",
        colour={"color_trc": transfer, "color_primaries": 9, "colorspace": 9, "color_range": 1},
        content=lambda index: picture,
    )
    source = open_video(path)
    display, native = source.frame(3), source.native(3)
    assert read_index(display) == 3
    assert native.dtype == np.uint16
    patch = native[70:90, 20:140].mean() / 65535
    assert patch == pytest.approx(130 / 255, abs=0.01)
    assert abs(display[70:90, 20:140].mean() - shown(patch, transfer, PRIMARIES_BT2020).mean()) < 3
    source.close()
