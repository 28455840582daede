"""What workers do: survey a clip, compute a piece, write an export, draw thumbnails. Runs in any process or machine."""

from __future__ import annotations

import errno
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from vosapp.batch.budget import StallWatch, memory_cap, use_threads
from vosapp.batch.places import names_of_this_machine, path_here
from vosapp.batch.tasks import (
    Baggage,
    Circumstances,
    Done,
    Drawn,
    Ending,
    Exported,
    ExportShot,
    Failed,
    PieceMade,
    PieceTask,
    Survey,
    Surveyed,
    Task,
    Thumbnails,
    Value,
    Why,
)
from vosapp.core.errors import EngineError, UserError
from vosapp.core.relink import is_same_media
from vosapp.core.small_files import write_whole

if TYPE_CHECKING:
    from vosapp.video.source import VideoSource

Progress = Callable[[], None]
_FULL = (errno.ENOSPC, errno.EDQUOT)
# What is said where memory is too short and no MemoryError comes: by OpenCV and torch, by Python and faulthandler of a
# thread, by the system's loader of a library.
_SIGNS_OF_NO_MEMORY = ("memory", "new thread", "watchdog thread", "failed to map", "cannot map")


def do(task: Task, task_id: str, names: Sequence[str] = ()) -> Ending:
    """Does a task within its budget; whatever it runs into becomes a sentence.

    Args:
        task: what to do.
        task_id: of this attempt; names the note of a worker that hangs.
        names: by which this machine goes besides its host's name.
    """
    started = time.monotonic()
    machine = names_of_this_machine(names)
    notes: list[str] = []
    try:
        use_threads(task.where.threads)
        with StallWatch(task.where.stall_s, task_id) as watch, memory_cap(task.where.memory_bytes):
            value = _Worker(task.where, machine, watch.progress, notes).do(task)
    except MemoryError:
        return Failed(_memory_sentence(task.where))
    except UserError as error:
        return Failed(_memory_sentence(task.where) if _is_of_memory(error) else str(error), why_of(error))
    except OSError as error:
        where = f"{error.filename}: " if error.filename is not None else ""
        return Failed(f"{where}{error.strerror or error}.", why_of(error))
    except Exception as error:  # noqa: BLE001 - one shot's trouble, whatever it is, must not end the others
        return Failed(_odd_sentence(error, task.where), detail=traceback.format_exc())
    return Done(value, time.monotonic() - started, machine[-1] if names else machine[0], tuple(dict.fromkeys(notes)))


def why_of(error: BaseException | None) -> Why:
    """Whether a full disk is behind an error."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _FULL:
            return Why.DISK_FULL
        error = error.__cause__ or error.__context__
    return Why.SHOT


def _is_of_memory(error: BaseException | None) -> bool:
    """Whether too little memory is behind an error."""
    while error is not None:
        # "Try again" (BlockingIOError) is what FFmpeg says where a decoder's thread got no stack.
        if isinstance(error, MemoryError | BlockingIOError) or getattr(error, "errno", None) == errno.ENOMEM:
            return True
        error = error.__cause__ or error.__context__
    return False


def _memory_sentence(where: Circumstances) -> str:
    cap = f"the {where.memory_bytes / 1e9:.1f} GB that a worker may have" if where.memory_bytes else "this computer has"
    return f"It needs more memory than {cap}. Raise memory in [limits], or propagate fewer objects at a time."


def _odd_sentence(error: Exception, where: Circumstances) -> str:
    text = str(error).lower()
    if any(sign in text for sign in _SIGNS_OF_NO_MEMORY):
        return _memory_sentence(where)
    return f"It broke: {type(error).__name__}: {error}"


class _Worker:
    def __init__(self, where: Circumstances, names: Sequence[str], progress: Progress, notes: list[str]) -> None:
        self._where, self._names, self._progress, self._notes = where, names, progress, notes

    def do(self, task: Task) -> Value:
        """The value of a task."""
        if isinstance(task, Survey):
            return self._survey(task)
        if isinstance(task, PieceTask):
            return self._piece(task)
        if isinstance(task, ExportShot):
            return self._export(task)
        return self._thumbnails(task)

    def _here(self, path: str) -> str:
        return path_here(path, self._where.machines, self._names)

    def _open(self, baggage: Baggage) -> VideoSource:
        """The clip of a document, where this machine has it."""
        from vosapp.video.open import open_clip_of

        clip = baggage.document.clip
        if clip is None:
            raise EngineError("There is no clip.")
        here = Path(self._here(clip.path))
        source = open_clip_of(replace(clip, path=str(here)))
        if clip.sample_digest and not is_same_media(clip, here):
            self._notes.append(f"{here.name} is not the file that the masks were made for, though it may fit them.")
        return source

    def _survey(self, task: Survey) -> Surveyed:
        from vosapp.engine.given_masks import frame_of, read_masks
        from vosapp.video.clip_ref import clip_ref
        from vosapp.video.open import exact_info, open_video

        source = open_video(Path(self._here(task.clip)))
        try:
            clip = replace(clip_ref(exact_info(source)), path=task.clip)
        finally:
            source.close()
        self._progress()
        masks = []
        for path, number in task.masks:
            here = Path(self._here(path))
            masks.append((frame_of(number, clip), read_masks(here, clip, task.mask_as, self._notes.append)))
            self._progress()
        return Surveyed(clip, tuple(masks), tuple(self._notes))

    def _piece(self, task: PieceTask) -> PieceMade:
        from vosapp.batch.piece_file import encoded
        from vosapp.engine.engines import build_propagator
        from vosapp.engine.run.propagation import propagate_piece
        from vosapp.engine.run_context import RunContext

        context = RunContext(report=self._notes.append, learning=lambda _done, _total: self._progress())
        source = self._open(task.baggage)
        try:
            frames = propagate_piece(
                source,
                task.baggage.document,
                task.baggage.store(),
                plan=task.plan,
                piece=task.piece,
                build=partial(build_propagator, task.plan.engine, task.device, context=context),
            )
            data = encoded(frames, self._progress)
        finally:
            source.close()
        if task.folder is None:
            return PieceMade(task.piece_id, data)
        write_whole(task.folder / task.piece_id, data)
        return PieceMade(task.piece_id, b"")

    def _export(self, task: ExportShot) -> Exported:
        from vosapp.engine.job import Job, Outcome
        from vosapp.export.export_job import ExportTask, export_body

        def moved(_progress: object) -> None:
            self._progress()

        recipe = replace(task.recipe, path=Path(self._here(str(task.recipe.path))))
        recipe.path.parent.mkdir(parents=True, exist_ok=True)
        body = export_body(
            ExportTask(task.baggage.document, task.baggage.store(), recipe),
            open_source=lambda: self._open(task.baggage),
        )
        result = Job(body, "The export").run(moved)
        if result.outcome is not Outcome.DONE or result.value is None:
            raise result.error or UserError("The export ended without a word.")
        return Exported(str(task.recipe.path), len(result.value.files), result.value.warnings)

    def _thumbnails(self, task: Thumbnails) -> Drawn:
        from vosapp.batch.thumbnails import thumbnail

        store, source = task.baggage.store(), self._open(task.baggage)
        pictures = []
        try:
            for frame in sorted(task.frames):
                pictures.append((frame, thumbnail(source.frame(frame), task.baggage.document, store, frame)))
                self._progress()
        finally:
            source.close()
        return Drawn(tuple(pictures))
