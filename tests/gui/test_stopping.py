"""Stopping background tasks together: each ends, or is left behind at the deadline, and one call comes back."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from tests.gui.window_driver import PATIENCE_MS
from vosapp.engine.job import JobContext, JobResult, Outcome
from vosapp.ui.jobs import job_thread
from vosapp.ui.jobs.background_task import BackgroundTask
from vosapp.ui.jobs.stopping import Stopping


class Ends(QObject):
    """Collects how tasks ended."""

    def __init__(self, *tasks: BackgroundTask) -> None:
        super().__init__()
        self.outcomes: list[Outcome] = []
        for task in tasks:
            task.ended.connect(self.take)

    def take(self, result: JobResult[object]) -> None:
        self.outcomes.append(result.outcome)


class Gate(threading.Event):
    """Holds a body that does not look whether to stop."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = threading.Event()

    def pass_through(self, _context: JobContext) -> None:
        self.reached.set()
        assert self.wait(PATIENCE_MS / 1000)


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.set()
    assert all(thread.wait(PATIENCE_MS) for thread in job_thread._left_behind)
    job_thread._left_behind.clear()


@pytest.fixture
def owner() -> QObject:
    return QObject()


def obeying(context: JobContext) -> None:
    while not threading.Event().wait(0.005):
        context.check()


def test_where_nothing_runs_it_calls_back_at_once(qtbot: QtBot, owner: QObject) -> None:
    called: list[bool] = []
    Stopping([BackgroundTask()], lambda: called.append(True), owner).begin()
    assert called == [True]


def test_it_waits_for_the_slowest_and_calls_back_once(qtbot: QtBot, owner: QObject, gate: Gate) -> None:
    quick, slow, called = BackgroundTask(), BackgroundTask(), []
    ends = Ends(quick, slow)
    quick.start(obeying)
    slow.start(gate.pass_through)
    assert gate.reached.wait(PATIENCE_MS / 1000)
    Stopping([quick, slow], lambda: called.append(list(ends.outcomes)), owner).begin()
    qtbot.waitUntil(lambda: not quick.is_running, timeout=PATIENCE_MS)
    assert called == [] and slow.is_running, "the deadline is far away"
    gate.set()
    qtbot.waitUntil(lambda: bool(called), timeout=PATIENCE_MS)
    assert called == [[Outcome.CANCELLED, Outcome.DONE]], "everybody had heard of both ends"
    assert not job_thread.hangs()


def test_what_does_not_end_in_time_is_left_behind(
    qtbot: QtBot, owner: QObject, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vosapp.presentation.shutdown_deadline.CLOSING_S", 0.05)
    task, called = BackgroundTask(), []
    ends = Ends(task)
    task.start(gate.pass_through)
    assert gate.reached.wait(PATIENCE_MS / 1000)
    Stopping([task], lambda: called.append(True), owner).begin()
    qtbot.waitUntil(lambda: bool(called), timeout=PATIENCE_MS)
    assert ends.outcomes == [Outcome.CANCELLED] and task.hangs and job_thread.hangs()
    gate.set()
    qtbot.waitUntil(lambda: not task.hangs, timeout=PATIENCE_MS)
    assert ends.outcomes == [Outcome.CANCELLED] and called == [True], "it is never heard of again"
