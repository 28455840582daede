"""What a run makes does not depend on the runs before it: a kept engine gives, to the bit, what a fresh one gives."""

from __future__ import annotations

import threading
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from tests.contracts.test_propagators import BUILD, SIZE, _box, _frame
from tests.unit.engine.fakes import ArraySource
from vosapp.core.document import ClipRef, Document, MaskStore, Origin
from vosapp.core.edits import add_object, make_anchor, predict, set_mask, stroke
from vosapp.core.mask import Mask
from vosapp.core.store import MemoryMaskStore
from vosapp.core.timeline import Direction, FrameRange
from vosapp.engine.job import Job, Outcome
from vosapp.engine.propagator import Propagator
from vosapp.engine.run.frame_result import FrameResult
from vosapp.engine.run.kept_engine import EngineKey, KeptEngine
from vosapp.engine.run.plan import RunPlan
from vosapp.engine.run.propagation_job import PropagationTask, preparation_body, propagation_body
from vosapp.engine.run_context import RunContext

COLD = {
    "rgmp/tuned",  # learns anew for every run
    "hybrid, memory ran out",  # nothing is kept where memory is short
}
CLIP = ClipRef("shot", *SIZE, 12, Fraction(24))


class _Shot:
    """A document on which one runs after the other, as a user does it."""

    def __init__(self, build: Callable[[], Propagator], kept: KeptEngine | None) -> None:
        self.store = MemoryMaskStore()
        self.document = Document(clip=CLIP)
        self.kept = kept
        self.built = 0
        self._build = build
        for top, left in ((5, 5), (30, 40)):
            self.document, object_id = add_object(self.document)
            for frame in (0, 9)[: 3 - object_id]:
                mask = Mask.from_array(_box(top + frame // 3, left) > 0)
                self.document = set_mask(self.document, self.store, object_id, frame, mask, Origin.DRAWN)

    def build(self, _context: object) -> Propagator:
        self.built += 1
        return self._build()

    def source(self) -> ArraySource:
        return ArraySource([_frame(i) for i in range(CLIP.frame_count)], size=SIZE)

    def task(self, frame: int, direction: Direction) -> PropagationTask:
        start = frame - 1 if direction is Direction.FORWARD else frame + 1
        plan = RunPlan((1, 2), FrameRange(frame, frame), direction, "small", start_frame=start)
        return _Task(self, self.document, self.store, plan, kept=self.kept)

    def run(self, frame: int, direction: Direction = Direction.FORWARD) -> FrameResult:
        """Makes one frame, takes it into the document, and prepares the next one."""
        results: list[FrameResult] = []
        task = self.task(frame, direction)
        body = propagation_body(task, results.append, open_source=self.source, build=self.build)
        job = Job(body).run()
        assert job.outcome is Outcome.DONE, job.error
        (result,) = results
        for object_id, mask in result.masks.items():
            self.document = predict(
                self.document,
                self.store,
                object_id,
                frame,
                mask,
                engine="small",
                sources=result.sources[object_id],
                doubt=result.doubt[object_id],
            )
        beyond = frame + (1 if direction is Direction.FORWARD else -1)
        assert Job(preparation_body(self.task(beyond, direction))).run().outcome is Outcome.DONE
        return result

    def correct(self, frame: int) -> None:
        """Paints and makes an anchor of it."""
        added = Mask.from_array(_box(12, 20, side=8) > 0)
        painted = stroke(self.document, self.store, 1, frame, added, erase=False)
        self.document = make_anchor(painted, self.store, 1, frame)


class _Task(PropagationTask):
    """A task on pictures in memory."""

    def __init__(self, shot: _Shot, document: Document, store: MaskStore, plan: RunPlan, *, kept: KeptEngine | None):
        super().__init__(document, store, plan, kept=kept)
        object.__setattr__(self, "shot", shot)

    def open_source(self) -> ArraySource:
        return self.shot.source()  # type: ignore[attr-defined, no-any-return]

    def build(self, context: object) -> Propagator:
        return self.shot.build(context)  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize("name", list(BUILD))
def test_steps_from_a_kept_engine_are_those_of_a_fresh_one(name: str) -> None:
    warm, cold = _Shot(BUILD[name], KeptEngine()), _Shot(BUILD[name], None)
    for frame, direction in [(1, Direction.FORWARD), (2, Direction.FORWARD)]:
        _same(warm.run(frame, direction), cold.run(frame, direction))
    for shot in (warm, cold):
        shot.correct(2)
    _same(warm.run(3), cold.run(3))
    assert warm.kept is not None
    if name not in COLD:
        assert warm.built == 1
    warm.kept.drop()


def _same(found: FrameResult, expected: FrameResult) -> None:
    assert found.doubt == expected.doubt
    assert found.signs == expected.signs
    for object_id, mask in expected.masks.items():
        np.testing.assert_array_equal(found.masks[object_id].array(), mask.array())


class _DroppedAtTheLastMoment:
    """A lock before whose release, by a run that has looked whether to drop already, another thread drops."""

    def __init__(self, kept: KeptEngine) -> None:
        self._kept, self._lock = kept, threading.Lock()
        self._is_first = True

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        return self._lock.acquire(blocking, timeout)

    def release(self) -> None:
        if self._is_first:
            self._is_first = False
            self._kept.drop()
        self._lock.release()


def test_what_is_dropped_while_a_run_gives_it_back_is_let_go() -> None:
    kept, closed = KeptEngine(), []

    class Source(ArraySource):
        def close(self) -> None:
            closed.append(True)

    kept._lock = _DroppedAtTheLastMoment(kept)  # type: ignore[assignment]
    source = Source([_frame(0)], size=SIZE)
    with kept.lent(EngineKey.of("small", "cpu", CLIP), lambda: source, RunContext()):
        pass
    assert closed == [True]
