"""Frame-exact decoding: gives frame n of a file in any order.

Every packet is handed to the decoder under its number in the file, in place of its presentation time; the decoder
passes that number through to the picture. So a picture is recognised by the packet it came from, and missing,
doubled or negative times in the file play no part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vosapp.core.errors import MediaError
from vosapp.video.av.container import open_container, read_packets, set_up_decoder, video_stream
from vosapp.video.av.errors import NO_MEMORY, READER_ERRORS, explain
from vosapp.video.av.hardware import SOFTWARE, Acceleration, as_software
from vosapp.video.av.hidden_alpha import decoding_context
from vosapp.video.frame_index import MISSING, FrameIndex

if TYPE_CHECKING:
    from av.packet import Packet
    from av.video.frame import VideoFrame

_KEPT_BEFORE, _KEPT_AFTER = 1, 32
_SEEK_ATTEMPTS = 4
_EARLIER_STARTS = 2
_MOST_FAILURES = 4
_PICTURES_IN_FLIGHT, _MOST_PIXEL_BYTES = 4, 4  # what a decoder on two threads holds at once, in its usual formats
_DEVICE_ERRORS: tuple[type[Exception], ...] = (MediaError, *READER_ERRORS)


class PacketReader:
    """Reads a file's packets and knows the number of each, also after a jump.

    Attributes:
        container: the open file.
        track: its video track.
        context: what decodes it.
        next_number: number of the packet that `read` gives next.
    """

    def __init__(self, path: Path, acceleration: Acceleration | None = None) -> None:
        self._path = path
        self._acceleration = acceleration
        self._seekable = True
        self._open()

    def _open(self) -> None:
        hwaccel = self._acceleration.hwaccel() if self._acceleration is not None else None
        self.container = open_container(self._path, hwaccel)
        self.track = video_stream(self._path, self.container)
        self.context = decoding_context(self.track)
        self._packets: Iterator[Packet[Any]] = read_packets(self.container, self.track)
        self._waiting: Packet[Any] | None = None
        self.next_number = 0

    def close(self) -> None:
        """Closes the file. Nothing of PyAV may be touched after that."""
        self._waiting = None
        self._packets = iter(())
        self.container.close()

    def read(self) -> Packet[Any] | None:
        """The next packet, or None at the end of the file."""
        packet, self._waiting = self._waiting, None
        if packet is None:
            packet = self._next_packet()
        if packet is not None:
            self.next_number += 1
        return packet

    def jump(self, number: int, index: FrameIndex) -> bool:
        """Moves so that `read` gives packet `number` next; returns whether the file was opened anew for that.

        The container is asked for the packet's time; where that lands is recognised by the packet's own values. If
        it lands behind, an earlier key packet is tried; if nothing helps, the file is read from its start.
        """
        if self._seekable:
            place = int(index.keys.searchsorted(number, side="right")) - 1
            for attempt in range(_SEEK_ATTEMPTS):
                key = place - (0 if attempt == 0 else 4**attempt)
                if key < 0:
                    break
                if self._seek_before(int(index.keys[key]), number, index):
                    return False
            self._seekable = self._seekable and place < 4
        self.close()
        self._open()
        self._skip_to(number)
        return True

    def _seek_before(self, key: int, number: int, index: FrameIndex) -> bool:
        packets = index.packets
        times = [int(t) for t in (packets.dts[key], packets.pts[key]) if t != MISSING]
        if not times:
            return False
        try:
            self.container.seek(min(times), stream=self.track, backward=True)
        except READER_ERRORS:
            return False
        self._packets = read_packets(self.container, self.track)
        self._waiting = None
        packet = self._next_packet()
        if packet is None:
            return False
        found = packets.find(
            MISSING if packet.pts is None else packet.pts,
            MISSING if packet.dts is None else packet.dts,
            -1 if packet.pos is None else packet.pos,
            packet.size,
        )
        if found < 0 or found > number:
            return False
        self._waiting, self.next_number = packet, found
        self._skip_to(number)
        return True

    def _skip_to(self, number: int) -> None:
        while self.next_number < number and self.read() is not None:
            pass

    def _next_packet(self) -> Packet[Any] | None:
        try:
            return next(self._packets, None)
        except READER_ERRORS:
            # The index ends where reading fails, too: nothing behind this place is part of the clip.
            return None


class FrameDecoder:
    """Decodes frames of one file. One object serves one thread."""

    def __init__(self, path: Path, *, all_key: bool, acceleration: Acceleration | None = None) -> None:
        """Opens the file.

        Args:
            path: the file.
            all_key: whether every packet is a key packet, as in ProRes or MJPEG.
            acceleration: what to decode with, for as long as all goes well; None for the processor.

        Raises:
            MediaError: it cannot be opened, or there is no such device.
        """
        self._path = path
        self._all_key = all_key
        self._acceleration = acceleration
        self._begin()

    def _begin(self) -> None:
        self._reader = PacketReader(self._path, self._acceleration)
        set_up_decoder(self._reader.context, all_key=self._all_key, accelerated=self._acceleration is not None)
        self._ready: dict[int, VideoFrame] = {}
        self._first_fed = 0
        self._in_flight: set[int] = set()
        self._drained = False
        self._last_out = 0
        self._missed: set[int] = set()
        self._failures: Counter[int] = Counter()
        self._damaged: set[int] = set()
        self._stumbled = False

    @property
    def device(self) -> str:
        """What decodes now: "software", or the kind of device."""
        return self._acceleration.device if self._acceleration is not None else SOFTWARE

    @property
    def reader(self) -> PacketReader:
        """The packet reader, for the facts of container and track."""
        return self._reader

    def close(self) -> None:
        """Closes file and decoder."""
        self._ready.clear()
        self._reader.close()

    def picture(self, frame: int, index: FrameIndex) -> VideoFrame | None:
        """Frame `frame` as decoded, or None when the file holds nothing decodable for it."""
        if self._acceleration is not None:
            picture = self._accelerated(frame, index, self._acceleration)
            if picture is not None:
                return picture
            # Damage, too, is the software's to judge: what it makes of a broken packet is what has been tested.
            self.leave_device()
        if frame in self._ready:
            return self._ready[frame]
        if frame in self._damaged:
            return None
        packet = int(index.order[frame])
        start = index.start_for(frame)
        if frame not in self._missed and not self._is_ahead(packet, start):
            self._restart(start, index)
        picture = None
        if frame not in self._missed:
            picture = self._decode_until(frame, packet, index)
            if picture is None:
                self._note_missed(frame, start, index)
        if picture is None and self._failures[start] < _MOST_FAILURES:
            picture = self._insist(frame, packet, start, index)
            self._failures[start] += picture is None
        if picture is None:
            self._damaged.add(frame)
        return picture

    def leave_device(self) -> None:
        """Lets the processor decode from now on."""
        self._reader.close()
        self._acceleration = None
        self._begin()

    def _accelerated(self, frame: int, index: FrameIndex, acceleration: Acceleration) -> VideoFrame | None:
        """The frame from the device in the software's layout; None when anything about it is not as it should be."""
        packet, start = int(index.order[frame]), index.start_for(frame)
        try:
            if frame not in self._ready and not self._is_ahead(packet, start):
                self._restart(start, index)
            picture = self._ready.get(frame) or self._decode_until(frame, packet, index)
        except _DEVICE_ERRORS:
            return None
        if picture is None or picture.is_corrupt or self._stumbled:
            return None
        return as_software(picture, acceleration.pixel_format)

    def _note_missed(self, frame: int, start: int, index: FrameIndex) -> None:
        """Remembers which frames behind a missing one did not come out either, so as not to look for them again.

        A damaged picture can take all others with it up to the next key picture, hundreds in some files.
        """
        end = len(index) if self._drained else self._last_out
        for other in range(frame + 1, end):
            if index.start_for(other) == start and index.order[other] < self._reader.next_number:
                self._missed.add(other)

    def _insist(self, frame: int, packet: int, start: int, index: FrameIndex) -> VideoFrame | None:
        """Tries harder for a frame that did not come out of the decoder.

        A damaged packet behind it may have made the decoder drop what it still held: so nothing behind the frame's
        packet is decoded now. And a key packet may only be the beginning of a refresh spread over many pictures,
        which the decoder holds back until it is done: so decoding begins earlier, too.
        """
        # The second field of the frame may be a packet of its own.
        last = packet + (index.rank_of(packet + 1) < 0)
        for _ in range(_EARLIER_STARTS + 1):
            self._restart(start, index)
            picture = self._decode_until(frame, packet, index, last=last)
            if picture is not None or start == 0:
                return picture
            start = index.key_before(start)
        return None

    def _is_ahead(self, packet: int, start: int) -> bool:
        """Whether going on from where the decoder is gives the packet, and there is no shorter way."""
        if self._drained:
            return False
        if packet in self._in_flight:
            return True
        return packet >= self._reader.next_number and self._first_fed <= start <= self._reader.next_number

    def _restart(self, start: int, index: FrameIndex) -> None:
        if self._reader.jump(start, index):
            set_up_decoder(self._reader.context, all_key=self._all_key, accelerated=self._acceleration is not None)
        else:
            self._reader.context.flush_buffers()
        self._first_fed = start
        self._in_flight.clear()
        self._drained = False

    def _decode_until(
        self, frame: int, packet: int, index: FrameIndex, *, last: int | None = None
    ) -> VideoFrame | None:
        """Feeds packets, none behind `last`, until the frame comes out or is seen to be missing."""
        while not self._drained:
            passed = False
            for picture in self._feed(last):
                number = -1 if picture.pts is None else picture.pts
                rank = index.rank_of(number)
                if rank < 0:
                    continue
                self._in_flight = {n for n in self._in_flight if index.rank_of(n) > rank}
                self._keep(rank, picture, frame)
                self._last_out = rank
                passed = passed or (rank > frame and number > packet)
            if frame in self._ready:
                return self._ready[frame]
            if passed:
                return None
        return None

    def _feed(self, last: int | None) -> list[VideoFrame]:
        """Hands the next packet to the decoder, or empties the decoder at the end; the pictures that come out."""
        number = self._reader.next_number
        packet = self._reader.read() if last is None or number <= last else None
        if packet is None:
            self._drained = True
        else:
            packet.pts = packet.dts = number
            self._in_flight.add(number)
        try:
            return self._reader.context.decode(packet)
        except NO_MEMORY as error:
            # Not the file's fault: no frame is called damaged for it, and the next try begins anew.
            self._drained = True
            raise explain(self._path, error) from error
        except READER_ERRORS:
            self._expect_memory()
            # A damaged packet: its frame stays missing and is shown as such; the next packets may be whole.
            self._stumbled = True
            return []

    def _expect_memory(self) -> None:
        """Raises a `MediaError` where there is no room for a few pictures: some decoders call that a damaged packet."""
        context = self._reader.context
        try:
            bytearray(_PICTURES_IN_FLIGHT * context.width * context.height * _MOST_PIXEL_BYTES)
        except MemoryError as error:
            self._drained = True
            raise explain(self._path, error) from error

    def _keep(self, rank: int, picture: VideoFrame, wanted: int) -> None:
        """Keeps a picture that is wanted, may be wanted next, or was just before.

        At the end of the file a decoder gives all that it still holds at once, a dozen pictures on many processors.
        """
        self._ready[rank] = picture
        for old in [number for number in self._ready if not wanted - _KEPT_BEFORE <= number <= wanted + _KEPT_AFTER]:
            del self._ready[old]
