"""planes_of: makes the planes that a movie codec takes from R'G'B' and alpha."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vosapp.video.av.movie_codecs import MovieCodec

Planes = list[NDArray[Any]]


def planes_of(samples: NDArray[Any], codec: MovieCodec, to_ycbcr: NDArray[np.float64]) -> Planes:
    """The planes of a picture, in the order of the codec's pixel format.

    Args:
        samples: uint8 or uint16 over the full range: (height, width, 3 or 4), the fourth being alpha, or a grey
            picture (height, width) for codecs without alpha.
        codec: what they are for.
        to_ycbcr: the (3, 3) matrix of its Y'CbCr.
    """
    kind = np.uint8 if codec.bits == 8 else np.uint16
    if codec.is_packed:
        return [_packed(samples)]
    if samples.ndim == 2:
        return _grey_planes(samples, codec, kind)
    if codec.is_rgb:
        planes = [_levels(samples[..., place], codec, kind) for place in (1, 2, 0)]
    else:
        planes = _ycbcr_planes(samples[..., :3], codec, to_ycbcr, kind)
    if codec.has_alpha:
        planes.append(_levels(_even(samples[..., 3], codec), codec, kind))
    return planes


def _packed(rgb: NDArray[Any]) -> NDArray[np.uint8]:
    """(height, 4 * width): blue, green, red and full alpha of each pixel of a picture of 8 bits."""
    full = np.full((*rgb.shape[:2], 1), 255, np.uint8)
    return np.concatenate([rgb[..., ::-1], full], axis=2).reshape(len(rgb), -1)


def _levels(samples: NDArray[Any], codec: MovieCodec, kind: type) -> NDArray[Any]:
    """Samples of one channel in the levels of the codec, over the full range."""
    most, top = int(np.iinfo(samples.dtype).max), 2**codec.bits - 1
    if most == top:
        return np.ascontiguousarray(samples)
    table = (np.arange(most + 1) * (top / most) + 0.5).astype(kind)
    return np.asarray(table[samples])


def _grey_planes(grey: NDArray[Any], codec: MovieCodec, kind: type) -> Planes:
    """Luma of limited range and chroma without colour."""
    step, most = 2 ** (codec.bits - 8), int(np.iinfo(grey.dtype).max)
    table = (16 * step + np.arange(most + 1) * (219 * step / most) + 0.5).astype(kind)
    luma = np.asarray(table[_even(grey, codec)])
    small = (luma.shape[0] // codec.down, luma.shape[1] // codec.across)
    return [luma, np.full(small, 128 * step, kind), np.full(small, 128 * step, kind)]


def stored_size(shape: tuple[int, int], codec: MovieCodec) -> tuple[int, int]:
    """(height, width) as the codec stores it: made even where pixels share their chroma."""
    return -(-shape[0] // codec.down) * codec.down, -(-shape[1] // codec.across) * codec.across


def _ycbcr_planes(rgb: NDArray[Any], codec: MovieCodec, matrix: NDArray[np.float64], kind: type) -> Planes:
    import cv2

    step = 2 ** (codec.bits - 8)
    spans = np.array([219, 224, 224]) * step / np.iinfo(rgb.dtype).max
    offsets = np.array([16, 128, 128]) * step + 0.5  # half a level: what follows cuts the fraction off
    whole = np.hstack([matrix * spans[:, None], offsets[:, None]]).astype(np.float32)
    ycbcr = _even(np.asarray(cv2.transform(rgb.astype(np.float32), whole)), codec)
    height, width = ycbcr.shape[:2]
    small = (width // codec.across, height // codec.down)
    luma, *chroma = cv2.split(ycbcr)
    if (codec.across, codec.down) != (1, 1):
        chroma = [cv2.resize(plane, small, interpolation=cv2.INTER_AREA) for plane in chroma]
    least, most = step, 255 * step - 1
    return [np.clip(plane, least, most, out=plane).astype(kind) for plane in (luma, *chroma)]


def _even(samples: NDArray[Any], codec: MovieCodec) -> NDArray[Any]:
    """Repeats the last row and column where sizes have to be even."""
    height, width = stored_size((samples.shape[0], samples.shape[1]), codec)
    more = [(0, height - samples.shape[0]), (0, width - samples.shape[1])] + [(0, 0)] * (samples.ndim - 2)
    return np.pad(samples, more, mode="edge") if any(after for _, after in more) else samples
