"""Compares one file with what ffmpeg makes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tests.sweep.reference import Reference, ffmpeg_version, read_reference, small
from vosapp.core.errors import UserError
from vosapp.core.paths import IMAGE_SUFFIXES
from vosapp.video.open import exact_info, open_video
from vosapp.video.source import ClipInfo, VideoSource

MOST_FRAMES = 400
_LEVELS = 10.0
_RATE_SHARE = 0.02


@dataclass
class Finding:
    """What came of one file.

    Attributes:
        path: the file.
        facts: what our reader says, or its sentence when it refuses the file.
        differences: what is not as ffmpeg has it.
        known: differences that the ffmpeg program's version explains.
        compared: whether there was anything to compare with.
    """

    path: Path
    facts: str
    differences: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    compared: bool = False
    refused: bool = False

    def line(self) -> str:
        """One line for the file."""
        word = "DIFFERS" if self.differences else "refused" if self.refused else "known" if self.known else "same"
        if not self.compared and not self.refused and not self.differences:
            word = "opens"
        return "  ".join([f"{word:8}", str(self.path), self.facts, *self.differences, *self.known])


def examine(path: Path) -> Finding:
    """Opens a file and compares count, order, rate, size and picture."""
    try:
        source = open_video(path)
    except UserError as error:
        return _refusal(path, error)
    try:
        info = exact_info(source)
        finding = Finding(path, _facts(info))
        if path.suffix.lower() in IMAGE_SUFFIXES or info.kind != "video" or not ffmpeg_version():
            source.frame(0)
            return finding
        reference = read_reference(path, info.track)
        if reference is None or not len(reference.pictures):
            return finding
        finding.compared = True
        _compare(finding, source, info, reference)
    except UserError as error:
        return _refusal(path, error)
    finally:
        source.close()
    return finding


def _refusal(path: Path, error: UserError) -> Finding:
    return Finding(path, f"({error})", refused=True)


def _facts(info: ClipInfo) -> str:
    rate = f"{info.rate.numerator}/{info.rate.denominator}"
    return f"{info.width}x{info.height} {info.frame_count} frames {rate}{' variable' if info.variable_rate else ''}"


def _compare(finding: Finding, source: VideoSource, info: ClipInfo, reference: Reference) -> None:
    count = len(reference.pictures)
    if count != info.frame_count:
        finding.differences.append(f"count: ffmpeg {count}")
    if not info.variable_rate and reference.rates:
        off = min(abs(float(rate / info.rate) - 1) for rate in reference.rates)
        if off > _RATE_SHARE:
            finding.known.append(f"rate: ffprobe {reference.rates[0]} is a guess, the times show {info.rate}")
    if info.cropped and _older_than(7, 1):
        finding.known.append(f"crop: ffmpeg {ffmpeg_version()} does not crop as the container asks")
        return
    if count == info.frame_count:
        _compare_pictures(finding, source, reference)


def _compare_pictures(finding: Finding, source: VideoSource, reference: Reference) -> None:
    wrong = []
    for number in range(min(len(reference.pictures), MOST_FRAMES)):
        off = np.abs(small(source.frame(number)).astype(np.int16) - reference.pictures[number])
        if off.mean() > _LEVELS and not source.is_damaged(number):
            wrong.append(number)
    changes = [note for note in source.info.notes if note.startswith("The size of the pictures changes")]
    if wrong and changes:
        finding.known.append(f"picture: {len(wrong)} frames are fitted, ffmpeg stretches them")
    elif wrong:
        finding.differences.append(f"picture: {len(wrong)} frames differ, the first is {wrong[0]}")


def _older_than(*version: int) -> bool:
    parts = tuple(int(part) for part in ffmpeg_version().split(".")[:2] if part.isdigit())
    return bool(parts) and parts < version
