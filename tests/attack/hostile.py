"""Hostile files of every kind, each given to a command with 2 GB of memory and 20 seconds of processor time.

A command runs in a process of its own that begins where its imports end, so that hundreds take minutes.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.attack.hostile_files import CANARY, Kind, kinds
from tests.fuzz.mutations import mutated
from vosapp.core.errors import UserError

MEMORY_BYTES, SECONDS = 2 * 2**30, 20
PATIENCE_S = 120  # what waits for ever uses no processor; a busy machine takes a while to give 20 s of one
POLL_S = 0.02
_MODULES = ("info", "propagate", "export", "matte", "evaluate")
_FAULT = ("Traceback", "Something went wrong in the program")
_MAX_MEMORY_MB = 1024  # of a file that is refused


@dataclass(frozen=True, slots=True)
class Ending:
    """How a command ended: in a word, with its highest memory and the processor time it took."""

    word: str
    peak_mb: int
    seconds: float


def run(count: int) -> int:
    """Gives `count` files to the program; prints the endings and returns how many were neither done nor a sentence."""
    endings: Counter[tuple[str, str]] = Counter()
    slowest, largest = Ending("", 0, 0.0), Ending("", 0, 0.0)
    with tempfile.TemporaryDirectory(prefix="vosapp-attack-") as name:
        folder = Path(name)
        os.environ["VOSAPP_DATA_DIR"] = str(folder / "data")
        chosen = kinds(folder)
        # torch maps more than 2 GB, so it is loaded when everything else is done
        for learns in (False, True):
            _load("torch", "vosapp.cli.train", "vosapp.cli.weights") if learns else _load(*_command_modules())
            for seed in range(count):
                kind = chosen[seed % len(chosen)]
                if kind.learns != learns:
                    continue
                ending = _attack(kind, seed, folder / str(seed), is_first=seed < len(chosen))
                slowest = max(slowest, ending, key=lambda one: one.seconds)
                largest = max(largest, ending, key=lambda one: 0 if kind.learns else one.peak_mb)
                endings[kind.name, ending.word.split(":")[0]] += 1
                if "BROKEN" in ending.word:
                    print(f"{kind.name} seed {seed}: {ending.word}", flush=True)
    for (kind_name, word), times in sorted(endings.items()):
        print(f"hostile: {times:4} {kind_name:18} {word}")
    print(f"hostile: at most {slowest.seconds:.1f} s of processor time, {largest.peak_mb} MB of memory without torch")
    return sum(times for (_, word), times in endings.items() if word == "BROKEN")


def _command_modules() -> list[str]:
    return [*(f"vosapp.cli.{name}" for name in _MODULES), "vosapp.video.sequence", "vosapp.video.av.file_source",
            "vosapp.core.project", "vosapp.export.export_job", "vosapp.engine.run.propagation_job"]  # fmt: skip


def _load(*names: str) -> None:
    for name in names:
        importlib.import_module(name)


def _attack(kind: Kind, seed: int, place: Path, *, is_first: bool) -> Ending:
    """Gives one file to its command, beside a file of the user that must stay as it is."""
    place.mkdir()
    (place / "diary.txt").write_text(CANARY)
    path = place / kind.file_name
    path.write_bytes(kind.content if is_first else mutated(kind.content, seed))
    if path.suffix == ".vosapp":
        _companions(path, random.Random(seed))
    if path.name == "manifest.json":
        (place / "own.png").write_bytes(CANARY.encode())
    ending = _ending([str(word) for word in kind.words(path)], place, limits_memory=not kind.learns)
    spoilt = (place / "diary.txt").read_text() != CANARY
    if path.name == "manifest.json":
        spoilt = spoilt or (is_foreign(path) and (place / "own.png").read_bytes() != CANARY.encode())
    return Ending("BROKEN: another file was changed", ending.peak_mb, ending.seconds) if spoilt else ending


def is_foreign(manifest: Path) -> bool:
    """Whether a manifest does not say of itself that vosapp wrote it."""
    try:
        said = json.loads(manifest.read_text())
    except ValueError:
        return True
    return not isinstance(said, dict) or said.get("kind") != "vosapp export"


def _companions(path: Path, chance: random.Random) -> None:
    """Sometimes a lock, log or journal beside a project that leads to a file of the user."""
    suffix = chance.choice(("", "", ".lock", "-wal", "-shm", "-journal"))
    if suffix:
        path.with_name(path.name + suffix).symlink_to(path.with_name("diary.txt"))


def _ending(words: list[str], place: Path, *, limits_memory: bool) -> Ending:
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        _be_the_command(words, place, limits_memory)
    deadline = time.monotonic() + PATIENCE_S
    while True:
        found, status, used = os.wait4(child, os.WNOHANG)
        if found:
            break
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
            _, status, used = os.wait4(child, 0)
            return Ending(f"BROKEN: longer than {PATIENCE_S} s", used.ru_maxrss // 1024, used.ru_utime)
        time.sleep(POLL_S)
    peak_mb, seconds = used.ru_maxrss // 1024, used.ru_utime + used.ru_stime
    said = (place / "said.txt").read_text(errors="replace")
    code = os.waitstatus_to_exitcode(status)
    if code == 0:
        return Ending("done", peak_mb, seconds)
    is_sentence = code in (1, 2) and not any(fault in said for fault in _FAULT)
    # The libraries of PNG and JPEG may have complained before.
    if is_sentence and ("vosapp: " in said or "usage: " in said):
        too_large = limits_memory and peak_mb > _MAX_MEMORY_MB
        return Ending(f"BROKEN: {peak_mb} MB before it was refused" if too_large else "a sentence", peak_mb, seconds)
    return Ending(f"BROKEN: code {code}: {said[-300:]}", peak_mb, seconds)


def _be_the_command(words: list[str], place: Path, limits_memory: bool) -> None:
    """Becomes a command that says everything to a file. Never returns."""
    code = 70
    try:
        said = os.open(place / "said.txt", os.O_WRONLY | os.O_CREAT)
        for stream in (1, 2):
            os.dup2(said, stream)
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        if limits_memory:
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        from vosapp.__main__ import main

        code = main(words)
        sys.stdout.flush()
        sys.stderr.flush()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the process ends here, and says of what
        code = error.code if isinstance(error, SystemExit) and isinstance(error.code, int) else 70
        if not isinstance(error, (SystemExit, UserError)):
            traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)
