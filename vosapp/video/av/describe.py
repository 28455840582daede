"""The `ClipInfo` of a video file, and the sentences about its oddities."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from vosapp.video.av.convert import PictureFacts
from vosapp.video.av.indexing import SharedIndex
from vosapp.video.av.track_facts import TrackFacts
from vosapp.video.frame_index import FrameIndex
from vosapp.video.rates import MeasuredRate, measure_rate
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
    measured = measured_rate(index, track)
    height, width = facts.display_size
    return ClipInfo(
        path=path,
        kind="video",
        height=height,
        width=width,
        frame_count=counted if index.complete else max(counted, (track.declared_count or track.claimed_count) - lead),
        rate=measured.rate,
        codec=track.codec,
        pixel_format=facts.pixel_format,
        bit_depth=facts.bit_depth,
        start_timecode=track.start_timecode,
        has_audio=track.has_audio,
        has_alpha=facts.has_alpha,
        variable_rate=measured.is_variable,
        interlaced=facts.interlaced,
        track=track.number,
        cropped=bool(facts.crop),
        damaged=_damaged(index, lead),
        provisional=not index.complete,
        notes=tuple(_notes(shared, index, track, facts, lead, measured)),
        colour=facts.colour,
        raster=facts.raster,
    )


def measured_rate(index: FrameIndex, track: TrackFacts) -> MeasuredRate:
    """The rate that the times of the frames show; of a bare stream, which has none, what its codec says."""
    declared, times = track.declared_rates, index.times()
    if track.time_base is None or not len(times):
        return MeasuredRate(declared[0])
    measured = measure_rate(times, index.pieces(), time_base=track.time_base, declared=declared)
    if not track.is_bare:
        return measured
    # The codec may count the fields of frames whose fields are stored apart.
    halves = () if index.packets.shown.all() else (declared[0] / 2,)
    return MeasuredRate(min((declared[0], *halves), key=lambda rate: abs(rate - measured.rate)))


def _damaged(index: FrameIndex, lead: int) -> tuple[int, ...]:
    """Frames whose packets the container calls damaged."""
    broken = np.flatnonzero(~index.packets.whole[index.order]) - lead
    return tuple(int(frame) for frame in broken if frame >= 0)


def _notes(
    shared: SharedIndex,
    index: FrameIndex,
    track: TrackFacts,
    facts: PictureFacts,
    lead: int,
    measured: MeasuredRate,
) -> list[str]:
    notes = []
    if not index.complete:
        notes.append("The exact number of frames is still being counted; the frame rate may change until then.")
    if shared.grown:
        notes.append("The file was still being written when it was opened; open it again to see the rest.")
    elif index.complete and (shared.cut_off or _falls_short(shared.path, index, track, measured)):
        notes.append("The file is cut off or damaged at its end; what comes before is used.")
    damaged = len(_damaged(index, lead))
    if damaged:
        which = "1 frame is" if damaged == 1 else f"{damaged} frames are"
        notes.append(f"{which} damaged in the file and shown with a striped border.")
    if lead:
        notes.append(f"{lead} pictures at the start refer to pictures that the file does not hold; they are left out.")
    notes += _rate_notes(index, track, measured)
    if track.others:
        others = ", ".join(track.others)
        notes.append(f"The file holds other picture tracks ({others}); track {track.number + 1} is shown.")
    if facts.interlaced:
        notes.append("The clip is interlaced; the two fields of a frame are shown together.")
    if not facts.orientation.exact:
        notes.append("The file asks to be turned by an odd angle; the nearest quarter turn is used.")
    return notes


def _rate_notes(index: FrameIndex, track: TrackFacts, measured: MeasuredRate) -> list[str]:
    notes = []
    dropped = measured.dropped + _dropped_at_end(index, track, measured)
    rate = f"{float(measured.rate):.3f}".rstrip("0").rstrip(".")
    if index.complete and dropped > 0:
        which = "1 frame was" if dropped == 1 else f"{dropped} frames were"
        notes.append(f"{which} dropped when the clip was made; the frame before lasts longer there.")
    elif measured.is_variable:
        notes.append(f"The frame rate varies; it plays at the average of {rate} frames a second; no frame is left out.")
    pieces = index.pieces()
    if len(pieces) and pieces[-1] > pieces[0]:
        count = int(pieces[-1] - pieces[0]) + 1
        notes.append(f"{count} recordings are joined in the file; they play one after the other.")
    return notes


def _dropped_at_end(index: FrameIndex, track: TrackFacts, measured: MeasuredRate) -> int:
    """How many frames an AVI promises behind the last one that it holds; its times count frames."""
    if not track.is_avi or track.time_base is None or not index.complete:
        return 0
    last = int(index.packets.dts.max())
    return max(0, round((track.declared_count - last) * track.time_base * measured.rate) - 1)


def _falls_short(path: Path, index: FrameIndex, track: TrackFacts, measured: MeasuredRate) -> bool:
    """Whether the container promises more than it holds. A duration is only taken by its word when it is far off."""
    count = len(index.packets)
    if track.is_avi:
        return track.declared_count > count and _is_short_riff(path)
    if track.declared_count:
        return track.declared_count > count
    claimed = track.claimed_count * float(measured.rate / track.declared_rates[0])
    return not measured.is_variable and not measured.breaks and claimed > count * 1.02 + 2


def _is_short_riff(path: Path) -> bool:
    """Whether an AVI holds fewer bytes than its header says."""
    try:
        with path.open("rb") as file:
            header = file.read(8)
        return int.from_bytes(header[4:8], "little") + 8 > path.stat().st_size
    except OSError:
        return False
