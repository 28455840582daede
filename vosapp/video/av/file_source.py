"""A video file as a `VideoSource`."""

from __future__ import annotations

import threading
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from vosapp.core.errors import MediaError
from vosapp.video.av.convert import PictureConverter, facts_of
from vosapp.video.av.decoder import FrameDecoder
from vosapp.video.av.describe import describe, measured_rate
from vosapp.video.av.errors import NoFrameError, media_errors
from vosapp.video.av.hardware import SOFTWARE, accelerations, same_picture
from vosapp.video.av.hidden_alpha import has_hidden_alpha
from vosapp.video.av.indexing import shared_index
from vosapp.video.av.track_facts import read_track_facts
from vosapp.video.bitstream.crop import container_crop
from vosapp.video.frame_index import FrameIndex
from vosapp.video.hardware import hardware_wanted
from vosapp.video.placeholder import damaged_picture, empty_picture
from vosapp.video.rates import seconds_of_frames
from vosapp.video.source import ClipInfo, RgbImage

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

_PROBED_FRAMES = 64
_MOST_HELD_FRAMES = 1000


class FileSource:
    """Frames of a video file by index, exactly. One object serves one thread."""

    def __init__(self, path: Path) -> None:
        """Opens the file and decodes its first picture.

        Raises:
            MediaError: it is missing, empty, cut off, no video, or nothing in it can be decoded.
        """
        self._path = path
        self._index = shared_index(path)
        self._decoder: FrameDecoder | None = None
        self._released = False
        self._interrupted = threading.Event()
        self._lead = 0
        self._other_size = ""
        self._size: tuple[int, int] | None = None
        # The last frame that had no picture, and the picture that stood in for it.
        self._held: tuple[int, VideoFrame | None] = (-1, None)
        try:
            index = self._index.now()
            self._decoder = FrameDecoder(path, all_key=bool(index.packets.key.all()))
            self._track = read_track_facts(self._decoder.reader.container, self._decoder.reader.track)
            with media_errors(path):
                number, first = self._first_picture(index)
                self._size = first.height, first.width
                crop = container_crop(path, self._track.place, self._size)
                self._facts = replace(facts_of(first, self._track.pixel_aspect), crop=crop)
                if hardware_wanted() and not has_hidden_alpha(self._decoder.reader.track):
                    self._use_hardware(number, first, index)
        except BaseException:
            self.close()
            raise
        self._converter = PictureConverter(self._facts)
        self._unstretched = PictureConverter(self._facts.unstretched)
        self._info = self._described()

    @property
    def info(self) -> ClipInfo:
        """Facts of the clip; while they are `provisional`, ask again now and then."""
        if self._info.provisional and self._index.complete:
            self._info = self._described()
        if self._decoder is not None and self._decoder.device != self._info.decoder:
            self._info = replace(self._info, decoder=self._decoder.device)
        return self._info

    def _described(self) -> ClipInfo:
        info = describe(self._path, self._index, self._track, self._facts, self._lead)
        notes = (*info.notes, self._other_size) if self._other_size else info.notes
        return replace(info, notes=notes, decoder=self._decoder.device if self._decoder is not None else SOFTWARE)

    def frame(self, index: int) -> RgbImage:
        """Frame `index` as read-only (height, width, 3) uint8 RGB.

        A frame that the file holds but that cannot be decoded shows the picture before it in a striped border;
        one that can only be decoded in part has the border too.

        Raises:
            IndexError: there is no such frame.
            MediaError: the source is closed, or the file was removed.
        """
        with media_errors(self._path):
            picture = self._picture(index)
            if picture is not None and self._is_whole(picture, index):
                return self._converter.display(picture)
            shown = picture or self._picture_before(index)
            if shown is None:
                return damaged_picture(empty_picture(*self._facts.display_size))
            return damaged_picture(self._converter.display(shown))

    def native(self, index: int) -> NDArray[Any]:
        """Frame `index` at its own depth: (height, width, 3 or 4) uint8, uint16 or float32 RGB(A), read-only.

        It has the file's own transfer and primaries. A frame that cannot be decoded repeats the one before it,
        without a border.

        Raises:
            IndexError: there is no such frame.
            MediaError: the source is closed, the file was removed, or no frame up to this one can be decoded.
        """
        return self._own_depth(index, self._converter)

    def stored(self, index: int) -> NDArray[Any]:
        """Frame `index` as `native` gives it, upright but with pixels as they are stored, of `ClipInfo.raster`."""
        return self._own_depth(index, self._unstretched)

    def _own_depth(self, index: int, converter: PictureConverter) -> NDArray[Any]:
        with media_errors(self._path):
            picture = self._picture(index) or self._picture_before(index)
            if picture is None:
                raise MediaError(f"Frame {index} of {self._path} cannot be decoded.", "Copy or export the clip again.")
            return converter.native(picture)

    def is_damaged(self, index: int) -> bool:
        """Whether frame `index` cannot be decoded whole, so that it is shown with a striped border."""
        with media_errors(self._path):
            picture = self._picture(index)
            return picture is None or not self._is_whole(picture, index)

    def times(self) -> tuple[Fraction, ...]:
        """When every frame begins, in seconds after frame 0: ascending, no two alike. Waits for the exact index."""
        self._index.wait_complete(None)
        index = self._index.now()
        return seconds_of_frames(
            index.times()[self._lead :],
            index.pieces()[self._lead :],
            time_base=self._track.time_base,
            measured=measured_rate(index, self._track),
        )

    def first_time(self) -> Fraction:
        """When frame 0 begins by the clock of the file, in seconds."""
        base, times = self._track.time_base, self._index.now().times()
        return Fraction(0) if base is None or len(times) <= self._lead else int(times[self._lead]) * base

    def wait_until_exact(self, timeout: float | None = None) -> bool:
        """Waits until `info` is no longer provisional; False when that takes longer than `timeout` seconds."""
        return self._index.wait_complete(timeout)

    def interrupt(self) -> None:
        """Ends a wait for the index in the thread of this source, which raises `Cancelled` there. For other threads."""
        if not self._index.complete:
            self._interrupted.set()
            self._index.wake()

    def close(self) -> None:
        """Releases the file. May be called twice."""
        if self._decoder is not None:
            self._decoder.close()
            self._decoder = None
            self._held = (-1, None)
        if not self._released:
            self._released = True
            self._index.release()

    def _picture(self, number: int) -> VideoFrame | None:
        if self._decoder is None:
            raise MediaError(f"{self._path} is closed.", "Open the clip again.")
        if number < 0:
            raise NoFrameError(f"no frame {number}")
        index = self._index.covering(number + self._lead, self._interrupted)
        if number + self._lead >= len(index):
            raise NoFrameError(f"no frame {number}: {self._path.name} has {len(index) - self._lead}")
        before = self._decoder.device
        picture = self._decoder.picture(number + self._lead, index)
        if self._decoder.device != before:
            self._index.device = SOFTWARE
        if picture is not None and self._size is not None and (picture.height, picture.width) != self._size:
            self._note_size(picture, number)
        return picture

    def _note_size(self, picture: VideoFrame, number: int) -> None:
        """Remembers the first picture of another size, to tell of it: whether there are some, only decoding says."""
        if not self._other_size:
            height, width = self._size or (0, 0)
            self._other_size = (
                f"The size of the pictures changes: frame {number} is {picture.width}x{picture.height}; such pictures "
                f"are fitted into {width}x{height}."
            )
            self._info = replace(self._info, notes=(*self._info.notes, self._other_size))

    def _is_whole(self, picture: VideoFrame, number: int) -> bool:
        index = self._index.now()
        return not picture.is_corrupt and bool(index.packets.whole[index.order[number + self._lead]])

    def _picture_before(self, number: int) -> VideoFrame | None:
        for earlier in range(number - 1, max(-1, number - _MOST_HELD_FRAMES), -1):
            picture = self._held[1] if earlier == self._held[0] else self._picture(earlier)
            if picture is not None:
                self._held = number, picture
                return picture
        return None

    def _first_picture(self, index: FrameIndex) -> tuple[int, VideoFrame]:
        """The first frame that can be decoded, as numbered in the index, with its picture.

        Sets how many frames before it do not belong to the clip.
        """
        for number in range(min(len(index), _PROBED_FRAMES)):
            picture = self._picture(number)
            if picture is not None:
                self._lead = number if index.refers_outside(number) else 0
                return number, picture
        raise MediaError(f"Nothing in {self._path} can be decoded.", "Check that it plays elsewhere, or copy it again.")

    def _use_hardware(self, number: int, first: VideoFrame, index: FrameIndex) -> None:
        """Goes on with the first device that decodes the first picture as the software did.

        What was found is remembered with the file's index: its next decoder need not try again.
        """
        if self._decoder is None or first.is_corrupt or self._index.device == SOFTWARE:
            return
        codec = self._decoder.reader.track.codec_context.codec
        known = self._index.device
        self._index.device = SOFTWARE
        for acceleration in accelerations(codec, first.format.name):
            if known is not None and acceleration.device != known:
                continue
            try:
                faster = FrameDecoder(self._path, all_key=bool(index.packets.key.all()), acceleration=acceleration)
            except (MediaError, RuntimeError):
                continue  # there is no such device here, or it does not know the codec
            picture = faster.picture(number, index)
            if faster.device != SOFTWARE and picture is not None and same_picture(first, picture):
                self._decoder.close()
                self._decoder = faster
                self._index.device = acceleration.device
                return
            faster.close()
