"""What happens to one shot, step by step: each step yields tasks for workers and goes on with what they gave back."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import vosapp
from vosapp.batch.piece_file import PieceFileError, RunFound, is_whole, join_pieces
from vosapp.batch.settings import Limits, Machine
from vosapp.batch.shot_project import Planned, PlannedPiece, begin_project, planned, reading, write_run, writing
from vosapp.batch.shot_state import FrameToSee, ShotFacts
from vosapp.batch.shots import Shot
from vosapp.batch.tasks import (
    Baggage,
    Circumstances,
    Done,
    Drawn,
    Exported,
    ExportShot,
    PieceMade,
    PieceTask,
    Survey,
    Surveyed,
    Task,
    Thumbnails,
)
from vosapp.core.document import Document
from vosapp.core.errors import EngineError, ProjectError
from vosapp.core.frame_map import FrameMap
from vosapp.core.frame_words import frame_words
from vosapp.core.small_files import write_whole
from vosapp.core.timeline import FrameRange
from vosapp.engine.engines import engine
from vosapp.engine.variants import split_name
from vosapp.export.recipe import Recipe
from vosapp.models.weights import find_weights

Steps = Generator[list[Task], list[Done], None]
TO_SEE = 5  # frames of a shot that are named to be looked at first
_APART = 3  # frames between two of them: neighbours show the same trouble
_REPLANS = 3  # how often masks may change under a batch before the shot fails


@dataclass(slots=True)
class ShotRun:
    """One shot on its way. Hands out tasks and gathers what comes back.

    Attributes:
        shot: what is to be done.
        facts: what is known so far; `changed` is called whenever they change.
    """

    shot: Shot
    folder: Path
    limits: Limits
    machines: tuple[Machine, ...]
    shares_disk: bool
    changed: Callable[[ShotFacts], None]
    facts: ShotFacts = field(default_factory=ShotFacts)

    def steps(self) -> Steps:
        """The work, as lists of tasks to be done together.

        Raises:
            UserError: the shot fails, with this sentence.
        """
        self._tell(ShotFacts(source=self.shot.source, project=str(self.shot.project)))
        _require_engine(self.shot.settings.engine)
        yield from self._begin()
        plan = yield from self._compute()
        yield from self._export(plan)
        yield from self._draw(plan)

    def piece_done(self, frames: int) -> None:
        """Counts frames of a finished piece."""
        self._tell(replace(self.facts, done=self.facts.done + frames))

    def _tell(self, facts: ShotFacts) -> None:
        self.facts = facts
        self.changed(facts)

    def _where(self, footage: str) -> Circumstances:
        limits = self.limits
        return Circumstances(
            self.machines, limits.threads, limits.memory_bytes, limits.stall_s, self.shot.settings.gpus, footage
        )

    def _begin(self) -> Steps:
        """Makes the project where there is none yet."""
        shot = self.shot
        if shot.project.exists():
            return
        if not shot.clip:
            raise ProjectError(f"{shot.project} does not exist.", "Mend its path in the job file.")
        masks = tuple((str(one.path), one.number) for one in shot.masks)
        if not masks:
            raise EngineError(f"No mask was found for {shot.clip}.", "Mend masks in the job file.")
        (done,) = yield [Survey(self._where(shot.clip), shot.clip, masks, shot.settings.mask_as)]
        if isinstance(done.value, Surveyed):
            begin_project(shot.project, done.value)
        self._count([done])

    def _compute(self) -> Generator[list[Task], list[Done], Planned]:
        """Computes the pieces that are missing, until the project has them all."""
        for _ in range(_REPLANS):
            plan = self._plan()
            for name in plan.engines.values():
                _require_engine(name)
            missing = [one for one in plan.pieces if not is_whole(self._path(one))]
            kept = sum(len(one.piece.frames) for one in plan.pieces) - sum(len(one.piece.frames) for one in missing)
            facts = replace(self.facts, total=plan.frames, done=kept, kept=len(plan.pieces) - len(missing))
            self._tell(facts)
            if missing:
                done = yield list(self._tasks(plan, missing))
                for one in done:
                    if isinstance(one.value, PieceMade) and one.value.data:
                        write_whole(self.folder / "pieces" / one.value.piece_id, one.value.data)
                self._count(done)
                self._tell(replace(self.facts, made=self.facts.made + len(done)))
            if self._write(plan):
                return plan
        raise ProjectError(f"The masks in {self.shot.project} kept changing while the batch worked on them.")

    def _tasks(self, plan: Planned, missing: Sequence[PlannedPiece]) -> Generator[Task]:
        folder = self.folder / "pieces" if self.shares_disk else None
        with reading(self.shot.project) as project:
            store = project.editor.store
            for one in missing:
                yield PieceTask(
                    self._where(plan.clip.path),
                    one.piece_id,
                    Baggage.of(one.document, store),
                    one.plan,
                    one.piece,
                    self.shot.settings.device,
                    folder,
                )

    def _plan(self) -> Planned:
        with reading(self.shot.project) as project:
            return self._planned(project.editor.document)

    def _planned(self, document: Document) -> Planned:
        shot = self.shot
        return planned(document, shot.project, shot.settings, made_with=self._made_with)

    def _made_with(self, engine_name: str) -> str:
        """What a piece depends on beside the document, for an engine."""
        weights = find_weights(split_name(engine_name)[0])
        stamp = "" if weights is None else f"{weights.path.name} {weights.path.stat().st_mtime_ns}"
        return f"{vosapp.__version__} {stamp} {self.shot.settings.device} {self.limits.threads}"

    def _path(self, one: PlannedPiece) -> Path:
        return self.folder / "pieces" / one.piece_id

    def _write(self, plan: Planned) -> bool:
        """Enters the run into the project; False when its masks have changed since it was planned, or a piece broke."""
        try:
            found = join_pieces([self._path(one) for one in plan.pieces], plan.engines)
        except PieceFileError:
            return False
        with writing(self.shot.project) as project:
            now = self._planned(project.editor.document)
            if [one.piece_id for one in now.pieces] != [one.piece_id for one in plan.pieces]:
                return False
            write_run(project.editor, found, self.shot.settings, within=plan.plan.within)
        self._tell(_measured(self.facts, found, plan.clip.first_number))
        return True

    def _export(self, plan: Planned) -> Steps:
        settings = self.shot.settings
        if not settings.exports:
            return
        with reading(self.shot.project) as project:
            document = replace(project.editor.document, clip=plan.clip)
            tasks: list[Task] = []
            for one, path in zip(settings.exports, self.shot.exports, strict=True):
                recipe = Recipe(
                    one.format,
                    path,
                    frames=plan.plan.within,
                    missing=one.missing,
                    overwrite=one.overwrite,
                    name=one.name,
                )
                baggage = Baggage.of(_in_range(document, plan.plan.within), project.editor.store)
                tasks.append(ExportShot(self._where(plan.clip.path), baggage, recipe))
        done = yield tasks
        self._count(done)
        paths = tuple(one.value.path for one in done if isinstance(one.value, Exported))
        notes = [note for one in done if isinstance(one.value, Exported) for note in one.value.notes]
        self._tell(replace(self.facts, exports=paths, notes=_together(self.facts.notes, notes)))

    def _draw(self, plan: Planned) -> Steps:
        first = plan.clip.first_number
        wanted = tuple(one.number - first for one in self.facts.to_see)
        if not wanted:
            return
        with reading(self.shot.project) as project:
            document = replace(project.editor.document, clip=plan.clip)
            baggage = Baggage.of(_only(document, wanted), project.editor.store)
        (done,) = yield [Thumbnails(self._where(plan.clip.path), baggage, wanted)]
        self._count([done])
        names: dict[int, str] = {}
        if isinstance(done.value, Drawn):
            for frame, data in done.value.pictures:
                names[frame + first] = f"{self.shot.project.stem}-{plan.pieces[0].piece_id[:8]}-{frame + first}.jpg"
                (self.folder / "thumbnails" / names[frame + first]).write_bytes(data)
        seen = tuple(replace(one, thumbnail=names.get(one.number, "")) for one in self.facts.to_see)
        self._tell(replace(self.facts, to_see=seen))

    def _count(self, done: Sequence[Done]) -> None:
        machines = tuple(sorted({*self.facts.machines, *(one.machine for one in done)}))
        notes = _together(self.facts.notes, [note for one in done for note in one.notes])
        seconds = self.facts.seconds + sum(one.seconds for one in done)
        self._tell(replace(self.facts, seconds=seconds, machines=machines, notes=notes))


def _require_engine(name: str) -> None:
    chosen = engine(name)
    if not chosen.is_ready:
        raise EngineError(f"The engine {chosen.title} cannot run: {chosen.missing}")


def _together(known: Sequence[str], more: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*known, *more]))


def _in_range(document: Document, within: FrameRange) -> Document:
    return _only(document, range(within.first, within.last + 1))


def _only(document: Document, frames: Sequence[int]) -> Document:
    """The document with cells on these frames alone."""
    kept = [
        replace(item, cells=FrameMap.of({f: item.cells[f] for f in frames if f in item.cells}))
        for item in document.objects
    ]
    return replace(document, objects=tuple(kept))


def _measured(facts: ShotFacts, found: RunFound, first_number: int) -> ShotFacts:
    """The facts with what the report says of a run's masks."""
    doubts: dict[int, float] = {}
    for change in found.changes:
        doubts[change.frame_index] = max(change.doubt, doubts.get(change.frame_index, 0.0))
    signs: dict[int, list[str]] = {}
    for (_, frame), named in found.signs.items():
        signs.setdefault(frame, []).extend(sign.value for sign in named)
    notes = facts.notes
    if found.damaged:
        where = frame_words(found.damaged, first_number)
        damage = f"The clip's picture is damaged or missing on {where}; masks there follow what stands in."
        notes = _together(notes, [damage])
    return replace(
        facts,
        frames=len(doubts),
        doubt=round(sum(doubts.values()) / len(doubts), 4) if doubts else 0.0,
        worst_doubt=round(max(doubts.values(), default=0.0), 4),
        to_see=tuple(
            FrameToSee(frame + first_number, round(doubts[frame], 4), tuple(dict.fromkeys(signs.get(frame, []))))
            for frame in _first_to_see(doubts)
        ),
        notes=notes,
    )


def _first_to_see(doubts: Mapping[int, float]) -> list[int]:
    """The most doubtful frames, neighbours left out."""
    chosen: list[int] = []
    for frame in sorted(doubts, key=lambda one: (-doubts[one], one)):
        if len(chosen) < TO_SEE and all(abs(frame - other) >= _APART for other in chosen):
            chosen.append(frame)
    return chosen
