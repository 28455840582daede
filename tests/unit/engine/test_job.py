"""A job ends in exactly one way and reports as it goes."""

from __future__ import annotations

import threading

import pytest

from vosapp.core.errors import EngineError, MediaError
from vosapp.engine.job import Job, JobContext, Outcome, Progress, Stage


def test_a_body_that_returns_is_done_with_its_value() -> None:
    result = Job(lambda context: 7).run()
    assert (result.outcome, result.value, result.error) == (Outcome.DONE, 7, None)


def test_cancel_ends_the_body_at_its_next_check() -> None:
    seen: list[int] = []

    def body(context: JobContext) -> None:
        for i in range(100):
            context.check()
            seen.append(i)
            if i == 3:
                job.cancel()

    job = Job(body)
    result = job.run()
    assert result.outcome is Outcome.CANCELLED
    assert result.error is None
    assert seen == [0, 1, 2, 3]


def test_a_job_cancelled_before_it_starts_runs_nothing() -> None:
    ran: list[bool] = []
    job = Job(lambda context: ran.append(True))
    job.cancel()
    assert job.run().outcome is Outcome.CANCELLED
    assert ran == []


def test_cancel_comes_from_another_thread() -> None:
    started = threading.Event()

    def body(context: JobContext) -> None:
        started.set()
        while True:
            context.check()

    job = Job(body)
    canceller = threading.Thread(target=lambda: (started.wait(60), job.cancel()))
    canceller.start()
    assert job.run().outcome is Outcome.CANCELLED
    canceller.join()


@pytest.mark.parametrize("error", [MediaError("no such file"), RuntimeError("broke"), KeyError("bug")])
def test_whatever_a_body_raises_is_the_error_of_a_failed_job(error: Exception) -> None:
    def body(context: JobContext) -> None:
        raise error

    result = Job(body).run()
    assert result.outcome is Outcome.FAILED
    assert result.error is error


def test_a_failure_names_the_last_frame_even_where_its_report_was_held_back() -> None:
    reports: list[Progress] = []

    def body(context: JobContext) -> None:
        for i in range(4):
            context.progress(i + 1, 100, Stage.PROPAGATING, frame=i)
        raise ValueError("broke")

    result = Job(body).run(reports.append)
    assert result.frame == 3 and len(reports) < 4


def test_memory_that_runs_out_becomes_a_sentence() -> None:
    def body(context: JobContext) -> None:
        raise MemoryError

    error = Job(body).run().error
    assert isinstance(error, EngineError)
    assert "memory" in str(error)


def test_a_job_runs_once() -> None:
    job = Job(lambda context: None)
    job.run()
    with pytest.raises(EngineError):
        job.run()


def test_progress_is_throttled_and_measures_its_rate() -> None:
    now = [0.0]
    reports: list[Progress] = []
    context = JobContext(threading.Event(), reports.append, clock=lambda: now[0])
    for done in range(101):
        context.progress(done, 100)
        now[0] += 0.01
    assert 20 < len(reports) < 40  # one second at 30 Hz
    assert reports[0].done == 0
    assert reports[-1].fraction == 1.0
    assert reports[-2].frames_per_second == pytest.approx(100, rel=0.05)
    assert reports[-2].seconds_left == pytest.approx(1 - reports[-2].done / 100, abs=0.02)


def test_a_new_message_goes_out_at_once() -> None:
    reports: list[Progress] = []
    context = JobContext(threading.Event(), reports.append, clock=lambda: 0.0)
    context.progress(0, 10, Stage.PREPARING)
    context.progress(1, 10)
    context.progress(1, 10, Stage.WRITING, note="slow")
    assert [(r.stage, r.note) for r in reports] == [(Stage.PREPARING, ""), (Stage.WRITING, "slow")]
    assert reports[0].seconds_left is None
