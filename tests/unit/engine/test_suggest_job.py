"""The search for objects as a job: which frames it may look at, partial results, cancel."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from tests.unit.engine.fakes import ArraySource
from vosapp.core.document import ClipRef, Document
from vosapp.core.mask import Mask
from vosapp.engine import suggest_job
from vosapp.engine.job import Job, Outcome
from vosapp.engine.suggest import Proposal
from vosapp.engine.suggest_job import SuggestTask, shot_around, suggest_body
from vosapp.models.weights import WeightsState

SIZE = (12, 16)


def proposal(score: float, left: int) -> Proposal:
    mask = np.zeros(SIZE, np.bool_)
    mask[2:8, left : left + 5] = True
    return Proposal(Mask.from_array(mask), score, 1.0, score, 1.0, "cosnet")


@pytest.fixture
def body(monkeypatch: pytest.MonkeyPatch) -> tuple[Callable[..., Any], list[dict[str, Any]], list[list[Proposal]]]:
    """A body over frames in memory whose two networks find one object each; what they were asked; what was told."""
    asked: list[dict[str, Any]] = []
    told: list[list[Proposal]] = []

    def suggest(_source: object, frame_index: int, **options: Any) -> list[Proposal]:
        asked.append({"frame_index": frame_index, **options})
        return [proposal(0.4, 0) if len(asked) == 1 else proposal(0.8, 8)]

    monkeypatch.setattr(suggest_job, "suggest", suggest)
    monkeypatch.setattr(suggest_job, "weights_state", lambda spec: WeightsState.PRESENT)
    monkeypatch.setattr(SuggestTask, "open_source", lambda task: ArraySource(10, size=SIZE))
    document = Document(clip=ClipRef("memory", *SIZE, 10, Fraction(24)), cuts=(3, 7))
    return suggest_body(SuggestTask(document, 4), told.append), asked, told


def test_a_search_stays_between_the_cuts_around_its_frame() -> None:
    assert shot_around((3, 7), 2, 10) == range(3)
    assert shot_around((3, 7), 3, 10) == range(3, 7)
    assert shot_around((3, 7), 9, 10) == range(7, 10)
    assert shot_around((), 9, 10) == range(10)


def test_each_network_is_asked_and_the_best_of_all_comes_first(body: Any) -> None:
    run, asked, told = body
    result = Job(run).run()
    assert result.outcome is Outcome.DONE and result.value is not None
    assert [found.score for found in result.value] == [0.8, 0.4]
    assert [[found.score for found in news] for news in told] == [[0.4], [0.8, 0.4]]
    assert [one["shot"] for one in asked] == [range(3, 7)] * 2
    assert len({tuple(one["network_names"]) for one in asked}) == 2


def test_a_cancelled_search_asks_no_more_networks(body: Any) -> None:
    run, asked, told = body
    job = Job(run)
    result = job.run(lambda progress: job.cancel() if progress.done == 1 else None)
    assert result.outcome is Outcome.CANCELLED
    assert len(asked) == 1 and len(told) == 1
