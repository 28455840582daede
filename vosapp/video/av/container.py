"""Opens video files with PyAV: only formats that hold their own pictures, only from disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
from av.codec.codec import Capabilities
from av.stream import Discard, Disposition

from vosapp.video.av.errors import READER_ERRORS, explain, file_url, no_file, no_picture, unknown_codec
from vosapp.video.bitstream.movie_tables import check_movie_tables

if TYPE_CHECKING:
    from av.codec.hwaccel import HWAccel
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.codeccontext import VideoCodecContext
    from av.video.stream import VideoStream

# Playlists and scripts (HLS, concat, ...) are left out: a file must not make the program open other files or addresses.
FORMATS = (
    "mov,matroska,avi,mxf,mxf_opatom,mpegts,mpeg,mpegvideo,m4v,h264,hevc,obu,ivf,flv,asf,ogg,nut,dv,gxf,"
    "yuv4mpegpipe,mjpeg,gif,apng,"
    # Sound only; opened to be able to say so.
    "wav,mp3,aac,flac,aiff,caf,w64"
)
_BARE_JPEG = (".mjpg", ".mjpeg")
MAX_DECODER_THREADS = 8
_ATTACHED_PICTURE, _TIMED_THUMBNAILS = 0x0400, 0x0800
MAX_PIXELS = 1 << 27
"""Larger pictures are refused; 16384 by 8192 is twice what the largest cameras give."""


def open_container(path: Path, hwaccel: HWAccel | None = None) -> InputContainer:
    """Opens a file for demuxing.

    Args:
        path: the file.
        hwaccel: what its decoders are to be made with, None for the processor alone.

    Raises:
        MediaError: it is missing, empty, no video, cut off, claims more than it can hold, or may not be read; or there
            is no such device.
    """
    if not path.is_file():
        raise explain(path, FileNotFoundError()) if not path.exists() else no_file(path)
    options = {"format_whitelist": FORMATS, "protocol_whitelist": "file"}
    try:
        check_movie_tables(path)
        # FFmpeg takes a bare stream of JPEG pictures for a single one, by a reader that is not let in.
        form = "mjpeg" if path.suffix.lower() in _BARE_JPEG else None
        return av.open(file_url(path), "r", form, options=options, metadata_errors="replace", hwaccel=hwaccel)
    except READER_ERRORS as error:
        raise explain(path, error) from error


def video_stream(path: Path, container: InputContainer) -> VideoStream:
    """The main picture track. Every other track is switched off.

    Of those that are no cover pictures it is the one marked as default, then the one with more pictures, then the
    larger one.

    Raises:
        MediaError: there is none, or none that can be decoded.
    """
    tracks = [track for track in container.streams.video if not _is_cover(track)]
    if not tracks:
        raise no_picture(path, bool(container.streams.audio))
    track = max(tracks, key=_importance)
    if getattr(track, "codec_context", None) is None:
        raise unknown_codec(path, "unknown")
    for other in container.streams:
        if other.index != track.index:
            other.discard = Discard.all
    return track


def set_up_decoder(context: VideoCodecContext, *, all_key: bool, accelerated: bool = False) -> None:
    """Lets the decoder use the processors, and bounds what it may ask for.

    Must be called before the first packet is decoded. Files of key frames only are decoded in slices where the codec
    can: whole frames in parallel would make every jump wait for the frames behind it. A device needs no threads.
    """
    sliced = all_key and bool(context.codec.capabilities & Capabilities.slice_threads)
    context.thread_type = "SLICE" if sliced else "AUTO"
    # A damaged header must not make the decoder ask for memory without bound.
    context.options = {"max_pixels": str(MAX_PIXELS)}
    if accelerated:
        context.thread_count = 1
        return
    # One more than there are processors, as FFmpeg itself chooses: one always waits for its turn.
    context.thread_count = min((os.cpu_count() or 1) + 1, MAX_DECODER_THREADS)


def read_packets(container: InputContainer, track: VideoStream) -> Iterator[Packet[Any]]:
    """The packets of one track from the current place to the end of the file. Raises FFmpeg errors."""
    number = track.index
    packets = iter(container.demux(track))
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except IndexError:
            # PyAV stumbles at the end of a file in which another track turned up late.
            return
        if packet.size and packet.stream_index == number:
            yield packet


def other_tracks(container: InputContainer, chosen: VideoStream) -> list[VideoStream]:
    """The picture tracks that are left out, cover pictures aside."""
    return [track for track in container.streams.video if track.index != chosen.index and not _is_cover(track)]


def _is_cover(track: VideoStream) -> bool:
    """Whether a track is a cover picture or a row of thumbnails."""
    return bool(int(track.disposition) & (_ATTACHED_PICTURE | _TIMED_THUMBNAILS))


def _importance(track: VideoStream) -> tuple[bool, bool, int, int, int]:
    context = getattr(track, "codec_context", None)
    pixels = context.width * context.height if context is not None else 0
    is_default = bool(int(track.disposition) & Disposition.default)
    return context is not None, is_default, _picture_count(track), pixels, -track.index


def _picture_count(track: VideoStream) -> int:
    """How many pictures a track has, as far as the container says; 0 when it does not."""
    if track.frames:
        return int(track.frames)
    rate = track.average_rate or track.guessed_rate
    if track.duration and track.time_base and rate:
        return round(track.duration * track.time_base * rate)
    hours, _, rest = track.metadata.get("DURATION", "").partition(":")
    minutes, _, seconds = rest.partition(":")
    try:
        return round((int(hours) * 3600 + int(minutes) * 60 + float(seconds)) * float(rate or 0))
    except ValueError:
        return 0
