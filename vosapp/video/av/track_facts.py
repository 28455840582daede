"""What container and track say about a clip, read once: PyAV's objects must not be touched after the file is closed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

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
        rate: frames a second as the file declares it; of a variable rate the average.
        declared_count: how many packets the container's table lists; 0 when it has no such table.
        claimed_count: how many frames the duration of the track gives; 0 when it says nothing.
        pixel_aspect: width of a pixel over its height, or None when nothing is said.
        start_timecode: of the first frame, or "".
        has_audio: whether there is a sound track.
        time_base: unit of its times in seconds, or None.
    """

    codec: str
    rate: Fraction
    declared_count: int
    claimed_count: int
    pixel_aspect: Fraction | None
    start_timecode: str
    has_audio: bool
    time_base: Fraction | None


def read_track_facts(container: InputContainer, track: VideoStream) -> TrackFacts:
    """Reads the facts of an open file."""
    # AV1 has decoders of several names; the codec is what the user knows.
    name = track.codec_context.codec.canonical_name
    return TrackFacts(
        codec=name,
        rate=_rate(track),
        declared_count=max(0, int(track.frames)),
        claimed_count=_claimed_count(container, track),
        pixel_aspect=track.sample_aspect_ratio,
        start_timecode=_start_timecode(container, track),
        has_audio=bool(container.streams.audio),
        time_base=track.time_base,
    )


def _rate(track: VideoStream) -> Fraction:
    for rate in (track.average_rate, track.guessed_rate, track.base_rate):
        if rate and 0 < rate <= _RATE_LIMIT:
            return Fraction(rate)
    return _DEFAULT_RATE


def _claimed_count(container: InputContainer, track: VideoStream) -> int:
    if track.duration and track.time_base:
        return max(0, round(track.duration * track.time_base * _rate(track)))
    # Matroska writes the duration of a track as a tag; that of the file is that of its longest track.
    hours, _, rest = track.metadata.get("DURATION", "").partition(":")
    minutes, _, seconds = rest.partition(":")
    try:
        duration = Fraction(hours) * 3600 + Fraction(minutes) * 60 + Fraction(seconds)
    except ValueError:
        duration = Fraction(container.duration or 0, 1_000_000)
    return max(0, round(duration * _rate(track)))


def _start_timecode(container: InputContainer, track: VideoStream) -> str:
    """From the track itself, its timecode track ("tmcd") or the container (MXF, tags)."""
    for metadata in (track.metadata, *(other.metadata for other in container.streams), container.metadata):
        found = _TIMECODE.fullmatch(str(metadata.get("timecode", "")).strip())
        if found:
            return found[0]
    return ""
