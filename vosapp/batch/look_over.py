"""Looks a batch over before it runs: what every shot will be, and what is missing. Decodes nothing, writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vosapp.batch.shot_project import planned, reading
from vosapp.batch.shots import Shot
from vosapp.core.errors import UserError
from vosapp.core.relink import locate
from vosapp.engine.engines import engine
from vosapp.video.sequence_files import is_pattern


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is to be expected of a shot.

    Attributes:
        shot: which.
        pieces, frames: how many the run falls into and visits; 0 where the clip has not been looked at yet.
        missing: sentences about what keeps it from running.
    """

    shot: Shot
    pieces: int
    frames: int
    missing: tuple[str, ...]


def look_over(shots: list[Shot]) -> Iterator[Outlook]:
    """The outlook of each shot, in order."""
    known: dict[str, str] = {}
    for shot in shots:
        name = shot.settings.engine
        if name not in known:
            known[name] = _engine_problem(name)
        problems = [known[name]] if known[name] else []
        pieces = frames = 0
        if shot.project.exists():
            pieces, frames, more = _of_project(shot)
            problems += more
        else:
            problems += _of_clip(shot)
        yield Outlook(shot, pieces, frames, tuple(problems))


def _engine_problem(name: str) -> str:
    try:
        chosen = engine(name)
    except UserError as error:
        return str(error)
    return "" if chosen.is_ready else f"The engine {chosen.title} cannot run: {chosen.missing}"


def _of_project(shot: Shot) -> tuple[int, int, list[str]]:
    try:
        with reading(shot.project) as project:
            document = project.editor.document
            plan = planned(document, shot.project, shot.settings, made_with=str)
    except UserError as error:
        return 0, 0, [str(error)]
    missing = [text for name in sorted(set(plan.engines.values())) if (text := _engine_problem(name))]
    if document.clip is not None and locate(document.clip, shot.project) is None:
        missing.append(f"The clip of {shot.project} is not at {document.clip.path}.")
    return len(plan.pieces), plan.frames, missing


def _of_clip(shot: Shot) -> list[str]:
    if not shot.clip:
        return [f"{shot.project} does not exist."]
    problems = []
    if not is_pattern(Path(shot.clip)) and not Path(shot.clip).exists():
        problems.append(f"{shot.clip} does not exist.")
    if not shot.masks:
        problems.append("No mask was found for it.")
    problems += [f"{one.path} does not exist." for one in shot.masks if not one.path.exists()]
    return problems
