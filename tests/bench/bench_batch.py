"""Batches: what two workers and Ray gain, what a piece and the queue cost, what the driver keeps in memory."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.batches import make_shot
from tests.bench.batch_model import Measured, simulated_seconds
from tests.shared import REPOSITORY
from vosapp.batch.driver import batch_body
from vosapp.batch.job_file import read_job_file
from vosapp.batch.journal import Journal, read_rows
from vosapp.batch.local_workers import LocalWorkers
from vosapp.batch.settings import Limits
from vosapp.batch.shot_state import ShotFacts
from vosapp.batch.shots import shots_of
from vosapp.batch.tasks import Circumstances, Ending, Failed, PieceTask, Survey, Task
from vosapp.batch.workers import Inline, Workers
from vosapp.engine.job import Job

PARTS = ("flow", "hybrid", "queue", "ray-queue", "memory", "simulated")
NOTE = (
    "The clips are 320x180. Times of the clock depend on what else the machine does; processor times hardly do. "
    "Ray's two nodes are on this machine, with one processor each."
)
SIZE = (180, 320)
SHOTS, FRAMES = {"flow": 24, "hybrid": 6}, 60
MANY = 10_000


@dataclass(frozen=True, slots=True)
class Ran:
    """One run over all shots: time of the clock, processor time of all processes, and how many pieces."""

    wall_s: float
    cpu_s: float
    pieces: int


def run_part(part: str) -> list[tuple[str, str]]:
    """The figures of one part."""
    if part in SHOTS:
        return _gain(part)
    return {"queue": _queue, "ray-queue": _ray_queue, "memory": _memory, "simulated": _simulated}[part]()


def _gain(engine: str) -> list[tuple[str, str]]:
    import torch

    torch.set_num_threads(1)  # this process is what workers of one thread are compared with
    shots = int(os.environ.get("VOSAPP_BENCH_SHOTS", SHOTS[engine]))
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for number in range(shots):
            make_shot(root / f"shot{number}", frames=FRAMES, size=SIZE, ahead=number)
        one = _run(root, engine, Inline)
        first = _run(root, engine, lambda: LocalWorkers(Limits(workers=1)))
        two = _run(root, engine, lambda: LocalWorkers(Limits(workers=2)))
        more_ms = 1000 * (first.cpu_s - one.cpu_s) / one.pieces
        all_of = f"{engine}, {shots} shots of {FRAMES} frames in one process"
        rows = [
            (all_of, f"{one.wall_s:.1f} s, {one.cpu_s:.1f} s of processor, {one.pieces} pieces"),
            (f"{engine}, one worker", _against(first, one)),
            (f"{engine}, two workers with one thread each", _against(two, one)),
            (f"{engine}, one worker: more processor time a piece", f"{more_ms:.0f} ms"),
        ]
        with _two_nodes() as make_ray:
            ray = _run(root, engine, make_ray)
        figure = f"{one.wall_s / ray.wall_s:.2f} times as fast, {ray.wall_s:.1f} s"
        rows.append((f"{engine}, Ray on two nodes of one processor", figure))
    return rows


def _against(ran: Ran, one: Ran) -> str:
    return f"{one.wall_s / ran.wall_s:.2f} times as fast, {ran.wall_s:.1f} s, {ran.cpu_s:.1f} s of processor"


def _run(root: Path, engine: str, make: Callable[[], Workers]) -> Ran:
    """One batch from the beginning; workers are started within the time, the cluster is not."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "jobs.toml"
        path.write_text(
            f'[defaults]\nengine = "{engine}"\nname = "{{parent}}"\n[limits]\nthreads = 1\n'
            f'[[job]]\nclip = "{root}/shot*/plate.mp4"\nmasks = "{{folder}}/mask.*.png"\n'
        )
        file = read_job_file(path)
        before, begin = _cpu_s(), time.perf_counter()
        result = Job(batch_body(file, make)).run()
        wall = time.perf_counter() - begin
        if result.value is None or result.value.failed:
            raise SystemExit(f"the batch failed: {result.error or read_rows(file.batch_folder)}")
        rows = read_rows(file.batch_folder)
        return Ran(wall, _cpu_s() - before, sum(r.facts.made for r in rows))


def _cpu_s() -> float:
    """Processor time of this process and of the workers that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


@contextmanager
def _two_nodes() -> Iterator[Callable[[], Workers]]:
    from tests.unit.batch.test_ray import TwoNodes
    from vosapp.batch.ray_workers import RayWorkers

    os.environ |= {"PYTHONPATH": str(REPOSITORY), "RAY_USAGE_STATS_ENABLED": "0"}
    nodes = TwoNodes()
    os.environ["RAY_ADDRESS"] = nodes.address
    try:
        yield lambda: RayWorkers("ray", Limits())
    finally:
        nodes.end()
        del os.environ["RAY_ADDRESS"]


def nothing(_task: Task, _task_id: str) -> Ending:
    """A small job: comes back at once."""
    return Failed("nothing to do")


def nothing_on_ray(_task: Task, _task_id: str, _names: object) -> Ending:
    """The same on a node."""
    return Failed("nothing to do")


def _queue() -> list[tuple[str, str]]:
    """10,000 jobs read, entered and handed over; and, for comparison, until all have come back."""
    with tempfile.TemporaryDirectory() as name:
        path = _many(Path(name), MANY)
        begin, spent = time.perf_counter(), time.process_time()
        file = read_job_file(path)
        shots = shots_of(file)
        journal = Journal(Path(name) / "state.sqlite")
        journal.enter((shot.name, ShotFacts(shot.source, str(shot.project))) for shot in shots)
        entered, spent = time.perf_counter() - begin, time.process_time() - spent
        journal.close()
    rows = [(f"{MANY} jobs read, checked and entered", f"{entered:.1f} s, {spent:.1f} s of processor")]
    local = LocalWorkers(Limits(workers=2), nothing)
    rows.append((f"{MANY} small tasks handed to two local workers", _handed_over(local)))
    return rows


def _ray_queue() -> list[tuple[str, str]]:
    """The same on a cluster."""
    from vosapp.batch.ray_workers import RayWorkers

    with _two_nodes():
        handed_over = _handed_over(RayWorkers("ray", Limits(), nothing_on_ray))
    return [(f"{MANY} small tasks handed to Ray on two nodes", handed_over)]


def _handed_over(workers: Workers) -> str:
    task = Survey(Circumstances(), "", (), "auto")
    workers.submit(task, "first").result()  # the workers are there
    begin, spent = time.perf_counter(), time.process_time()
    futures = [workers.submit(task, str(number)) for number in range(MANY)]
    queued, spent = time.perf_counter() - begin, time.process_time() - spent
    for future in futures:
        future.result()
    done = time.perf_counter() - begin
    workers.close(at_once=True)
    return f"{queued:.1f} s until all were queued ({spent:.1f} s of processor), {done:.1f} s until all had come back"


def _many(folder: Path, count: int) -> Path:
    path = folder / "jobs.toml"
    path.write_text("".join(f'[[job]]\nproject = "p{number}.vosapp"\nengine = "flow"\n\n' for number in range(count)))
    return path


_DRIVER = """
import sys
from pathlib import Path
from vosapp.batch.driver import batch_body
from vosapp.batch.job_file import read_job_file
from vosapp.batch.workers import Inline
from vosapp.engine.job import Job
result = Job(batch_body(read_job_file(Path(sys.argv[1])), Inline)).run()
assert result.value is not None, result.error
# not getrusage, which tells a child of a large process of its parent's peak
with open("/proc/self/status") as status:
    print(next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) // 1024)
"""


def _memory() -> list[tuple[str, str]]:
    """The peak of a driver whose workers are itself, for numbers of shots: what grows is the driver's."""
    rows = []
    for count in (4, 16, 64):
        with tempfile.TemporaryDirectory() as name:
            for number in range(count):
                make_shot(Path(name) / f"shot{number}", frames=12, size=SIZE, ahead=number)
            path = Path(name) / "jobs.toml"
            path.write_text(
                '[defaults]\nengine = "flow"\nname = "{parent}"\n'
                '[[job]]\nclip = "shot*/plate.mp4"\nmasks = "{folder}/mask.*.png"\n'
            )
            command = [sys.executable, "-c", _DRIVER, str(path)]
            said = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
        rows.append((f"peak memory of driver and worker in one process, {count} shots of 12 frames", f"{int(said)} MB"))
    return rows


class Timed(Inline):
    """Workers in this process that add up the processor time of pieces, and of all tasks."""

    def __init__(self) -> None:
        self.pieces: list[float] = []
        self.tasks_s = 0.0

    def submit(self, task: Task, task_id: str) -> Future[Ending]:
        begin = time.process_time()
        future = super().submit(task, task_id)
        self.tasks_s += time.process_time() - begin
        if isinstance(task, PieceTask):
            self.pieces.append(time.process_time() - begin)
        return future


def _simulated() -> list[tuple[str, str]]:
    """1000 shots of six pieces, by the model in docs/batch-scaling.md, from what is measured on four shots now."""
    shots, timed = 4, Timed()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for number in range(shots):
            make_shot(root / f"shot{number}", frames=FRAMES, size=SIZE, ahead=number, at=(0, 20, 40, FRAMES - 1))
        begin = time.process_time()
        _run(root, "flow", lambda: timed)
        driver_s = (time.process_time() - begin - timed.tasks_s) / shots
    piece_s = sum(timed.pieces) / len(timed.pieces)
    found = [("simulated: what the driver spends on a shot of 60 frames", f"{1000 * driver_s:.0f} ms of processor")]
    for label, seconds in ((f"pieces of {piece_s:.1f} s as measured", piece_s), ("pieces of 60 s", 60.0)):
        measured = Measured(piece_s=seconds, spread=0.3, driver_s=driver_s, dispatch_s=0.001)
        alone = simulated_seconds(measured, shots=1000, pieces=6, workers=1)
        for workers in (2, 10, 100, 1000):
            took = simulated_seconds(measured, shots=1000, pieces=6, workers=workers)
            what = f"simulated: 1000 shots of 6 pieces, {label}, {workers} workers"
            found.append((what, f"{alone / took:.1f} times one worker"))
    return found
