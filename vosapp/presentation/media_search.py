"""Searches folders for a missing clip and grades what it finds."""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from vosapp.core.document import ClipRef
from vosapp.core.errors import UserError
from vosapp.core.relink import find_candidates, name_of
from vosapp.engine.job import JobContext
from vosapp.presentation.project_files import Media, fits, read_media
from vosapp.presentation.text.formatting import rate_text
from vosapp.video.source import RgbImage


class Grade(enum.IntEnum):
    """How surely a clip is the missing one; lower is surer."""

    SAME = 0
    LIKELY = 1
    FITTING = 2
    OTHER = 3


@dataclass(frozen=True, slots=True)
class Found:
    """A clip that may be the missing one.

    Attributes:
        path: where it is.
        grade: how sure.
        facts: size, rate and length, for the list; "" when it cannot be read.
        reason: what speaks for or against it.
        media: the clip, None when it cannot take the place of the missing one.
        thumbnail: its first picture, made small, or None.
    """

    path: Path
    grade: Grade
    facts: str
    reason: str
    media: Media | None = None
    thumbnail: RgbImage | None = None


@dataclass(frozen=True, slots=True)
class Looking:
    """Progress of a search.

    Attributes:
        files: looked at so far.
        folder: being looked through.
    """

    files: int
    folder: Path


def search(
    clip: ClipRef, places: Sequence[Path], deliver: Callable[[Found | Looking], None], context: JobContext
) -> int:
    """Looks through folders and delivers what it finds as it finds it. Returns how many.

    Args:
        clip: what is missing.
        places: folders to look through, or single clips to judge.
    """
    for place in places:
        if not place.is_dir() or place.name == name_of(clip):
            deliver(judge(clip, place, context))
    count = 0
    folders = [place for place in places if place.is_dir()]

    def looked(files: int, folder: Path) -> None:
        deliver(Looking(files, folder))

    for candidate in find_candidates(clip, folders, cancelled=context.cancelled, looked=looked):
        deliver(judge(clip, candidate.path, context))
        count += 1
    context.check()
    return count


def judge(clip: ClipRef, path: Path, context: JobContext) -> Found:
    """Grades a clip against the missing one."""
    try:
        media = read_media(path, context, input_space=clip.input_space)
    except UserError as error:
        return Found(path, Grade.OTHER, "", f"It cannot be read: {error.message}")
    facts, picture = facts_of(media.ref), media.thumbnail
    if (media.ref.size_bytes, media.ref.sample_digest) == (clip.size_bytes, clip.sample_digest):
        return Found(path, Grade.SAME, facts, "Same content", media, picture)
    if not fits(clip, media.ref):
        return Found(path, Grade.OTHER, facts, f"Another clip: the masks are for {facts_of(clip)}", None, picture)
    rate = "" if media.ref.rate == clip.rate else f", but {rate_text(clip.rate)} fps were expected"
    if path.name == name_of(clip):
        return Found(path, Grade.LIKELY, facts, f"Same name and length, other content{rate}", media, picture)
    return Found(path, Grade.FITTING, facts, f"Same size and length, other name and content{rate}", media, picture)


def facts_of(clip: ClipRef) -> str:
    """Size, rate and length of a clip in words."""
    frames = f"{clip.frame_count} frame{'s' * (clip.frame_count != 1)}"
    return f"{clip.width} × {clip.height}, {rate_text(clip.rate)} fps, {frames}"
