"""What a task's trouble is called."""

from __future__ import annotations

import pytest

from vosapp.batch.tasks import Circumstances, Failed, Survey
from vosapp.batch.work import do


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("can't start new thread"),
        RuntimeError("unable to start watchdog thread"),  # faulthandler
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 4 bytes."),
        ImportError("libavcodec.so.62: failed to map segment from shared object"),
        ImportError("libavcodec.so.62: cannot map zero-fill pages"),
    ],
)
def test_every_way_to_say_that_memory_is_short_is_told_as_that(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object) -> None:
        raise error

    monkeypatch.setattr("vosapp.batch.work._Worker.do", broken)
    ending = do(Survey(Circumstances(memory_bytes=2 * 10**9), "", (), ""), "id")
    assert isinstance(ending, Failed)
    assert ending.sentence.startswith("It needs more memory than the 2.0 GB that a worker may have.")
    assert "[limits]" in ending.sentence
