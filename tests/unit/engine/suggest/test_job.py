"""The search for objects as a job: which frames it may look at, partial results, cancel."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from tests.unit.engine.fakes import ArraySource
from vosapp.core.document import ClipRef, Document
from vosapp.engine.job import Job, Outcome
from vosapp.engine.suggest import proposals as module
from vosapp.engine.suggest.job import SuggestTask, shot_around, suggest_body
from vosapp.engine.suggest.proposals import Candidate, Proposal
from vosapp.models.weights import WeightsState

SIZE = (12, 16)


def candidate(sureness: float, left: int) -> Candidate:
    probability = np.zeros(SIZE, np.float32)
    probability[2:8, left : left + 5] = sureness
    return Candidate(probability)


Asked = list[dict[str, Any]]


@pytest.fixture
def search(monkeypatch: pytest.MonkeyPatch) -> tuple[Callable[..., Any], Asked, list[list[Proposal]]]:
    """A body over frames in memory whose two networks find one object each; what they were asked; what was told."""
    asked: Asked = []
    told: list[list[Proposal]] = []

    def propose(_source: object, frame_index: int, **options: Any) -> list[Candidate]:
        asked.append({"frame_index": frame_index, **options})
        return [candidate(0.7, 0) if len(asked) == 1 else candidate(1.0, 8)]

    monkeypatch.setattr(module, "_proposer", lambda name: propose)
    here = {"rvos-zero": WeightsState.PRESENT, "cosnet": WeightsState.PRESENT}
    monkeypatch.setattr(module, "weights_state", lambda spec: here.get(spec.name, WeightsState.UNPUBLISHED))
    monkeypatch.setattr(SuggestTask, "open_source", lambda task: ArraySource(10, size=SIZE))
    document = Document(clip=ClipRef("memory", *SIZE, 10, Fraction(24)), cuts=(3, 7))
    return suggest_body(SuggestTask(document, 4), told.append), asked, told


def test_a_search_stays_between_the_cuts_around_its_frame() -> None:
    assert shot_around((3, 7), 2, 10) == range(3)
    assert shot_around((3, 7), 3, 10) == range(3, 7)
    assert shot_around((3, 7), 9, 10) == range(7, 10)
    assert shot_around((), 9, 10) == range(10)


def test_each_network_is_asked_and_the_best_of_all_comes_first(search: Any) -> None:
    body, asked, told = search
    titles: list[str] = []
    result = Job(body).run(lambda progress: titles.append(progress.note))
    assert result.outcome is Outcome.DONE and result.value is not None
    assert [found.mask.bounding_box[0] for found in result.value] == [8, 0]
    assert [len(news) for news in told] == [1, 2] and told[1] == result.value
    assert [(one["frame_index"], one["shot"]) for one in asked] == [(4, range(3, 7))] * 2
    assert titles == ["RVOS (zero-shot)", "COSNet"]


def test_a_cancelled_search_asks_no_more_networks(search: Any) -> None:
    body, asked, told = search
    job = Job(body)
    result = job.run(lambda progress: job.cancel() if progress.done == 1 else None)
    assert result.outcome is Outcome.CANCELLED
    assert len(asked) == 1 and len(told) == 1
