"""Kills of workers and drivers of a batch at random moments; each time the batch goes on and the masks are the same."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from tests.batches import make_batch, masks_of
from tests.shared import REPOSITORY
from vosapp.batch.driver import batch_body
from vosapp.batch.job_file import read_job_file
from vosapp.batch.local_workers import LocalWorkers
from vosapp.batch.settings import Limits
from vosapp.engine.job import Job

KILLS_OF_A_BATCH = 5
SHOTS, FRAMES = 8, 16
_WAIT_S = 300.0  # only to end what hangs


def run(count: int) -> int:
    """Kills `count` times, five kills to a batch; prints what happened and returns how many promises broke."""
    found: Counter[str] = Counter()
    seed = 0
    while count > 0:
        with tempfile.TemporaryDirectory(prefix="vosapp-attack-") as name:
            one = batch_with_kills(Path(name), min(count, KILLS_OF_A_BATCH), seed=seed)
        found += one
        print(f"batch {seed}: {dict(one)}", flush=True)
        count -= KILLS_OF_A_BATCH
        seed += 1
    for outcome, times in sorted(found.items()):
        print(f"batch kills: {times:4} {outcome}")
    return sum(times for outcome, times in found.items() if "BROKEN" in outcome)


def batch_with_kills(folder: Path, kills: int, *, seed: int) -> Counter[str]:
    """One batch, killed again and again; then finished, and compared with one that nobody killed."""
    chance = random.Random(seed)
    found: Counter[str] = Counter()
    whole = make_batch(folder / "whole", SHOTS, frames=FRAMES)
    result = Job(batch_body(read_job_file(whole), lambda: LocalWorkers(Limits(workers=2)))).run()
    if result.value is None or result.value.failed:
        return Counter({f"reference BROKEN: {result.error}": 1})
    path = make_batch(folder / "killed", SHOTS, frames=FRAMES, limits="retries = 9")
    pieces = path.with_suffix(".batch") / "pieces"
    words: tuple[str, ...] = (str(path),)
    inodes: dict[str, int] = {}
    process = _start(words)
    for _ in range(kills):
        enough = len(_finished(pieces)) + chance.choice((0, 0, 1, 1))
        _wait(process, pieces, enough)
        time.sleep(chance.uniform(0, 0.2))
        inodes |= {name: inode for name, inode in _finished(pieces).items() if name not in inodes}
        if process.poll() is not None:
            found["the batch was done before"] += 1
            break
        if chance.random() < 0.5 and (workers := _workers_of(process.pid)):
            _kill(chance.choice(workers))
            found["worker killed, the batch went on"] += 1
        else:
            _kill(process.pid)
            process.communicate()
            found["driver killed, the batch was resumed"] += 1
            words = ("resume", str(path))
            process = _start(words)
    _, said = process.communicate(timeout=_WAIT_S)
    if process.returncode != 0:
        found[f"BROKEN: exit code {process.returncode}: {said.decode()[-300:]}"] += 1
        return found
    for number in range(SHOTS):
        name = f"shot{number}.vosapp"
        if masks_of(folder / "killed" / name) != masks_of(folder / "whole" / name):
            found["BROKEN: masks differ"] += 1
    now = _finished(pieces)
    if any(now.get(name) != inode for name, inode in inodes.items()):
        found["BROKEN: a finished piece was made again"] += 1
    return found


def _start(words: tuple[str, ...]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "vosapp", "batch", *words]
    return subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def _finished(pieces: Path) -> dict[str, int]:
    """Finished pieces and which files they are: a piece that is made again is another file."""
    if not pieces.is_dir():
        return {}
    return {one.name: one.stat().st_ino for one in pieces.iterdir() if not one.name.startswith(".")}


def _workers_of(driver: int) -> list[int]:
    """Processes that a driver started, those that keep its books left out."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = status.read_text().rsplit(")", 1)[1].split()
            if int(fields[1]) == driver and b"spawn_main" in (status.parent / "cmdline").read_bytes():
                found.append(int(status.parent.name))
    return found


def _wait(process: subprocess.Popen[bytes], pieces: Path, enough: int) -> None:
    """Until workers run and so many pieces are finished, or the driver has ended."""
    ends = time.monotonic() + _WAIT_S
    while process.poll() is None and time.monotonic() < ends:
        if len(_finished(pieces)) >= enough and _workers_of(process.pid):
            return
        time.sleep(0.02)


def _kill(process_id: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process_id, signal.SIGKILL)
