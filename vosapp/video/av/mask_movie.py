"""The pictures of a movie that holds a matte, with the alpha of WebM too, which the usual decoder leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from vosapp.video.av.errors import file_url, media_errors
from vosapp.video.av.file_source import FileSource
from vosapp.video.av.movie_codecs import VP9
from vosapp.video.av.movie_reader import MovieReader
from vosapp.video.open import exact_info


def movie_mattes(path: Path) -> Iterator[tuple[int, int, NDArray[Any]]]:
    """Triples of the number of frames, a frame's place and its picture (height, width, 3 or 4) with pixels as stored.

    Raises:
        MediaError: it cannot be read.
    """
    source = FileSource(path)
    try:
        count = exact_info(source).frame_count
        if _has_hidden_alpha(path):
            yield from ((count, place, picture) for place, picture in enumerate(_with_hidden_alpha(path)))
            return
        for place in range(count):
            yield count, place, source.stored(place)
    finally:
        source.close()


def _has_hidden_alpha(path: Path) -> bool:
    """Whether a WebM or Matroska file keeps alpha beside its VP8 or VP9 pictures."""
    with media_errors(path), av.open(file_url(path)) as container:
        stream = container.streams.video[0]
        return stream.codec_context.name in ("vp8", "vp9") and stream.metadata.get("alpha_mode") == "1"


def _with_hidden_alpha(path: Path) -> Iterator[NDArray[Any]]:
    """(height, width, 4) uint8: the luma of the picture, thrice, and alpha."""
    reader = MovieReader(path, VP9)
    try:
        while planes := reader.next_planes():
            yield np.dstack([planes[0], planes[0], planes[0], planes[3]])
    finally:
        reader.close()
