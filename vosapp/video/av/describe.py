"""The `ClipInfo` of a video file, and the sentences about its oddities."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

from vosapp.video.av.convert import PictureFacts
from vosapp.video.av.indexing import SharedIndex
from vosapp.video.av.track_facts import TrackFacts
from vosapp.video.frame_index import FrameIndex, is_variable_rate
from vosapp.video.source import ClipInfo


def describe(path: Path, shared: SharedIndex, track: TrackFacts, facts: PictureFacts, lead: int) -> ClipInfo:
    """Facts of a file as far as they are known now.

    Args:
        path: the file.
        shared: its index.
        track: what container and track say.
        facts: what the first picture says.
        lead: pictures at the start that are not counted since they cannot be decoded.
    """
    index = shared.now()
    counted = len(index) - lead
    height, width = facts.display_size
    return ClipInfo(
        path=path,
        kind="video",
        height=height,
        width=width,
        frame_count=counted if index.complete else max(counted, (track.declared_count or track.claimed_count) - lead),
        rate=_frame_rate(index, track),
        codec=track.codec,
        pixel_format=facts.pixel_format,
        bit_depth=facts.bit_depth,
        start_timecode=track.start_timecode,
        has_audio=track.has_audio,
        has_alpha=facts.has_alpha,
        variable_rate=is_variable_rate(index.times()),
        interlaced=facts.interlaced,
        damaged=_damaged(index, lead),
        provisional=not index.complete,
        notes=tuple(_notes(shared, index, track, facts, lead)),
        colour=facts.colour,
    )


def _frame_rate(index: FrameIndex, track: TrackFacts) -> Fraction:
    """The declared rate; halved where it counts the fields of frames whose fields are stored apart."""
    has_pairs = not index.packets.shown.all()
    times = index.times()
    if not has_pairs or len(times) < 2 or track.time_base is None:
        return track.rate
    seconds = int(times[-1] - times[0]) * track.time_base
    if seconds <= 0:
        return track.rate
    measured = (len(times) - 1) / seconds
    return min(track.rate, track.rate / 2, key=lambda rate: abs(rate - measured))


def _damaged(index: FrameIndex, lead: int) -> tuple[int, ...]:
    """Frames whose packets the container calls damaged."""
    broken = np.flatnonzero(~index.packets.whole[index.order]) - lead
    return tuple(int(frame) for frame in broken if frame >= 0)


def _notes(shared: SharedIndex, index: FrameIndex, track: TrackFacts, facts: PictureFacts, lead: int) -> list[str]:
    notes = []
    if not index.complete:
        notes.append("The exact number of frames is still being counted.")
    if shared.grown:
        notes.append("The file was still being written when it was opened; open it again to see the rest.")
    elif index.complete and (shared.cut_off or _falls_short(index, track)):
        notes.append("The file is cut off or damaged at its end; what comes before is used.")
    damaged = len(_damaged(index, lead))
    if damaged:
        which = "1 frame is" if damaged == 1 else f"{damaged} frames are"
        notes.append(f"{which} damaged in the file and shown with a striped border.")
    if lead:
        notes.append(f"{lead} pictures at the start refer to pictures that the file does not hold; they are left out.")
    if is_variable_rate(index.times()):
        rate = f"{float(_frame_rate(index, track)):.3f}".rstrip("0").rstrip(".")
        notes.append(f"The frame rate varies; it plays at the average of {rate} frames a second; no frame is left out.")
    if facts.interlaced:
        notes.append("The clip is interlaced; the two fields of a frame are shown together.")
    if not facts.orientation.exact:
        notes.append("The file asks to be turned by an odd angle; the nearest quarter turn is used.")
    return notes


def _falls_short(index: FrameIndex, track: TrackFacts) -> bool:
    """Whether the container promises more than it holds. A duration is only taken by its word when it is far off."""
    if track.declared_count:
        return track.declared_count > len(index.packets)
    return not is_variable_rate(index.times()) and track.claimed_count > len(index.packets) * 1.02 + 2
