"""Margins that a container wants cut off: the clean aperture of MP4 and the pixel crop of Matroska."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.clips import make_clip
from vosapp.video.bitstream.crop import NO_CROP, Crop, container_crop
from vosapp.video.open import open_video
from vosapp.video.source import stored_picture

SIZE = (180, 320)
BOXES = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd", b"avc1")


def with_aperture(path: Path, numbers: tuple[int, ...]) -> Path:
    """Puts a box `clap` into a movie whose tables lie behind its pictures, so that nothing else moves."""
    data = path.read_bytes()
    assert data.index(b"mdat") < data.index(b"moov")
    box = struct.pack(">I4s8i", 40, b"clap", *numbers)
    places, start = [], 0
    for kind in BOXES:
        start = data.index(kind, start) - 4
        places.append(start)
        start += 4
    length = int.from_bytes(data[places[-1] : places[-1] + 4], "big")
    end = places[-1] + length
    grown = bytearray(data[:end] + box + data[end:])
    for place in places:
        grown[place : place + 4] = struct.pack(">I", int.from_bytes(data[place : place + 4], "big") + len(box))
    path.write_bytes(grown)
    return path


def with_pixel_crop(path: Path, **sides: int) -> Path:
    """Writes the crop over the colour tags of a Matroska file, which take at least as much room."""
    idents = {"top": b"\x54\xbb", "bottom": b"\x54\xaa", "left": b"\x54\xcc", "right": b"\x54\xdd"}
    data = bytearray(path.read_bytes())
    place = data.index(b"\x55\xb0")
    room = 3 + (data[place + 2] & 0x7F)
    elements = b"".join(idents[side] + b"\x82" + struct.pack(">H", value) for side, value in sides.items())
    left = room - len(elements)
    assert left == 0 or left >= 2
    filler = b"" if not left else b"\xec" + bytes([0x80 | left - 2]) + b"\0" * (left - 2)
    data[place : place + room] = elements + filler
    path.write_bytes(data)
    return path


def movie(path: Path, **more: object) -> Path:
    return make_clip(path, frames=6, size=SIZE, pixel_format="yuv444p", options={"qp": "0"}, **more)  # type: ignore[arg-type]


def tagged(path: Path, **more: object) -> Path:
    return movie(path, colour={"color_range": 1, "colorspace": 1, "color_primaries": 1, "color_trc": 1}, **more)


def check_rows_20_to_159(path: Path, whole: np.ndarray) -> None:
    source = open_video(path)
    info = source.info
    assert (info.height, info.width, info.cropped) == (140, 320, True)
    assert np.array_equal(source.frame(3), whole[20:160])
    assert source.native(3).shape == (140, 320, 3)
    source.close()


def picture(path: Path) -> np.ndarray:
    source = open_video(path)
    assert not source.info.cropped
    try:
        return source.frame(3)
    finally:
        source.close()


def test_the_pixel_crop_of_matroska(tmp_path: Path) -> None:
    path = tagged(tmp_path / "crop.mkv")
    whole = picture(path)
    check_rows_20_to_159(with_pixel_crop(path, top=20, bottom=20), whole)


@pytest.mark.parametrize("suffix", [".mp4", ".mov"])
def test_the_clean_aperture_of_a_movie(suffix: str, tmp_path: Path) -> None:
    path = movie(tmp_path / f"crop{suffix}")
    whole = picture(path)
    check_rows_20_to_159(with_aperture(path, (320, 1, 140, 1, 0, 1, 0, 1)), whole)


def test_an_aperture_beside_the_middle(tmp_path: Path) -> None:
    path = movie(tmp_path / "crop.mov")
    whole = picture(path)
    with_aperture(path, (300, 1, 170, 1, 20, 2, -5, 1))  # 10 to the right of the middle, 5 above it
    assert container_crop(path, 0, SIZE) == Crop(top=0, bottom=10, left=20, right=0)
    source = open_video(path)
    assert np.array_equal(source.frame(3), whole[:170, 20:])
    source.close()


def test_what_is_cut_off_of_a_turned_and_stretched_picture(tmp_path: Path) -> None:
    path = movie(tmp_path / "crop.mov", rotation=90, pixel_aspect=Fraction(4, 3))
    whole = picture(path)
    assert whole.shape == (427, 180, 3)
    with_aperture(path, (300, 1, 160, 1, 0, 1, 0, 1))
    source = open_video(path)
    assert (source.info.height, source.info.width) == (400, 160)
    assert np.array_equal(source.frame(3), whole[13:413, 10:170])
    assert source.info.raster == (300, 160)
    assert stored_picture(source, 3).shape == (300, 160, 3)
    source.close()


@pytest.mark.parametrize(
    "numbers", [(400, 1, 140, 1, 0, 1, 0, 1), (320, 0, 140, 1, 0, 1, 0, 1), (320, 1, 140, 1, 0, 1, 90, 1)]
)
def test_an_aperture_that_makes_no_sense_is_none(numbers: tuple[int, ...], tmp_path: Path) -> None:
    path = with_aperture(movie(tmp_path / "crop.mov"), numbers)
    assert container_crop(path, 0, SIZE) == NO_CROP
    source = open_video(path)
    assert source.frame(3).shape == (180, 320, 3)
    source.close()


def test_more_than_there_is_is_not_cut_off(tmp_path: Path) -> None:
    path = with_pixel_crop(tagged(tmp_path / "crop.mkv"), top=100, bottom=80)
    assert container_crop(path, 0, SIZE) == NO_CROP
    assert container_crop(path, 7, SIZE) == NO_CROP


def test_spoiled_files_crop_nothing_and_end_nothing(tmp_path: Path) -> None:
    random = np.random.default_rng(5)
    files = (
        with_pixel_crop(tagged(tmp_path / "a.mkv"), top=20, bottom=20),
        with_aperture(movie(tmp_path / "a.mov"), (320, 1, 140, 1, 0, 1, 0, 1)),
    )
    for whole in (file.read_bytes() for file in files):
        for _ in range(150):
            data = bytearray(whole)
            for place in random.integers(0, len(data), 60):
                data[place] = random.integers(0, 256)
            spoiled = tmp_path / "spoiled"
            spoiled.write_bytes(data[: random.integers(1, len(data))])
            assert container_crop(spoiled, 0, SIZE).fits(*SIZE)
