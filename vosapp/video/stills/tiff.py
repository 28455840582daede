"""TIFF files through tifffile, and imagecodecs for compressed ones."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray

from vosapp.core.errors import MediaError
from vosapp.video.stills.pillow_stills import exif_turn

_READER_ERRORS = (tifffile.TiffFileError, ValueError, RuntimeError, LookupError, TypeError, OSError, ArithmeticError,
                  AttributeError, MemoryError, AssertionError, EOFError, struct.error, zlib.error,
                  ImportError)  # fmt: skip
_MOST_PIXELS = 1 << 27
_MOST_CHANNELS = 4  # a picture of more takes as much memory as a larger one
_GREYS = (tifffile.PHOTOMETRIC.MINISWHITE, tifffile.PHOTOMETRIC.MINISBLACK)
_COLOURS = (tifffile.PHOTOMETRIC.RGB, tifffile.PHOTOMETRIC.YCBCR)


def decode_tiff(path: Path, data: bytes) -> NDArray[Any]:
    """The first picture of a TIFF: (height, width) or (height, width, 3 or 4), uint8, uint16 or float32.

    Raises:
        MediaError: it is no TIFF, is cut off, or holds what is not supported (CMYK, Lab, whole numbers of 32 bits).
    """
    try:
        with tifffile.TiffFile(io.BytesIO(data)) as file:
            page: Any = file.pages[0]
            _require_supported(path, page)
            samples = np.asarray(page.asarray())
            return _upright(_pictured(page, samples), page)
    except _READER_ERRORS as error:
        raise MediaError(f"{path} is not a readable TIFF ({error}).", "Write or copy it again.") from error


def wide_numbers(path: Path, data: bytes) -> NDArray[np.int64] | None:
    """The numbers (height, width) of a TIFF of one channel of signed or wide whole numbers; None for all others.

    Raises:
        MediaError: it is no TIFF, is cut off, or too large.
    """
    try:
        with tifffile.TiffFile(io.BytesIO(data)) as file:
            page: Any = file.pages[0]
            kind = page.dtype
            is_wide = kind is not None and (kind.kind == "i" or (kind.kind == "u" and kind.itemsize > 2))
            if not is_wide or page.samplesperpixel != 1 or page.photometric not in _GREYS:
                return None
            if page.imagewidth * page.imagelength > _MOST_PIXELS:
                raise MediaError(f"{path} has more than 134 million pixels.", "Save it smaller.")
            return np.asarray(_upright(np.asarray(page.asarray()), page), np.int64)
    except _READER_ERRORS as error:
        raise MediaError(f"{path} is not a readable TIFF ({error}).", "Write or copy it again.") from error


def _require_supported(path: Path, page: Any) -> None:
    kind = page.photometric
    if kind not in (*_GREYS, *_COLOURS, tifffile.PHOTOMETRIC.PALETTE):
        raise MediaError(f"{path} is a TIFF of the kind {kind.name}, which is not supported.", "Save it as RGB.")
    if (
        page.dtype is None
        or (page.dtype.kind not in "uf" and page.dtype != bool)
        or (page.dtype.kind == "u" and page.dtype.itemsize > 2)
    ):
        raise MediaError(f"{path} holds numbers of a kind that is not supported.", "Save it in 8, 16 or float.")
    if page.imagewidth * page.imagelength * -(-page.samplesperpixel // _MOST_CHANNELS) > _MOST_PIXELS:
        raise MediaError(f"{path} has more than 134 million pixels.", "Save it smaller.")


def _pictured(page: Any, samples: NDArray[Any]) -> NDArray[Any]:
    """The samples with channels last, spread over the whole range of their type, tables of colours applied."""
    if samples.ndim == 3 and page.planarconfig == tifffile.PLANARCONFIG.SEPARATE and page.samplesperpixel > 1:
        samples = np.moveaxis(samples, 0, 2)
    if page.photometric == tifffile.PHOTOMETRIC.PALETTE:
        table = np.asarray(page.colormap, np.uint16)
        return (table[:, samples.astype(np.int64).clip(0, table.shape[1] - 1)] >> 8).astype(np.uint8).transpose(1, 2, 0)
    samples = _whole_range(samples, int(page.bitspersample))
    if page.photometric == tifffile.PHOTOMETRIC.MINISWHITE:
        samples = (np.iinfo(samples.dtype).max if samples.dtype.kind == "u" else 1) - samples
    if samples.ndim == 3:
        if samples.shape[2] == 1:
            samples = samples[..., 0]
        elif samples.shape[2] == 2:
            samples = samples[..., [0, 0, 0, 1]]
        else:
            has_alpha = samples.shape[2] >= 4 and bool(page.extrasamples) and int(page.extrasamples[0]) in (1, 2)
            # A fourth channel that the file calls alpha, or calls nothing, is taken for it.
            samples = samples[..., : 4 if samples.shape[2] >= 4 and (has_alpha or not page.extrasamples) else 3]
    return np.ascontiguousarray(samples)


def _whole_range(samples: NDArray[Any], bits: int) -> NDArray[Any]:
    if samples.dtype.kind == "f":
        return samples.astype(np.float32)
    if samples.dtype == bool or bits < 8:
        top = (1 << bits) - 1 if samples.dtype != bool else 1
        return (samples.astype(np.uint16) * 255 // top).astype(np.uint8)
    if 8 < bits < 16:
        return (samples.astype(np.uint32) * 65535 // ((1 << bits) - 1)).astype(np.uint16)
    return samples.astype(samples.dtype.newbyteorder("="))


def _upright(picture: NDArray[Any], page: Any) -> NDArray[Any]:
    tag = page.tags.get(0x0112)
    return exif_turn(int(tag.value) if tag is not None else None).apply(picture)
