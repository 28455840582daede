"""Real worker processes: those that hang, need too much memory or die take only their shot along."""

from __future__ import annotations

import itertools
import multiprocessing
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.batches import JOBS, make_shot, masks_of
from tests.unit.batch.poison import act, die
from tests.unit.batch.test_batch import ran
from vosapp.batch.budget import stall_file
from vosapp.batch.job_file import read_job_file
from vosapp.batch.journal import read_rows
from vosapp.batch.local_workers import LocalWorkers
from vosapp.batch.settings import Limits
from vosapp.batch.shot_state import State
from vosapp.batch.tasks import Circumstances, Failed, Survey, Why
from vosapp.batch.workers import Inline

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is capped on Linux alone")


def test_every_poison_ends_its_own_shot_with_its_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    for number, name in enumerate(("shot-deadly", "shot-good", "shot-hangs", "shot-unlucky")):
        make_shot(tmp_path / name, ahead=3 * number)
    make_shot(tmp_path / "shot-hungry", frames=3, size=(1080, 1920))
    path = tmp_path / "jobs.toml"
    path.write_text(JOBS.format(defaults="", limits="", more="", stall_s=300), encoding="utf-8")
    limits = read_job_file(path).limits
    result = ran(path, LocalWorkers(limits, act))  # type: ignore[arg-type]
    rows = {row.name: row for row in read_rows(tmp_path / "jobs.batch")}
    assert {name for name, row in rows.items() if row.state is State.DONE} == {"shot-good", "shot-unlucky"}
    assert (result.done, result.failed) == (2, 3)
    assert "died (exit code -9)" in rows["shot-deadly"].sentence
    assert "No frame was finished for" in rows["shot-hangs"].sentence
    assert "poison.py" in rows["shot-hangs"].facts.detail, "where it hung"
    assert "needs more memory than the" in rows["shot-hungry"].sentence
    assert not list(stall_file("x").parent.glob("vosapp-stall-*.txt"))
    made = masks_of(tmp_path / "shot-unlucky.vosapp")
    (tmp_path / "shot-unlucky.vosapp").unlink()
    for one in (tmp_path / "jobs.batch/pieces").iterdir():
        one.unlink()
    for one in tmp_path.glob("jobs.batch/state.sqlite*"):
        one.unlink()
    for name in ("shot-deadly", "shot-hangs", "shot-hungry", "shot-good"):
        (tmp_path / name / "plate.mp4").rename(tmp_path / name / "away.mp4")
    ran(path, Inline())
    assert masks_of(tmp_path / "shot-unlucky.vosapp") == made, "processes with one thread each give the same bits"


def test_no_task_is_forgotten_whose_worker_dies_as_soon_as_it_has_it(tmp_path: Path) -> None:
    """Also while the driver's own threads are busy, and another worker lives on all the while."""
    stop = threading.Event()
    busy = threading.Thread(target=lambda: all(not stop.is_set() for _ in itertools.count()), daemon=True)
    busy.start()
    workers = LocalWorkers(Limits(workers=2, threads=1), die)  # type: ignore[arg-type]
    ways = ("exit 0", "exit -9", "exit 3", "exit -9", "exit -9", "exit 0")
    try:
        living = workers.submit(_dying(str(tmp_path / "end")), "living")
        dead = [workers.submit(_dying(way), f"dead{number}") for number, way in enumerate(ways)]
        endings = [one.result(timeout=120) for one in dead]
        (tmp_path / "end").touch()
        living.result(timeout=120)
    finally:
        stop.set()
        busy.join()
        workers.close(at_once=True)
    for way, ending in zip(ways, endings, strict=True):
        assert isinstance(ending, Failed)
        assert ending.why is Why.WORKER_LOST
        assert f"died ({way.replace('exit', 'exit code')})" in ending.sentence, "each death is told of its own task"


def test_workers_that_are_ended_at_once_do_not_wait_for_what_they_do(tmp_path: Path) -> None:
    workers = LocalWorkers(Limits(workers=2, threads=1), die)  # type: ignore[arg-type]
    running = [workers.submit(_dying(str(tmp_path / "never")), f"{number}") for number in range(4)]
    while not all((tmp_path / f"never.{number}").exists() for number in range(2)):
        time.sleep(0.01)
    workers.close(at_once=True)
    assert [one.cancelled() for one in running] == [False, False, True, True]
    assert all(isinstance(one.result(), Failed) for one in running[:2])
    assert not multiprocessing.active_children()


def _dying(way: str) -> Survey:
    return Survey(Circumstances(), way, (), "")
