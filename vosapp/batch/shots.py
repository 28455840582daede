"""Shots of a job file: globs expanded, tokens filled in, defaults and overrides applied. Opens no clip."""

from __future__ import annotations

import glob
import re
import string
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from vosapp.batch.job_file import JobFileError, settings_of
from vosapp.batch.settings import Job, JobFile, ShotSettings

_MAGIC = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class MaskFile:
    """A mask image and the frame that it belongs to, in the clip's own numbering; None for the first frame."""

    path: Path
    number: int | None


@dataclass(frozen=True, slots=True)
class Shot:
    """One shot of a batch.

    Attributes:
        name: unlike that of any other shot.
        project: its project, which may not exist yet where there is a clip.
        clip: the clip of a project to be made; "" where the project knows it.
        masks: the masks of that clip.
        settings: how it is worked on.
        exports: the place of each of its exports, in the order of the settings.
    """

    name: str
    project: Path
    clip: str
    masks: tuple[MaskFile, ...]
    settings: ShotSettings
    exports: tuple[Path, ...]

    @property
    def source(self) -> str:
        """What the user named: the clip, or the project."""
        return self.clip or str(self.project)


def shots_of(file: JobFile) -> list[Shot]:
    """All shots in the order of the file; jobs without a match are left out, see `unmatched`.

    Raises:
        JobFileError: two shots have the same name, project or place of export, or a pattern has an unknown token.
    """
    shots = [shot for job in file.jobs for shot in _shots_of_job(file, job)]
    for what, values in (
        ("name", [shot.name for shot in shots]),
        ("project", [str(shot.project) for shot in shots]),
        ("place of export", [str(path) for shot in shots for path in shot.exports]),
    ):
        for value, count in Counter(values).items():
            if count > 1:
                raise JobFileError(
                    f"{file.path}: {count} shots have the same {what}: {value}.",
                    "Tell them apart with tokens such as {parent} and {name}.",
                )
    return shots


def unmatched(file: JobFile) -> list[str]:
    """Patterns of jobs that fit no file."""
    return [pattern for job in file.jobs if not _matches(file, pattern := job.project or job.clip)]


def tokens_of(path: Path, name: str = "") -> dict[str, str]:
    """What tokens stand for: {clip} and {project} the file's name without its ending, {folder} the path of its
    folder, {parent} that folder's name, {name} the name of the shot.
    """
    stem = re.sub(r"[.#%_ -]*(%0?\d*d|#+)$", "", path.stem) or path.stem
    return {"clip": stem, "project": stem, "folder": str(path.parent), "parent": path.parent.name, "name": name or stem}


def filled(pattern: str, tokens: Mapping[str, str], where: object) -> str:
    """A pattern with its tokens filled in. Raises JobFileError for others, or for what is no pattern."""
    try:
        parsed = [(token, spec, conversion) for _, token, spec, conversion in string.Formatter().parse(pattern)]
    except ValueError as error:
        raise JobFileError(f'{where}: "{pattern}" is no pattern ({error}).', "Write {name}.") from error
    for token, spec, conversion in parsed:
        if token is not None and (token not in tokens or spec or conversion):
            known = ", ".join(f"{{{one}}}" for one in tokens)
            raise JobFileError(f'{where}: "{pattern}" has a token that is not known.', f"Known are {known}.")
    return pattern.format_map(tokens)


def _shots_of_job(file: JobFile, job: Job) -> Iterator[Shot]:
    for found in _matches(file, job.project or job.clip):
        path = Path(found)
        values = {**file.defaults, **job.values}
        pattern = str(values.get("name") or ("{project}" if job.project else "{clip}"))
        name = filled(pattern, tokens_of(path), file.path)
        for override in file.overrides:
            if fnmatchcase(name, override.match):
                values |= override.values
        yield _shot(file, job, path, name=name, settings=settings_of(values))


def _shot(file: JobFile, job: Job, path: Path, *, name: str, settings: ShotSettings) -> Shot:
    tokens = tokens_of(path, name)
    project = path if job.project else _absolute(file, filled(settings.save_as, tokens, file.path))
    exports = tuple(_absolute(file, filled(one.path, tokens, file.path)) for one in settings.exports)
    literal = {token: glob.escape(value) for token, value in tokens.items()}  # a folder may be called [final]
    masks = [mask for pattern in job.masks for mask in _masks(file, filled(pattern, literal, file.path))]
    return Shot(name, project, str(path) if job.clip else "", tuple(masks), settings, exports)


def _matches(file: JobFile, pattern: str) -> list[str]:
    """Paths that fit a pattern, sorted. One without wildcards stands for itself, whether it exists or not, and so does
    the path of a file that is called as if it had some.
    """
    whole = _absolute(file, pattern)
    if not _MAGIC.search(pattern) or whole.exists():
        return [str(whole)]
    return sorted(str(_absolute(file, found)) for found in glob.glob(pattern, root_dir=file.folder, recursive=True))  # noqa: PTH207 - absolute


def _masks(file: JobFile, pattern: str) -> list[MaskFile]:
    found = _matches(file, pattern)
    return [MaskFile(Path(path), _number(Path(path), alone=len(found) == 1)) for path in found]


def _number(path: Path, *, alone: bool) -> int | None:
    """The last number in a file's name; None for the first frame, of a single mask whose name has none."""
    numbers = re.findall(r"\d+", path.stem)
    if numbers:
        return int(numbers[-1])
    if alone:
        return None
    raise JobFileError(f"{path} has no number in its name.", "The last number in a mask's name says its frame.")


def _absolute(file: JobFile, path: str) -> Path:
    return Path(path) if Path(path).is_absolute() else file.folder / path
