"""Single images come back as written, under any path."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tests.clips import encoded_image
from vosapp.core.errors import MediaError
from vosapp.video.stills.images import read_image, write_png

SHAPES = st.one_of(
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
    st.tuples(st.integers(1, 9), st.integers(1, 9), st.sampled_from([3, 4])),
)


@settings(max_examples=40)
@given(hnp.arrays(st.sampled_from([np.uint8, np.uint16]), SHAPES))
def test_png_round_trip(tmp_path_factory: pytest.TempPathFactory, array: np.ndarray) -> None:
    path = tmp_path_factory.mktemp("png") / "größe 映画.png"
    write_png(path, array)
    back = read_image(path)
    assert back.dtype == array.dtype
    assert np.array_equal(back, array)


def test_indexed_png_gives_its_numbers(tmp_path: Path) -> None:
    numbers = (np.arange(60).reshape(6, 10) % 5).astype(np.uint8)
    palette = np.array([(0, 0, 0), (200, 0, 0), (0, 200, 0), (0, 0, 200), (9, 9, 9)], np.uint8)
    path = tmp_path / "i.png"
    write_png(path, numbers, palette)
    assert np.array_equal(read_image(path), numbers)
    coloured = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    assert np.array_equal(coloured, palette[numbers])


@pytest.mark.parametrize(
    ("array", "palette"),
    [
        (np.zeros((2, 2), np.float32), None),
        (np.zeros((2, 2, 2), np.uint8), None),
        (np.zeros(4, np.uint8), None),
        (np.full((2, 2), 3, np.uint8), np.zeros((3, 3), np.uint8)),
        (np.zeros((2, 2), np.uint16), np.zeros((3, 3), np.uint8)),
        (np.zeros((2, 2), np.uint8), np.zeros((257, 3), np.uint8)),
        (np.zeros((2, 2), np.uint8), np.zeros((3, 4), np.uint8)),
    ],
)
def test_what_a_png_cannot_hold(array: np.ndarray, palette: np.ndarray | None, tmp_path: Path) -> None:
    with pytest.raises(ValueError):
        write_png(tmp_path / "x.png", array, palette)
    assert not (tmp_path / "x.png").exists()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("gone.png", None, "There is no file"),
        ("empty.png", b"", "empty"),
        ("text.png", b"no image at all", "not an image"),
        ("cut.png", encoded_image(np.zeros((40, 40, 3), np.uint8), ".png")[:40], "not an image"),
        ("text.exr", b"no image at all", "not a readable EXR"),
        ("text.dpx", b"no image at all", "not a readable DPX"),
    ],
)
def test_errors_name_the_file(name: str, content: bytes | None, message: str, tmp_path: Path) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(MediaError, match=message) as caught:
        read_image(path)
    assert name in caught.value.message


def test_no_such_folder_to_write_to(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="cannot be written"):
        write_png(tmp_path / "none" / "x.png", np.zeros((2, 2), np.uint8))


def test_camera_turned_jpeg_is_upright(tmp_path: Path) -> None:
    """Orientation 6 of EXIF: a quarter turn clockwise."""
    picture = np.zeros((16, 32, 3), np.uint8)
    picture[:, :8] = 255
    jpeg = cv2.imencode(".jpg", picture)[1].tobytes()
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0)
    exif = b"Exif\0\0MM\0*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
    path = tmp_path / "turned.jpg"
    path.write_bytes(jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:])
    upright = read_image(path)
    assert upright.shape[:2] == (32, 16)
    assert upright[2].mean() > 200
    assert upright[20].mean() < 50


def test_film_still_through_read_image(tmp_path: Path) -> None:
    path = tmp_path / "s.exr"
    path.write_bytes(encoded_image(np.full((8, 12, 3), 51, np.uint8), ".exr"))
    image = read_image(path)
    assert image.dtype == np.float32
    assert np.allclose(image, 0.2)


def test_png_of_absurd_size_is_an_error(tmp_path: Path) -> None:
    header = struct.pack(">IIBBBBB", 1 << 30, 1 << 30, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    (tmp_path / "huge.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunk)
    with pytest.raises(MediaError):
        read_image(tmp_path / "huge.png")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    write_png(path, np.zeros((2, 2), np.uint8))
    path.chmod(0)
    with pytest.raises(MediaError, match="cannot be read"):
        read_image(path)
