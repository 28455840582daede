"""What a step costs, from nothing and with what is kept of the engine: `python -m tests.bench.bench_step`.

A clip is stepped through frame by frame as a user does it: a run makes one frame, then the engine is prepared for the
next one while the user would look. Compared are the engine's own time for a frame of a long run, a step from nothing,
and a step with a kept engine; what the last takes above the first is what stepping costs. `--clip PATH` takes a clip of
your own, whose first frame gets a box in the middle as a mask. `--processor` counts the processor's time instead of the
clock's: for a machine with other work on it.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.clips import make_clip
from vosapp.core.document import Document, Origin
from vosapp.core.edits import add_object, predict, set_mask
from vosapp.core.mask import Mask
from vosapp.core.store import MemoryMaskStore
from vosapp.core.timeline import FrameRange
from vosapp.engine.job import Job, JobContext, Outcome
from vosapp.engine.run.frame_result import FrameResult
from vosapp.engine.run.kept_engine import KeptEngine
from vosapp.engine.run.plan import RunPlan
from vosapp.engine.run.propagation_job import PropagationTask, preparation_body, propagation_body
from vosapp.video.clip_ref import clip_ref
from vosapp.video.open import open_video

SIZE = (480, 854)
_clock = time.perf_counter


def _use_processor_time() -> None:
    global _clock
    _clock = time.process_time


def _run(body: Callable[[JobContext], object]) -> float:
    """Milliseconds that a job takes."""
    began = _clock()
    result = Job(body).run()
    if result.outcome is not Outcome.DONE:
        raise RuntimeError(str(result.error))
    return 1000 * (_clock() - began)


class Stepping:
    """A user who steps through a clip with one engine."""

    def __init__(self, clip: Path, engine: str, kept: KeptEngine | None) -> None:
        self._engine, self._kept = engine, kept
        self._store = MemoryMaskStore()
        source = open_video(clip)
        document, self._object = add_object(Document(clip=clip_ref(source.info)))
        height, width = source.info.height, source.info.width
        source.close()
        inside = np.zeros((height, width), np.bool_)
        inside[height // 3 : 2 * height // 3, width // 3 : 2 * width // 3] = True
        mask = Mask.from_array(inside)
        self.document = set_mask(document, self._store, self._object, 0, mask, Origin.DRAWN)

    def task(self, first: int, last: int) -> PropagationTask:
        """A run over these frames from the one before."""
        plan = RunPlan((self._object,), FrameRange(first, last), engine=self._engine, start_frame=first - 1)
        return PropagationTask(self.document, self._store, plan, "cpu", self._kept)

    def step(self, frame: int) -> float:
        """Makes one frame and prepares the next; milliseconds that the first took."""
        results: list[FrameResult] = []
        took = _run(propagation_body(self.task(frame, frame), results.append))
        for result in results:
            for change in result.changes():
                self.document = predict(
                    self.document,
                    self._store,
                    change.object_id,
                    change.frame_index,
                    change.mask,
                    engine=change.engine,
                    sources=change.sources,
                    doubt=change.doubt,
                )
        _run(preparation_body(self.task(frame + 1, frame + 1)))
        return took

    def frame_ms(self, frames: int) -> float:
        """Milliseconds for a frame in a run over several, the first ones left out."""
        times: list[float] = []
        _run(propagation_body(self.task(1, frames), lambda _: times.append(_clock())))
        return 1000 * statistics.median(np.diff(times[2:]))


def measure(clip: Path, engine: str, frames: int) -> tuple[float, float, float]:
    """Milliseconds: a frame of a run, a step from nothing, a step with a kept engine."""
    frame = Stepping(clip, engine, None).frame_ms(frames)
    cold, warm = Stepping(clip, engine, None), Stepping(clip, engine, KeptEngine())
    cold_ms = [cold.step(i) for i in range(1, 6)]
    warm_ms = [warm.step(i) for i in range(1, frames)]
    return frame, statistics.median(cold_ms), statistics.median(warm_ms[1:])


def run() -> list[tuple[str, str]]:
    """The figures of docs/benchmarks.md, in the processor's time."""
    _use_processor_time()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        clip = make_clip(Path(folder) / "clip.mp4", frames=16, size=SIZE)
        for engine in ("flow", "hybrid"):
            frame, cold, warm = measure(clip, engine, 12)
            text = f"{warm:.0f} ms, {warm - frame:+.0f} ms against a frame of a run; {cold:.0f} ms from nothing"
            rows.append((f"{engine}, a step with what is kept", text))
    return rows


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description="What a step costs.")
    parser.add_argument("--engine", action="append")
    parser.add_argument("--clip", type=Path)
    parser.add_argument("--frames", type=int, default=16)
    parser.add_argument("--processor", action="store_true")
    arguments = parser.parse_args()
    if arguments.processor:
        _use_processor_time()
    print("| engine | a frame of a run | a step from nothing | a step, kept engine | above a frame |")
    print("| --- | --: | --: | --: | --: |")
    with tempfile.TemporaryDirectory() as folder:
        clip = arguments.clip or make_clip(Path(folder) / "clip.mp4", frames=arguments.frames + 4, size=SIZE)
        for engine in arguments.engine or ["flow", "hybrid"]:
            frame, cold, warm = measure(clip, engine, arguments.frames)
            print(f"| {engine} | {frame:.0f} ms | {cold:.0f} ms | {warm:.0f} ms | {warm - frame:+.0f} ms |", flush=True)


if __name__ == "__main__":
    main()
