"""A video file as a `VideoSource`."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from vosapp.core.errors import MediaError
from vosapp.video.av.convert import PictureConverter, PictureFacts, facts_of
from vosapp.video.av.decoder import FrameDecoder
from vosapp.video.av.errors import media_errors
from vosapp.video.av.indexing import SharedIndex, shared_index
from vosapp.video.frame_index import FrameIndex, is_variable_rate
from vosapp.video.placeholder import damaged_picture, empty_picture
from vosapp.video.source import ClipInfo, RgbImage

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_PROBED_FRAMES = 64
_RATE_LIMIT = 1000


class FileSource:
    """Frames of a video file by index, exactly. One object serves one thread."""

    def __init__(self, path: Path) -> None:
        """Opens the file and decodes its first picture.

        Raises:
            MediaError: it is missing, empty, cut off, no video, or nothing in it can be decoded.
        """
        self._path = path
        self._index: SharedIndex = shared_index(path)
        self._closed = False
        try:
            with media_errors(path):
                index = self._index.now()
                self._decoder = FrameDecoder(path, all_key=bool(index.packets.key.all()))
                facts = self._first_facts(index)
                self._converter = PictureConverter(facts)
                self._facts = facts
                self._exact = self._index.complete
                self._info = self._describe(facts)
        except BaseException:
            self._index.release()
            raise

    @property
    def info(self) -> ClipInfo:
        """Facts of the clip; while `provisional`, read again now and then."""
        if self._info.provisional and self._index.complete:
            self._info = self._describe(self._facts)
        return self._info

    def frame(self, index: int) -> RgbImage:
        """Frame `index` as read-only (height, width, 3) uint8 RGB.

        A frame that the file holds but that cannot be decoded shows the picture before it in a striped border.

        Raises:
            IndexError: there is no such frame.
            MediaError: the file was removed or closed.
        """
        picture = self._picture(index)
        return self._converter.display(picture) if picture is not None else self._damaged(index)

    def native(self, index: int) -> NDArray[Any]:
        """Frame `index` at its own depth: (height, width, 3 or 4) uint8, uint16 or float32 RGB(A), read-only."""
        picture = self._picture(index)
        if picture is not None:
            return self._converter.native(picture)
        before = self._picture_before(index)
        return self._converter.native(before) if before is not None else empty_picture(*self._facts.display_size)

    def is_damaged(self, index: int) -> bool:
        """Whether frame `index` cannot be decoded and a stand-in is shown."""
        return self._picture(index) is None

    def wait_until_exact(self, timeout: float | None = None) -> bool:
        """Waits until `info` is no longer provisional; False when that takes longer than `timeout` seconds."""
        return self._index.wait_complete(timeout)

    def close(self) -> None:
        """Releases the file. May be called twice."""
        if not self._closed:
            self._closed = True
            self._decoder.close()
            self._index.release()

    def _picture(self, number: int) -> VideoFrame | None:
        if self._closed:
            raise MediaError(f"{self._path} is closed.", "Open the clip again.")
        if number < 0:
            raise IndexError(f"no frame {number}")
        with media_errors(self._path):
            index = self._index.covering(number)
            if number >= len(index):
                raise IndexError(f"no frame {number}: {self._path.name} has {len(index)}")
            return self._decoder.picture(number, index)

    def _damaged(self, number: int) -> RgbImage:
        before = self._picture_before(number)
        if before is None:
            return damaged_picture(empty_picture(*self._facts.display_size))
        return damaged_picture(self._converter.display(before))

    def _picture_before(self, number: int) -> VideoFrame | None:
        for earlier in range(number - 1, max(-1, number - _PROBED_FRAMES), -1):
            picture = self._picture(earlier)
            if picture is not None:
                return picture
        return None

    def _first_facts(self, index: FrameIndex) -> PictureFacts:
        for number in range(min(len(index), _PROBED_FRAMES)):
            picture = self._decoder.picture(number, index)
            if picture is not None:
                track = self._decoder.reader.track
                return facts_of(picture, track.sample_aspect_ratio)
        raise MediaError(f"Nothing in {self._path} can be decoded.", "Check that it plays elsewhere, or copy it again.")

    def _describe(self, facts: PictureFacts) -> ClipInfo:
        index = self._index.now()
        reader = self._decoder.reader
        track, container = reader.track, reader.container
        height, width = facts.display_size
        times = index.times()
        info = ClipInfo(
            path=self._path,
            kind="video",
            height=height,
            width=width,
            frame_count=len(index),
            rate=_rate(track),
            codec=track.codec_context.name,
            pixel_format=facts.pixel_format,
            bit_depth=facts.bit_depth,
            start_timecode=start_timecode(container, track),
            has_audio=bool(container.streams.audio),
            has_alpha=facts.has_alpha,
            variable_rate=is_variable_rate(times),
            interlaced=facts.interlaced,
        )
        if index.complete:
            return info
        return replace(info, provisional=True, frame_count=max(len(index), claimed_count(container, track)))


def _rate(track: VideoStream) -> Fraction:
    """Frames a second as the file declares it; of a variable rate the average."""
    for rate in (track.average_rate, track.guessed_rate, track.base_rate):
        if rate and 0 < rate <= _RATE_LIMIT:
            return Fraction(rate)
    return Fraction(25)


def claimed_count(container: InputContainer, track: VideoStream) -> int:
    """How many frames the container says it holds, or what duration and rate give; 0 when it says nothing."""
    if track.frames:
        return int(track.frames)
    if not track.average_rate:
        return 0
    if track.duration and track.time_base:
        return round(track.duration * track.time_base * track.average_rate)
    return round(Fraction(container.duration or 0, 1_000_000) * track.average_rate)


def start_timecode(container: InputContainer, track: VideoStream) -> str:
    """The timecode of the first frame, from the track, its timecode track or the container; "" if none."""
    for metadata in (track.metadata, *(s.metadata for s in container.streams), container.metadata):
        if metadata.get("timecode"):
            return str(metadata["timecode"])
    return ""
