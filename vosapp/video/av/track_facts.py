"""TrackFacts: facts of container and track, read once: PyAV's objects must not be touched after the file is closed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from vosapp.video.av.container import other_tracks
from vosapp.video.av.packet_scan import BARE_STREAMS

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

_RATE_LIMIT = 1000
_DEFAULT_RATE = Fraction(25)
_TIMECODE = re.compile(r"\d{2}:\d{2}:\d{2}[:;.]\d{2,3}")


@dataclass(frozen=True, slots=True)
class TrackFacts:
    """Facts of a video track.

    Attributes:
        codec: as the decoder names it.
        declared_rates: frames a second as container and codec claim them, the likeliest first; never empty.
        is_bare: whether the file is a stream without a container, whose times are FFmpeg's guess.
        declared_count: how many packets the container promises; 0 when it does not say.
        is_avi: whether the file is an AVI, whose promised packets may be empty: frames that were dropped.
        claimed_count: how many frames the duration of the track gives; 0 when it says nothing.
        pixel_aspect: width of a pixel over its height, or None when nothing is said.
        start_timecode: of the first frame, or "".
        has_audio: whether there is a sound track.
        time_base: unit of its times in seconds, or None.
        number: of the track in the file, from 0.
        place: of the track among the picture tracks of the file, from 0.
        others: the picture tracks that are left out, each as "codec widthxheight".
    """

    codec: str
    declared_rates: tuple[Fraction, ...]
    is_bare: bool
    declared_count: int
    is_avi: bool
    claimed_count: int
    pixel_aspect: Fraction | None
    start_timecode: str
    has_audio: bool
    time_base: Fraction | None
    number: int
    place: int
    others: tuple[str, ...]


def read_track_facts(container: InputContainer, track: VideoStream) -> TrackFacts:
    """Reads the facts of an open file."""
    # AV1 has decoders of several names; the codec is what the user knows.
    name = track.codec_context.codec.canonical_name
    return TrackFacts(
        codec=name,
        declared_rates=_rates(track),
        is_bare=container.format.name in BARE_STREAMS,
        declared_count=max(0, int(track.frames)),
        is_avi=container.format.name == "avi",
        claimed_count=_claimed_count(container, track),
        pixel_aspect=track.sample_aspect_ratio,
        start_timecode=_start_timecode(container, track),
        has_audio=bool(container.streams.audio),
        time_base=track.time_base,
        number=track.index,
        place=[other.index for other in container.streams.video].index(track.index),
        others=tuple(_named(other) for other in other_tracks(container, track)),
    )


def _named(track: VideoStream) -> str:
    context = getattr(track, "codec_context", None)
    return f"{context.name} {context.width}x{context.height}" if context is not None else "unknown codec"


def _rates(track: VideoStream) -> tuple[Fraction, ...]:
    claims = (track.guessed_rate, track.average_rate, track.codec_context.framerate, track.base_rate)
    rates = tuple(dict.fromkeys(Fraction(rate) for rate in claims if rate and 0 < rate <= _RATE_LIMIT))
    return rates or (_DEFAULT_RATE,)


def _claimed_count(container: InputContainer, track: VideoStream) -> int:
    rate = _rates(track)[0]
    if track.duration and track.time_base:
        return max(0, round(track.duration * track.time_base * rate))
    # Matroska writes the duration of a track as a tag; that of the file is that of its longest track.
    hours, _, rest = track.metadata.get("DURATION", "").partition(":")
    minutes, _, seconds = rest.partition(":")
    try:
        duration = Fraction(hours) * 3600 + Fraction(minutes) * 60 + Fraction(seconds)
    except ValueError:
        others = len(container.streams) > 1
        duration = Fraction(0 if others else container.duration or 0, 1_000_000)
    return max(0, round(duration * rate))


def _start_timecode(container: InputContainer, track: VideoStream) -> str:
    """From the track itself, its timecode track ("tmcd") or the container (MXF, tags)."""
    for metadata in (track.metadata, *(other.metadata for other in container.streams), container.metadata):
        found = _TIMECODE.fullmatch(str(metadata.get("timecode", "")).strip())
        if found:
            return found[0]
    return ""
