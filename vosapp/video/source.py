"""The protocol of everything that gives pictures by frame index, and the facts of a clip."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from vosapp.video.colour import SCREEN, ColourTags

RgbImage = NDArray[np.uint8]
Corners = tuple[tuple[int, int], tuple[int, int]]
"""First and last (x, y) of a rectangle of pixels, both within it."""
Windows = tuple[Corners, Corners]
"""Display window and data window of an EXR."""


@dataclass(frozen=True, slots=True)
class ClipInfo:
    """Facts of a clip.

    Attributes:
        path: the file, or the folder of an image sequence.
        kind: "video" or "sequence".
        height, width: of the display picture: rotated upright, square pixels.
        frame_count: number of frames; exact unless `provisional`.
        rate: frames a second as an exact fraction; of a variable-rate file the average.
        codec, pixel_format: as the decoder names them.
        bit_depth: bits a channel.
        colour: what `VideoSource.native` says with its numbers.
        first_number: number of frame 0 in the source's own numbering; 0 for files without numbers.
        has_numbers: whether the source numbers its frames (image sequences).
        start_timecode: "HH:MM:SS:FF", or "" when the source has none.
        has_audio, has_alpha, variable_rate, interlaced: what the source has.
        track: number of the picture track in the file, from 0.
        cropped: whether the container cuts margins off the coded picture.
        layer, layers: of an EXR: the name of the layer that is shown, "" for plain channels, and the names of all.
        raster: (height, width) of the picture with the source's own pixels, upright, where they are not square; None
            where they are, and `height` and `width` say it all.
        windows: display and data window of the first EXR, where they differ or do not begin at 0; else None.
        input_space: what a user says that the numbers of the pictures mean; "" for what the file says.
        decoder: what decodes: "software", or the kind of hardware device; "" for image sequences.
        damaged: frames known to be damaged or missing before anything is decoded, ascending; others turn up later.
        rate_is_assumed: nothing says how many frames a second there are, so `rate` is a guess or the user's.
        provisional: the count is the container's claim; the exact index is still being made.
        notes: sentences for the user: gaps, damage, oddities.
    """

    path: Path
    kind: str
    height: int
    width: int
    frame_count: int
    rate: Fraction
    codec: str = ""
    pixel_format: str = ""
    bit_depth: int = 8
    first_number: int = 0
    has_numbers: bool = False
    start_timecode: str = ""
    has_audio: bool = False
    has_alpha: bool = False
    variable_rate: bool = False
    interlaced: bool = False
    track: int = 0
    cropped: bool = False
    layer: str = ""
    layers: tuple[str, ...] = ()
    input_space: str = ""
    decoder: str = ""
    damaged: tuple[int, ...] = ()
    rate_is_assumed: bool = False
    provisional: bool = False
    notes: tuple[str, ...] = ()
    colour: ColourTags = SCREEN
    raster: tuple[int, int] | None = None
    windows: Windows | None = None

    @property
    def pixel_aspect(self) -> Fraction:
        """Width of a pixel of the source over its height."""
        if self.raster is None:
            return Fraction(1)
        return Fraction(self.width * self.raster[0], self.height * self.raster[1]).limit_denominator(1000)


class VideoSource(Protocol):
    """Frames by index. One object serves one thread; open another for another thread.

    Reading in ascending order costs one decode a frame; any other order costs a seek.
    """

    @property
    def info(self) -> ClipInfo:
        """Facts of the clip."""

    def frame(self, index: int) -> RgbImage:
        """Frame `index` as read-only (height, width, 3) uint8 RGB for display and networks.

        Raises:
            IndexError: there is no such frame.
            MediaError: the frame cannot be decoded.
        """

    def native(self, index: int) -> NDArray[np.generic]:
        """Frame `index` at its own depth: (height, width, 3 or 4) uint8, uint16 or float32 RGB(A), read-only."""

    def is_damaged(self, index: int) -> bool:
        """Whether frame `index` is missing, unreadable or only partly decodable, so that `frame` marks it.

        Costs as much as `frame` unless the frame was just asked for.

        Raises:
            IndexError: there is no such frame.
            MediaError: the source is closed, or its files are gone.
        """

    def close(self) -> None:
        """Releases files and decoders. May be called twice."""


@runtime_checkable
class IndexedSource(Protocol):
    """A source that makes its index while it is used, so that a frame may have to be waited for."""

    def interrupt(self) -> None:
        """Makes a `frame` that waits for the index raise `Cancelled`, now or, if none waits, perhaps the next one."""

    def wait_until_exact(self, timeout: float | None = None) -> bool:
        """Waits until `info` is no longer provisional; False when that takes longer than `timeout` seconds."""


@runtime_checkable
class RasterSource(Protocol):
    """A source whose pixels may not be square."""

    def stored(self, index: int) -> NDArray[np.generic]:
        """Frame `index` as `VideoSource.native` gives it, but with the source's own pixels: `ClipInfo.raster`."""


@runtime_checkable
class TimedSource(Protocol):
    """A source whose frames have times of their own, as those of a variable rate do."""

    def first_time(self) -> Fraction:
        """When frame 0 begins by the clock of the file, in seconds, which is that of its sound too."""

    def times(self) -> tuple[Fraction, ...]:
        """When every frame begins, in seconds after frame 0: ascending, no two alike. Waits for the exact index."""


def stored_picture(source: VideoSource, index: int) -> NDArray[np.generic]:
    """Frame `index` at its own depth with the source's own pixels."""
    own: object = source
    return own.stored(index) if isinstance(own, RasterSource) else source.native(index)


def frame_times(source: VideoSource) -> tuple[Fraction, ...]:
    """When every frame of a clip begins, in seconds after frame 0: its own times, or those that its rate gives."""
    timed: object = source
    if isinstance(timed, TimedSource):
        return timed.times()
    return tuple(number / source.info.rate for number in range(source.info.frame_count))
