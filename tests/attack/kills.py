"""Kills at random moments of propagate, export, save and close, each followed by the same command or an opening."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from itertools import islice
from pathlib import Path

import numpy as np

from tests.clips import make_clip
from tests.shared import REPOSITORY
from tests.unit.core.storage.crash_child import new_editor, state_of, work
from vosapp.core.project import Project
from vosapp.video.stills.images import write_png

SIZE, FRAMES = (96, 160), 30


def run(count: int) -> int:
    """Kills `count` processes in turn of four kinds; prints what happened and returns how many promises broke."""
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="vosapp-attack-") as name:
        clip, mask = _material(Path(name))
        for seed in range(count):
            folder = Path(name) / str(seed)
            folder.mkdir()
            chance = random.Random(seed)
            if seed % 4 == 0:
                outcome = _killed_propagate(folder, clip, mask, chance)
            elif seed % 4 == 1:
                outcome = _killed_export(folder, clip, mask, chance)
            else:
                outcome = _killed_work(folder, seed, chance)
            found[outcome] += 1
            if "BROKEN" in outcome:
                print(f"seed {seed}: {outcome}", flush=True)
    for outcome, times in sorted(found.items()):
        print(f"kills: {times:4} {outcome}")
    return sum(times for outcome, times in found.items() if "BROKEN" in outcome)


def _material(folder: Path) -> tuple[Path, Path]:
    clip = make_clip(folder / "shot.mp4", frames=FRAMES, size=SIZE, indexed=False)
    square = np.zeros(SIZE, np.uint8)
    square[30:60, 40:80] = 255
    write_png(folder / "mask.png", square)
    return clip, folder / "mask.png"


def _start(*words: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", *map(str, words)]
    return subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def _kill_after(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether the process was still running when it was killed."""
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return True
    return False


def _ends_well(*words: object) -> str:
    """What the command said when it failed, "" when it did not."""
    with _start(*words) as process:
        _, said = process.communicate(timeout=300)
        return "" if process.returncode == 0 else said.decode()


def _killed_propagate(folder: Path, clip: Path, mask: Path, chance: random.Random) -> str:
    words = ["vosapp", "propagate", clip, "--mask", mask, "--at", 0, "--engine", "flow"]
    words += ["--project", folder / "p.vosapp", "--out", folder / "out"]
    was_killed = _kill_after(_start(*words), chance.uniform(0.3, 4))
    said = _ends_well(*words)
    if said:
        return f"propagate BROKEN: {said[-200:]}"
    written = len(list((folder / "out").glob("*.png")))
    if written != FRAMES:
        return f"propagate BROKEN: {written} masks"
    return "propagate killed, the same command finished" if was_killed else "propagate was done before"


def _killed_export(folder: Path, clip: Path, mask: Path, chance: random.Random) -> str:
    project = folder / "p.vosapp"
    made = ["vosapp", "propagate", clip, "--mask", mask, "--engine", "flow"]
    said = _ends_well(*made, "--project", project, "--out", folder / "made")
    before = project.read_bytes()
    words = ["vosapp", "export", project, "--format", "png", "--out", folder / "out"]
    was_killed = _kill_after(_start(*words), chance.uniform(0.3, 2.5))
    said = said or _ends_well(*words)
    if said:
        return f"export BROKEN: {said[-200:]}"
    if project.read_bytes() != before:
        return "export BROKEN: it changed the project"
    return "export killed, the same command finished" if was_killed else "export was done before"


def _killed_work(folder: Path, seed: int, chance: random.Random) -> str:
    """Strokes, runs, saves, copies and compactions, killed; what was acknowledged must be there."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.unit.core.storage.crash_child", str(folder / "0.vosapp"), str(seed)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    time.sleep(chance.uniform(0, 2))
    process.kill()
    lines = [line for line in (first + process.stdout.read()).split("\n")[:-1] if line]
    process.stdout.close()
    process.wait()
    acknowledged = max((int(line.split()[1]) for line in lines if line.startswith("ack")), default=0)
    done = max((int(line.split()[1]) for line in lines if line.startswith("did")), default=0)
    files = [Path(line.split(maxsplit=1)[1]) for line in lines if line.startswith("file")]
    editor = new_editor()
    states = [state_of(editor), *(state_of(editor) for _ in islice(work(editor, random.Random(seed)), done + 1))]
    project = Project.open(files[-1])
    found, reason = state_of(project.editor), project.read_only_reason
    project.close()
    if reason or found not in states[acknowledged:]:
        return f"save and close BROKEN: {reason or 'acknowledged work is missing'}"
    return "save and close killed, everything acknowledged was there"
