"""When memory runs out a run goes on in a smaller step, from where it was, and says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from tests.unit.engine.fakes import ArraySource, ShiftPropagator
from vosapp.core.document import ClipRef, Document, ObjectId
from vosapp.core.edits import add_object, set_mask
from vosapp.core.errors import EngineError
from vosapp.core.mask import Mask
from vosapp.core.store import MemoryMaskStore
from vosapp.core.timeline import FrameRange
from vosapp.engine.job import Job, Outcome
from vosapp.engine.oom_fallback import OomFallback, Step
from vosapp.engine.propagator import Prediction, Probability
from vosapp.engine.run.plan import RunPlan
from vosapp.engine.run.propagation_job import PropagationTask, propagation_body
from vosapp.engine.run_context import MemoryPolicy, RunContext
from vosapp.presentation.text.progress import progress_words
from vosapp.video.source import RgbImage

RGB = np.zeros((4, 12, 3), np.uint8)


def _mask(column: int) -> NDArray[np.float32]:
    mask = np.zeros((4, 12), np.float32)
    mask[:, column] = 1
    return mask


class Greedy(ShiftPropagator):
    """Runs out of memory from a frame on."""

    def __init__(self, fails_from: int, error: Callable[[], Exception]) -> None:
        super().__init__()
        self.fails_from = fails_from
        self.error = error

    def step(self, frame_index: int, rgb: RgbImage, given: Mapping[ObjectId, Probability] | None = None) -> Prediction:
        if frame_index >= self.fails_from:
            raise self.error()
        return super().step(frame_index, rgb, given)


ERRORS = [
    lambda: torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
    lambda: RuntimeError("MPS backend out of memory"),
    lambda: RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"),
    MemoryError,
]


@pytest.mark.parametrize("error", ERRORS)
def test_a_run_goes_on_in_the_next_step_from_where_it_was(error: Callable[[], Exception]) -> None:
    said: list[str] = []
    small = ShiftPropagator()
    steps = [
        Step("at full size", lambda: Greedy(3, error)),
        Step("at half size", lambda: Greedy(0, error)),
        Step("with the processor", lambda: small),
    ]
    running = OomFallback(steps, RunContext(report=said.append))
    running.remember(0, RGB, {1: _mask(2)})
    running.step(0, RGB, {1: _mask(2)})
    for frame in range(1, 6):
        prediction = running.step(frame, RGB)
        np.testing.assert_array_equal(prediction.probabilities[1], _mask(2 + frame))
    assert said == ["Memory ran out; going on at half size.", "Memory ran out; going on with the processor."]
    assert small.remembered == [(0, (1,))]
    assert small.steps == [2, 3, 4, 5]


def test_objects_that_left_do_not_come_back() -> None:
    running = OomFallback([Step("one", lambda: Greedy(2, MemoryError)), Step("two", ShiftPropagator)])
    running.remember(0, RGB, {1: _mask(2), 2: _mask(4)})
    running.step(0, RGB, {1: _mask(2), 2: _mask(4)})
    running.step(1, RGB)
    running.forget([1])
    assert set(running.step(2, RGB).probabilities) == {2}


def test_without_a_smaller_step_it_ends_with_a_sentence() -> None:
    running = OomFallback([Step("as it is", lambda: Greedy(1, MemoryError))])
    running.step(0, RGB, {1: _mask(2)})
    with pytest.raises(EngineError, match="Memory ran out"):
        running.step(1, RGB)


def test_a_measurement_ends_instead_of_going_on_in_smaller_steps() -> None:
    steps = [Step("one", lambda: Greedy(1, MemoryError)), Step("two", ShiftPropagator)]
    running = OomFallback(steps, RunContext(memory=MemoryPolicy.STOP))
    running.step(0, RGB, {1: _mask(2)})
    with pytest.raises(EngineError, match="smaller steps"):
        running.step(1, RGB)


def test_other_errors_are_not_taken_for_lack_of_memory() -> None:
    running = OomFallback([Step("a", lambda: Greedy(0, lambda: RuntimeError("broken"))), Step("b", ShiftPropagator)])
    with pytest.raises(RuntimeError, match="broken"):
        running.step(0, RGB, {1: _mask(2)})


def test_the_user_of_a_run_is_told_and_keeps_every_frame() -> None:
    document, object_id = add_object(Document(clip=ClipRef("shot", 4, 12, 4, Fraction(24))))
    store = MemoryMaskStore()
    document = set_mask(document, store, object_id, 0, Mask.from_array(_mask(2) > 0))
    task = PropagationTask(document, store, RunPlan((object_id,), FrameRange(0, 3)))
    steps = [Step("at 480 pixels", lambda: Greedy(2, MemoryError)), Step("at 360 pixels", ShiftPropagator)]
    made: list[int] = []
    body = propagation_body(
        task,
        lambda result: made.append(result.frame_index),
        open_source=lambda: ArraySource(4, size=(4, 12)),
        build=lambda run: OomFallback(steps, run),
    )
    messages: list[str] = []
    result = Job(body).run(lambda progress: messages.append(progress_words(progress)))
    assert result.outcome is Outcome.DONE
    assert made == [1, 2, 3]
    assert messages[-1] == "Frame 3. Memory ran out; going on at 360 pixels."
