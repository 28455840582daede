"""planes_of: makes the planes that a movie codec takes from R'G'B' and alpha."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vosapp.video.av.movie_codecs import MovieCodec

Planes = list[NDArray[Any]]


def planes_of(rgba: NDArray[Any], codec: MovieCodec, to_ycbcr: NDArray[np.float64]) -> Planes:
    """The planes of a picture, in the order of the codec's pixel format.

    Args:
        rgba: (height, width, 3 or 4) uint8 or uint16 over the full range; the fourth is alpha.
        codec: what they are for.
        to_ycbcr: the (3, 3) matrix of its Y'CbCr.
    """
    scaled = rgba.astype(np.float32) * np.float32(1 / np.iinfo(rgba.dtype).max)
    top = np.float32(2**codec.bits - 1)
    kind = np.uint8 if codec.bits == 8 else np.uint16
    if codec.is_rgb:
        planes = [(scaled[..., place] * top + np.float32(0.5)).astype(kind) for place in (1, 2, 0)]
    else:
        planes = _ycbcr_planes(scaled[..., :3], codec, to_ycbcr, kind)
    if codec.has_alpha:
        planes.append((_even(scaled[..., 3], codec) * top + np.float32(0.5)).astype(kind))
    return planes


def stored_size(shape: tuple[int, int], codec: MovieCodec) -> tuple[int, int]:
    """(height, width) as the codec stores it: made even where pixels share their chroma."""
    return -(-shape[0] // codec.down) * codec.down, -(-shape[1] // codec.across) * codec.across


def _ycbcr_planes(rgb: NDArray[np.float32], codec: MovieCodec, matrix: NDArray[np.float64], kind: type) -> Planes:
    import cv2

    step = 2 ** (codec.bits - 8)
    spans = np.array([219, 224, 224], np.float32) * step
    offsets = np.array([16, 128, 128], np.float32) * step
    whole = np.hstack([matrix * spans[:, None], offsets[:, None]]).astype(np.float32)
    ycbcr = _even(np.asarray(cv2.transform(np.ascontiguousarray(rgb), whole)), codec)
    height, width = ycbcr.shape[:2]
    small = (width // codec.across, height // codec.down)
    chroma = [ycbcr[..., 1], ycbcr[..., 2]]
    if (codec.across, codec.down) != (1, 1):
        chroma = [np.asarray(cv2.resize(np.ascontiguousarray(c), small, interpolation=cv2.INTER_AREA)) for c in chroma]
    least, most = step, 255 * step - 1
    return [np.clip(plane + np.float32(0.5), least, most).astype(kind) for plane in (ycbcr[..., 0], *chroma)]


def _even(samples: NDArray[np.float32], codec: MovieCodec) -> NDArray[np.float32]:
    """Repeats the last row and column where sizes have to be even."""
    height, width = stored_size((samples.shape[0], samples.shape[1]), codec)
    more = [(0, height - samples.shape[0]), (0, width - samples.shape[1])] + [(0, 0)] * (samples.ndim - 2)
    return np.pad(samples, more, mode="edge") if any(after for _, after in more) else samples
