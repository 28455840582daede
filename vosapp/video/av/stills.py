"""Single EXR and DPX images through FFmpeg's decoders."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import av
from numpy.typing import NDArray

from vosapp.core.errors import MediaError
from vosapp.video.av.convert import PictureConverter, PictureFacts, facts_of
from vosapp.video.colour import TRANSFER_LINEAR
from vosapp.video.source import RgbImage

_DEMUXERS = {".exr": "exr_pipe", ".dpx": "dpx_pipe"}


@dataclass
class Still:
    """A decoded image.

    Attributes:
        facts: what it says about itself.
    """

    facts: PictureFacts
    _picture: Any

    @cached_property
    def native(self) -> NDArray[Any]:
        """(height, width, 3 or 4) at its own depth, read-only."""
        return PictureConverter(self.facts).native(self._picture)

    @cached_property
    def display(self) -> RgbImage:
        """(height, width, 3) uint8 for the screen, read-only."""
        return PictureConverter(self.facts).display(self._picture)


def decode_still(path: Path, data: bytes) -> Still:
    """Decodes the bytes of an EXR or DPX file.

    Raises:
        MediaError: they are no such image, or are cut off.
    """
    from dataclasses import replace

    suffix = path.suffix.lower()
    try:
        with av.open(io.BytesIO(data), "r", format=_DEMUXERS[suffix]) as container:
            picture = next(container.decode(video=0))
            facts = facts_of(picture, container.streams.video[0].sample_aspect_ratio)
    except (av.error.FFmpegError, StopIteration) as error:
        raise MediaError(f"{path} is not a readable {suffix[1:].upper()} image.", "Write or copy it again.") from error
    if suffix == ".exr":
        # The samples of an EXR are scene-linear light, whatever else is missing from its header.
        facts = replace(facts, tags=replace(facts.tags, transfer=TRANSFER_LINEAR))
    return Still(facts, picture)
