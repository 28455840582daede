"""Decoded samples become the RGB values that the standards define."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest

from vosapp.video.av.convert import PictureConverter, facts_of
from vosapp.video.colour import MATRIX_BT601, MATRIX_BT709, MATRIX_BT2020

LUMA = {MATRIX_BT709: (0.2126, 0.0722), MATRIX_BT601: (0.299, 0.114), MATRIX_BT2020: (0.2627, 0.0593)}
COLOURS = [(1, 1, 1), (0, 0, 0), (0.5, 0.5, 0.5), (0.8, 0.1, 0.2), (0.1, 0.7, 0.3), (0.05, 0.2, 0.9), (0.9, 0.8, 0.1)]


def codes(rgb: tuple[float, ...], matrix: int, bits: int, full: bool) -> list[int]:
    """Y'CbCr codes of a colour (ITU-T H.273, 8.3)."""
    red, blue = LUMA[matrix]
    luma = red * rgb[0] + (1 - red - blue) * rgb[1] + blue * rgb[2]
    chroma = (rgb[2] - luma) / (2 * (1 - blue)), (rgb[0] - luma) / (2 * (1 - red))
    step, top = 1 << (bits - 8), (1 << bits) - 1
    if full:
        values = [luma * top, *(c * top + 128 * step for c in chroma)]
    else:
        values = [(16 + 219 * luma) * step, *((128 + 224 * c) * step for c in chroma)]
    return [min(max(round(v), 0), top) for v in values]


def flat(form: str, bits: int, values: list[int], matrix: int, full: bool) -> av.VideoFrame:
    frame = av.VideoFrame(32, 32, form)
    for plane, value in zip(frame.planes, values, strict=True):
        kind = "<u2" if bits > 8 else "u1"
        plane.update(np.full((plane.height, plane.line_size // np.dtype(kind).itemsize), value, kind))
    frame.colorspace, frame.color_range = matrix, 2 if full else 1
    return frame


@pytest.mark.parametrize("full", [False, True], ids=["limited", "full"])
@pytest.mark.parametrize("matrix", list(LUMA))
@pytest.mark.parametrize(
    ("form", "bits", "display_error", "native_error"),
    [
        ("yuv420p", 8, 3.2, 1.6),
        ("yuv422p", 8, 3.2, 1.6),
        ("yuv444p", 8, 1.6, 1.6),
        ("yuv420p10le", 10, 4.0, 0.45),
        ("yuv422p10le", 10, 4.0, 0.45),
        ("yuv444p12le", 12, 1.7, 0.12),
        ("yuv444p16le", 16, 1.7, 0.01),
    ],
)
def test_matrices_and_ranges(
    form: str, bits: int, display_error: float, native_error: float, matrix: int, full: bool
) -> None:
    """Errors in levels of 8 bits; half a code of rounding in the source is part of them."""
    for colour in COLOURS:
        frame = flat(form, bits, codes(colour, matrix, bits, full), matrix, full)
        converter = PictureConverter(facts_of(frame, None))
        display, native = converter.display(frame)[8:24, 8:24], converter.native(frame)[8:24, 8:24]
        assert native.dtype == (np.uint16 if bits > 8 else np.uint8)
        wanted = np.array(colour) * 255
        assert np.abs(display - wanted).max() <= display_error
        assert np.abs(native * (255 / np.iinfo(native.dtype).max) - wanted).max() <= native_error


@pytest.mark.parametrize("bits", [10, 12])
def test_alpha_is_whole_where_it_is_opaque(bits: int) -> None:
    top = (1 << bits) - 1
    for alpha, expected in [(0, 0), (top, 65535), (top // 3, 65535 / 3)]:
        frame = flat(f"yuva444p{bits}le", bits, [500, 512, 512, alpha], MATRIX_BT709, False)
        native = PictureConverter(facts_of(frame, None)).native(frame)
        assert native.shape == (32, 32, 4)
        assert np.abs(native[..., 3] - expected).max() <= 0.5


@pytest.mark.parametrize("form", ["gbrp10le", "gbrp12le", "gbrp16le", "gbrap12le", "rgb48le", "rgba64be", "gray10le"])
def test_deep_rgb_spreads_over_sixteen_bits(form: str) -> None:
    white = av.VideoFrame.from_ndarray(np.full((16, 16, 4), 65535, np.uint16), "rgba64le").reformat(format=form)
    facts = facts_of(white, None)
    native = PictureConverter(facts).native(white)
    assert native.dtype == np.uint16
    assert native.shape[2] == (4 if facts.has_alpha else 3)
    assert native.min() >= 65535 - 64


@pytest.mark.parametrize(
    "form", ["gbrpf32le", "gbrpf32be", "gbrapf32le", "grayf32le", "rgbf32le", "rgbaf16le", "gbrpf16le"]
)
def test_float_keeps_what_is_brighter_than_white(form: str) -> None:
    frame = av.VideoFrame(24, 16, form)
    kind = np.dtype("f2" if "f16" in form else "f4").newbyteorder(">" if form.endswith("be") else "<")
    for plane in frame.planes:
        plane.update(np.full((16, plane.line_size // kind.itemsize), 3.5, kind))
    converter = PictureConverter(facts_of(frame, None))
    native = converter.native(frame)
    assert native.dtype == np.float32
    assert (native == 3.5).all()
    assert (converter.display(frame) == 255).all()


def test_planes_of_float_rgb_are_put_in_order() -> None:
    samples = np.dstack([np.full((16, 24), v, np.float32) for v in (0.1, 0.2, 0.3)])
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(samples), "gbrpf32le")
    native = PictureConverter(facts_of(frame, None)).native(frame)
    assert np.allclose(native[5, 5], (0.1, 0.2, 0.3))


@pytest.mark.parametrize(
    ("aspect", "size"),
    [
        (Fraction(2), (40, 120)),
        (Fraction(1, 2), (80, 60)),
        (Fraction(0), (40, 60)),
        (None, (40, 60)),
        (Fraction(99), (40, 60)),
    ],
)
@pytest.mark.parametrize("form", ["yuv420p", "yuv422p10le", "gbrpf32le"])
def test_pixels_become_square(form: str, aspect: Fraction | None, size: tuple[int, int]) -> None:
    frame = av.VideoFrame(60, 40, form)
    facts = facts_of(frame, aspect)
    assert facts.display_size == size
    converter = PictureConverter(facts)
    assert converter.display(frame).shape == (*size, 3)
    assert converter.native(frame).shape == (*size, 3)


def test_a_frame_of_another_size_is_brought_to_that_of_the_clip() -> None:
    converter = PictureConverter(facts_of(av.VideoFrame(64, 48, "yuv420p"), None))
    assert converter.display(av.VideoFrame(32, 96, "yuv422p")).shape == (48, 64, 3)


def test_untagged_size_decides_the_matrix() -> None:
    assert facts_of(av.VideoFrame(1280, 720, "yuv420p"), None).tags.matrix == MATRIX_BT709
    assert facts_of(av.VideoFrame(720, 576, "yuv420p"), None).tags.matrix == MATRIX_BT601
