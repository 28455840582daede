"""Object ids come back exactly from every kind of PNG that holds them."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from vosapp.core.errors import MediaError
from vosapp.video.stills.label_png import davis_palette, decode_labels, encode_labels, read_labels, write_labels

SIGNATURE = b"\x89PNG\r\n\x1a\n"
label_images = hnp.arrays(np.uint8, st.tuples(st.integers(1, 20), st.integers(1, 20)))


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def indexed_png(labels: np.ndarray, *, depth: int, extra: bytes = b"") -> bytes:
    """An indexed PNG of few bits a pixel, made by hand."""
    height, width = labels.shape
    rows = b""
    for row in labels:
        bits = "".join(format(value, f"0{depth}b") for value in row)
        bits += "0" * (-len(bits) % 8)
        rows += b"\0" + int(bits, 2).to_bytes(len(bits) // 8, "big")
    return SIGNATURE + b"".join(
        [
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, 3, 0, 0, 0)),
            chunk(b"PLTE", bytes(range(3 * 2**depth))),
            extra,
            chunk(b"IDAT", zlib.compress(rows)),
            chunk(b"IEND", b""),
        ]
    )


@given(label_images)
@settings(max_examples=40, deadline=None)
def test_what_is_written_is_read(labels: np.ndarray) -> None:
    np.testing.assert_array_equal(decode_labels(encode_labels(labels)), labels)


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_few_bits_a_pixel(depth: int) -> None:
    labels = np.arange(7 * 9, dtype=np.uint8).reshape(7, 9) % 2**depth
    np.testing.assert_array_equal(decode_labels(indexed_png(labels, depth=depth)), labels)


def test_transparency_and_gamma_do_not_change_the_numbers() -> None:
    labels = np.array([[0, 1, 2, 3]], np.uint8)
    extra = chunk(b"gAMA", struct.pack(">I", 45455)) + chunk(b"tRNS", b"\0\x80")
    np.testing.assert_array_equal(decode_labels(indexed_png(labels, depth=2, extra=extra)), labels)


def test_filtered_grey_of_another_encoder(tmp_path: Path) -> None:
    labels = np.add.outer(np.arange(40), np.arange(50)).astype(np.uint8)
    ok, content = cv2.imencode(".png", labels, [cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_FILTERED])
    path = tmp_path / "größe.png"
    path.write_bytes(content.tobytes())
    assert ok
    np.testing.assert_array_equal(read_labels(path), labels)


def test_colours_are_those_of_the_benchmark(tmp_path: Path) -> None:
    assert davis_palette()[:4] == [(0, 0, 0), (128, 0, 0), (0, 128, 0), (128, 128, 0)]
    write_labels(tmp_path / "a.png", np.array([[0, 1, 2]], np.uint8))
    shown = cv2.imread(str(tmp_path / "a.png"))
    np.testing.assert_array_equal(shown, [[[0, 0, 0], [0, 0, 128], [0, 128, 0]]])


def test_unfit_files_are_refused_by_name(tmp_path: Path) -> None:
    colour = tmp_path / "colour.png"
    colour.write_bytes(cv2.imencode(".png", np.zeros((3, 3, 3), np.uint8))[1].tobytes())
    deep = tmp_path / "deep.png"
    deep.write_bytes(cv2.imencode(".png", np.zeros((3, 3), np.uint16))[1].tobytes())
    damaged = tmp_path / "damaged.png"
    damaged.write_bytes(encode_labels(np.zeros((3, 3), np.uint8))[:45])
    text = tmp_path / "text.png"
    text.write_text("no picture")
    for path, reason in ((colour, "colour picture"), (deep, "16 bits"), (damaged, "damaged"), (text, "not a PNG")):
        with pytest.raises(MediaError, match=reason) as caught:
            read_labels(path)
        assert path.name in str(caught.value)
    with pytest.raises(MediaError, match=r"missing\.png cannot be read"):
        read_labels(tmp_path / "missing.png")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="cannot be written"):
        write_labels(tmp_path / "absent" / "a.png", np.zeros((2, 2), np.uint8))
