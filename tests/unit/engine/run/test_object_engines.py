"""Objects with engines of their own: one run, grouped by engine, each object as if it were propagated alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.contracts.test_pieces import FRAMES, _picture, _shot
from tests.unit.engine.fakes import ArraySource
from vosapp.batch.settings import ShotSettings
from vosapp.batch.shot_project import planned
from vosapp.core.document import Document
from vosapp.core.edits import set_engine, set_locked
from vosapp.core.store import MemoryMaskStore
from vosapp.core.timeline import Direction, FrameRange
from vosapp.engine.job import Job, Progress, Stage
from vosapp.engine.run.frame_result import FrameResult
from vosapp.engine.run.plan import RunPlan, by_engine
from vosapp.engine.run.propagation_job import PropagationTask, propagation_body

WHOLE = FrameRange(0, FRAMES - 1)
CRF = "flow/crf"
Made = dict[tuple[int, int], tuple[str, str]]


def ran(document: Document, store: MemoryMaskStore, plan: RunPlan) -> tuple[Made, list[Progress]]:
    """Digest and engine of every mask that a run makes, by object and frame, and what it told of its progress."""
    results: list[FrameResult] = []
    told: list[Progress] = []
    body = propagation_body(
        PropagationTask(document, store, plan, "cpu"),
        results.append,
        open_source=lambda: ArraySource([_picture(i) for i in range(FRAMES)]),
    )
    result = Job(body).run(told.append)
    assert result.error is None, result.error
    changes = [change for one in results for change in one.changes()]
    return {(c.object_id, c.frame_index): (c.mask.digest, c.engine) for c in changes}, told


def test_a_run_groups_objects_by_engine_and_each_is_as_if_alone() -> None:
    document, store = _shot()
    first, second = (item.id for item in document.objects)
    document = set_engine(document, second, CRF)
    plan = RunPlan((first, second), WHOLE, Direction.BOTH, "flow")
    assert [(part.engine, part.object_ids) for part in by_engine(document, plan)] == [
        ("flow", (first,)),
        (CRF, (second,)),
    ]
    together, told = ran(document, store, plan)
    assert {engine for (one, _), (_, engine) in together.items() if one == first} == {"flow"}
    assert {engine for (one, _), (_, engine) in together.items() if one == second} == {CRF}
    alone: Made = {}
    for part in by_engine(document, plan):
        alone |= ran(document, store, part)[0]
    assert together == alone
    steps = [progress for progress in told if progress.stage is Stage.PROPAGATING]
    assert steps[-1].done == steps[-1].total and [one.done for one in steps] == sorted(one.done for one in steps)


def test_one_engine_for_all_is_one_run_on_it() -> None:
    document, _ = _shot()
    ids = tuple(item.id for item in document.objects)
    for object_id in ids:
        document = set_engine(document, object_id, CRF)
    plan = RunPlan(ids, WHOLE, Direction.BOTH, "flow")
    assert [(part.engine, part.object_ids) for part in by_engine(document, plan)] == [(CRF, ids)]


def test_a_batch_cuts_the_run_by_engines_and_leaves_locked_objects_alone() -> None:
    from tests.unit.core.shapes import document as with_clip

    document, _ = _shot()
    document = Document(with_clip().clip, document.objects, document.next_object_id, cuts=document.cuts)
    first, second = (item.id for item in document.objects)
    settings = ShotSettings(engine="flow")
    usual = planned(document, Path("shot.vosapp"), settings, made_with=str)
    assert set(usual.engines.values()) == {"flow"}
    own = planned(set_engine(document, second, CRF), Path("shot.vosapp"), settings, made_with=str)
    assert own.engines == {first: "flow", second: CRF}
    assert {one.plan.object_ids for one in own.pieces} == {(first,), (second,)}
    assert not {one.piece_id for one in own.pieces} & {one.piece_id for one in usual.pieces}
    locked = planned(set_locked(document, second, True), Path("shot.vosapp"), settings, made_with=str)
    assert locked.engines == {first: "flow"}
    assert np.all([first in one.plan.object_ids for one in locked.pieces])
