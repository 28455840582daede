"""When the frames of a movie begin, the sound that goes beside them, and what to tell about both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from vosapp.core.errors import ExportError
from vosapp.export.preflight import Preflight
from vosapp.export.recipe import Recipe, Timing
from vosapp.video.source import TimedSource, VideoSource, frame_times


@dataclass(frozen=True, slots=True)
class SoundStretch:
    """A stretch of the sound of a clip, in seconds by the clip's own clock."""

    path: Path
    begin: Fraction
    end: Fraction


def own_times(recipe: Recipe, found: Preflight, source: VideoSource | None) -> Mapping[int, Fraction] | None:
    """By frame index when a frame begins, in seconds after the first one; None for an even rate."""
    timed: object = source
    if recipe.timing is not Timing.KEEP or source is None or not isinstance(timed, TimedSource):
        return None  # images have an even rate, which is the document's
    times = frame_times(source)
    return {frame: times[frame] - times[found.frames[0]] for frame in found.frames}


def sound_of(recipe: Recipe, found: Preflight, source: VideoSource | None) -> SoundStretch | None:
    """The sound that belongs to the frames.

    Raises:
        ExportError: it is wanted and there is none, or it would not keep in step.
    """
    if not recipe.sound or source is None:
        return None
    timed: object = source
    if not source.info.has_audio or not isinstance(timed, TimedSource):
        raise ExportError(f"{source.info.path} has no sound.", "Export without sound.")
    frames = found.frames
    if frames[-1] - frames[0] + 1 != len(frames):
        raise ExportError("Sound needs every frame of the range.", "Write frames without mask empty, or leave it out.")
    if recipe.timing is Timing.CONFORM and _drift_s(source) > 0.5 / float(source.info.rate):
        raise ExportError(
            "The clip has a variable rate: sound would not keep in step with frames of one length.",
            "Keep the times of the frames, or export without sound.",
        )
    times, start = frame_times(source), timed.first_time()
    end = times[frames[-1] + 1] if frames[-1] + 1 < len(times) else times[frames[-1]] + 1 / source.info.rate
    return SoundStretch(source.info.path, start + times[frames[0]], start + end)


def clip_warnings(recipe: Recipe, found: Preflight, source: VideoSource | None) -> list[str]:
    """What to tell of times and pixels, one sentence each."""
    if source is None:
        return ["The clip is not there, or another is: its timecode is not known, and the files have square pixels."]
    said: list[str] = []
    if (
        not recipe.format.is_folder
        and recipe.timing is Timing.CONFORM
        and _drift_s(source) > 0.5 / float(source.info.rate)
    ):
        rate = float(found.clip.rate)
        said.append(
            f"The clip has a variable rate; the movie is conformed: frame for frame the same, at an even {rate:.5g} "
            "frames a second."
        )
    return said


def _drift_s(source: VideoSource) -> float:
    """How far the times of the frames are at most from those of an even rate, in seconds."""
    rate = source.info.rate
    return max((abs(float(time - number / rate)) for number, time in enumerate(frame_times(source))), default=0.0)
