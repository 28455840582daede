"""What a job file says, as frozen values: how shots are worked on, with what budget, and where machines find files."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from vosapp.core.document import MatteSettings
from vosapp.core.timeline import Direction
from vosapp.engine.engines import DEFAULT_ENGINE
from vosapp.export.formats import ExportFormat
from vosapp.export.recipe import MissingMasks


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """One export of a shot.

    Attributes:
        format: what the files are.
        path: pattern of the folder or file, with the tokens of `tokens_of`.
        missing: what to do on frames without a mask.
        overwrite: whether files of other origin may be replaced.
        name: pattern of the names of images, as `Recipe` takes it.
    """

    format: ExportFormat
    path: str
    missing: MissingMasks = MissingMasks.EMPTY
    overwrite: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class ShotSettings:
    """How a shot is worked on.

    Attributes:
        engine: name of the engine.
        device: "auto", "cpu", "cuda" or "mps".
        direction: from the anchors forward, backward, or both.
        ends: first and last frame in the clip's own numbering; None leaves an end open.
        matte: settings that every object gets, None to leave them as they are.
        exports: what is written afterwards.
        save_as: pattern of the project that a clip with masks gets.
        name: pattern of the shot's name.
        mask_as: what the numbers of mask images mean: "auto", "ids", "alpha" or "luma".
        gpus: graphics cards that a piece takes on Ray.
    """

    engine: str = DEFAULT_ENGINE
    device: str = "auto"
    direction: Direction = Direction.BOTH
    ends: tuple[int | None, int | None] = (None, None)
    matte: MatteSettings | None = None
    exports: tuple[ExportSettings, ...] = ()
    save_as: str = "{name}.vosapp"
    name: str = ""
    mask_as: str = "auto"
    gpus: float = 0.0


@dataclass(frozen=True, slots=True)
class Limits:
    """The budget of every worker.

    Attributes:
        workers: processes on this machine; 0 for as many as the threads allow.
        threads: of each worker.
        memory_bytes: that a worker may take; 0 for no cap.
        stall_s: seconds without a finished frame after which a worker is ended.
        retries: how often a piece is tried again whose worker died.
    """

    workers: int = 0
    threads: int = 1
    memory_bytes: int = 0
    stall_s: float = 600.0
    retries: int = 1


@dataclass(frozen=True, slots=True)
class Machine:
    """How one kind of machine finds the files.

    Attributes:
        host: pattern of the names that it goes by.
        paths: (prefix here, prefix there), the longest one that fits counts.
        footage: prefixes, as they are written here, of footage that lies on it: its pieces are best made there.
    """

    host: str
    paths: tuple[tuple[str, str], ...] = ()
    footage: tuple[str, ...] = ()

    def goes_by(self, names: tuple[str, ...]) -> bool:
        """Whether one of a machine's names fits."""
        return any(fnmatch(name, self.host) for name in names)

    def path_there(self, path: str) -> str:
        """A path of this machine as that one writes it."""
        fitting = [pair for pair in self.paths if is_below(path, pair[0])]
        if not fitting:
            return path
        here, there = max(fitting, key=lambda pair: len(pair[0]))
        return there.rstrip("/\\") + path[len(here.rstrip("/\\")) :]


def is_below(path: str, prefix: str) -> bool:
    """Whether a path is a prefix or lies below it; "/shots2" is not below "/shots"."""
    prefix = prefix.rstrip("/\\")
    return path == prefix or path.startswith((prefix + "/", prefix + "\\"))


@dataclass(frozen=True, slots=True)
class Override:
    """Settings for the shots whose names fit a pattern, above those of their job."""

    match: str
    values: dict[str, object]


@dataclass(frozen=True, slots=True)
class Job:
    """One table [[job]]: a project or a clip with masks, or a glob of either.

    Attributes:
        project: pattern or path of projects, "" for clips.
        clip: pattern or path of clips, "" for projects.
        masks: patterns of mask images, with tokens; the last number in a name is the frame.
        values: settings that the job itself gives.
    """

    project: str
    clip: str
    masks: tuple[str, ...]
    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JobFile:
    """A whole job file.

    Attributes:
        path: of the file.
        jobs: in its order.
        defaults: settings of every job.
        overrides: in its order, later ones count more.
        limits: budgets.
        machines: where files are.
    """

    path: Path
    jobs: tuple[Job, ...]
    defaults: dict[str, object]
    overrides: tuple[Override, ...]
    limits: Limits
    machines: tuple[Machine, ...]

    @property
    def folder(self) -> Path:
        """What relative paths start from."""
        return self.path.absolute().parent

    @property
    def batch_folder(self) -> Path:
        """Where what is finished, the state of the shots and the report are kept."""
        return self.path.absolute().with_suffix(".batch")
