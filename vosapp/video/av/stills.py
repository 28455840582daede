"""Single DPX images through FFmpeg's decoder."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import av
from numpy.typing import NDArray

from vosapp import MAX_DECODED_PIXELS
from vosapp.core.errors import MediaError
from vosapp.video.av.convert import PictureConverter, PictureFacts, facts_of
from vosapp.video.av.errors import READER_ERRORS
from vosapp.video.colour import TRANSFER_CINEON, ColourTags
from vosapp.video.source import RgbImage

_DEMUXERS = {".dpx": "dpx_pipe"}
_DPX_TRANSFER_BYTE = 801
_DPX_DENSITY, _DPX_LOGARITHMIC = 1, 3
_TIMECODE = re.compile(r"\d{2}:\d{2}:\d{2}[:;]\d{2}")


@dataclass
class Still:
    """A decoded image.

    Attributes:
        facts: what it says about its pixels.
        rate: frames a second from the header, or None.
        timecode: from the header, or "".
    """

    facts: PictureFacts
    rate: Fraction | None
    timecode: str
    _picture: Any

    @cached_property
    def native(self) -> NDArray[Any]:
        """(height, width, 3 or 4) at its own depth, read-only."""
        return PictureConverter(self.facts).native(self._picture)

    @cached_property
    def stored(self) -> NDArray[Any]:
        """As `native`, but with pixels as they are stored."""
        if self.facts.raster is None:
            return self.native
        return PictureConverter(self.facts.unstretched).native(self._picture)

    @cached_property
    def display(self) -> RgbImage:
        """(height, width, 3) uint8 for the screen, read-only."""
        return PictureConverter(self.facts).display(self._picture)


def decode_still(path: Path, data: bytes) -> Still:
    """Decodes the bytes of a DPX file.

    Raises:
        MediaError: they are no such image, or are cut off.
    """
    suffix = path.suffix.lower()
    try:
        with av.open(
            io.BytesIO(data), "r", format=_DEMUXERS[suffix], options={"max_pixels": str(MAX_DECODED_PIXELS)}
        ) as container:
            container.streams.video[0].codec_context.options = {"max_pixels": str(MAX_DECODED_PIXELS)}
            picture = next(container.decode(video=0))
            track = container.streams.video[0]
            facts = facts_of(picture, track.sample_aspect_ratio)
            rate = track.codec_context.framerate
    except READER_ERRORS as error:
        raise MediaError(f"{path} is not a readable {suffix[1:].upper()} image.", "Write or copy it again.") from error
    facts = replace(facts, tags=_true_tags(data, facts.tags))
    return Still(facts, Fraction(rate) if rate and rate > 0 else None, _timecode(picture), picture)


def _true_tags(data: bytes, tags: ColourTags) -> ColourTags:
    """The colour of a still: what its kind or its header say and FFmpeg does not pass on."""
    if len(data) > _DPX_TRANSFER_BYTE and data[_DPX_TRANSFER_BYTE] in (_DPX_DENSITY, _DPX_LOGARITHMIC):
        return replace(tags, transfer=TRANSFER_CINEON)
    return tags


def _timecode(picture: Any) -> str:
    try:
        # PyAV before 18.1 does not give the metadata of pictures.
        metadata = getattr(picture, "metadata", {})
    except UnicodeDecodeError:
        # The header holds other bytes than text; PyAV gives all of it or nothing.
        return ""
    found = _TIMECODE.fullmatch(metadata.get("timecode", ""))
    return found[0] if found else ""
