"""The body of a propagation run, the same for the window and the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from vosapp.core.document import Document, MaskStore
from vosapp.core.errors import EngineError
from vosapp.engine.engines import build_propagator
from vosapp.engine.job import JobContext, Stage
from vosapp.engine.propagator import Propagator
from vosapp.engine.run.damage_notes import damage_notes
from vosapp.engine.run.frame_result import FrameResult
from vosapp.engine.run.kept_engine import EngineKey, KeptEngine
from vosapp.engine.run.kept_states import KeptStates
from vosapp.engine.run.plan import RunPlan, by_engine, frame_count, schedule
from vosapp.engine.run.propagation import prepare, propagate
from vosapp.engine.run_context import RunContext
from vosapp.video.open import open_clip_of
from vosapp.video.source import VideoSource


@dataclass(frozen=True, slots=True)
class PropagationTask:
    """Input of a run, frozen when it starts.

    Attributes:
        document, store: what stands, with its clip.
        plan: what to do.
        device: "auto", "cpu", "cuda" or "mps".
        kept: what is kept of the engine between runs; None begins from nothing and keeps nothing.
    """

    document: Document
    store: MaskStore
    plan: RunPlan
    device: str = "auto"
    kept: KeptEngine | None = None

    def key(self) -> EngineKey:
        """What a kept state must have been made with.

        Raises:
            EngineError: there is no clip.
        """
        if self.document.clip is None:
            raise EngineError("There is no clip to propagate in.", "Open a clip first.")
        return EngineKey.of(self.plan.engine, self.device, self.document.clip)

    def parts(self) -> tuple[PropagationTask, ...]:
        """The run as one for each engine that its objects are set to. What is kept belongs to the plan's own."""
        return tuple(
            self
            if plan == self.plan
            else replace(self, plan=plan, kept=self.kept if plan.engine == self.plan.engine else None)
            for plan in by_engine(self.document, self.plan)
        )

    def frame_count(self) -> int:
        """How many frames the passes of the plan visit."""
        return frame_count(schedule(self.document, self.plan))

    def open_source(self) -> VideoSource:
        """The document's clip, opened for the calling thread."""
        if self.document.clip is None:
            raise EngineError("There is no clip to propagate in.", "Open a clip first.")
        return open_clip_of(self.document.clip)

    def build(self, context: RunContext) -> Propagator:
        """A fresh propagator of the plan's engine."""
        return build_propagator(self.plan.engine, self.device, context=context)


def propagation_body(
    task: PropagationTask,
    deliver: Callable[[FrameResult], None],
    *,
    open_source: Callable[[], VideoSource] | None = None,
    build: Callable[[RunContext], Propagator] | None = None,
) -> Callable[[JobContext], int]:
    """A body for `Job` that hands every result over as it is made and returns the number of masks written.

    Args:
        task: the run.
        deliver: called in the thread of the run with every result that has masks or tells of damage.
        open_source, build: in place of the task's own.
    """

    def body(context: JobContext) -> int:
        context.progress(0, 0, Stage.PREPARING)
        written = 0
        notes: list[str] = []
        damaged: set[int] = set()
        run = RunContext(report=notes.append, learning=partial(_tell_learning, context), check=context.check)
        parts = task.parts()
        before, total = 0, sum(part.frame_count() for part in parts)
        for part in parts:
            with _equipped(part, open_source or part.open_source, run) as (source, kept, relayed):
                results = propagate(
                    source,
                    part.document,
                    part.store,
                    plan=part.plan,
                    build=partial(build or part.build, relayed),
                    kept=kept,
                    cancelled=context.cancelled,
                )
                done = 0
                for result in results:
                    if not damaged.issuperset(result.damaged):
                        damaged.update(result.damaged)
                        notes.append(" ".join(damage_notes(part.document, damaged)))
                    if result.masks or result.damaged:
                        deliver(result)
                        written += len(result.masks)
                    done, frame = result.done, result.frame_index
                    context.progress(before + done, total, Stage.PROPAGATING, frame=frame, note="".join(notes[-1:]))
                before += done
        return written

    return body


@contextmanager
def _equipped(
    task: PropagationTask, open_source: Callable[[], VideoSource], context: RunContext
) -> Iterator[tuple[VideoSource, KeptStates | None, RunContext]]:
    """The clip, the states to take up, and the context for the engine: kept ones, or those of this run alone."""
    if task.kept is not None:
        with task.kept.lent(task.key(), open_source, context) as lent:
            yield lent.source, lent.states, lent.context
        return
    source = open_source()
    try:
        yield source, None, context
    finally:
        source.close()


def preparation_body(task: PropagationTask) -> Callable[[JobContext], None]:
    """A body for `Job` that brings the kept engine to where a run would make its first mask, if it can be kept.

    A run that begins while this goes on waits for it, and is the quicker for it.
    """

    def body(context: JobContext) -> None:
        if task.kept is None or task.kept.is_cold:
            return
        with task.kept.lent(task.key(), task.open_source, RunContext(check=context.check)) as lent:
            if lent.states:  # else the run that was to begin with it dropped them
                prepare(
                    lent.source,
                    task.document,
                    task.store,
                    plan=task.plan,
                    build=partial(task.build, lent.context),
                    kept=lent.states,
                )

    return body


def _tell_learning(context: JobContext, done: int, total: int) -> None:
    context.progress(done, total, Stage.LEARNING)
