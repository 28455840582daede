"""Hostile files of every kind, each given to a command with 2 GB of memory and 20 seconds of processor time."""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

from tests.clips import encoded_image, make_clip
from tests.fuzz.mutations import mutated
from tests.shared import REPOSITORY
from tests.unit.core.storage.damage import make_project
from tests.unit.video.test_hostile_pictures import exr, png
from vosapp.video.stills.images import write_png

MEMORY_BYTES, SECONDS = 2 * 2**30, 20
PATIENCE_S = 90  # what waits for ever uses no processor; a busy machine takes a while to give 20 s of one
CANARY = "a file of the user"


def run(count: int) -> int:
    """Gives `count` files to the program; prints the endings and returns how many were neither done nor a sentence."""
    endings: Counter[tuple[str, str]] = Counter()
    slowest = 0.0
    with tempfile.TemporaryDirectory(prefix="vosapp-attack-") as name:
        folder = Path(name)
        sources = _sources(folder)
        for seed in range(count):
            kind = sorted(sources)[seed % len(sources)]
            place = folder / str(seed)
            place.mkdir()
            (place / "diary.txt").write_text(CANARY)
            path = place / f"file{Path(kind).suffix}"
            path.write_bytes(mutated(sources[kind], seed) if seed >= len(sources) else sources[kind])
            if kind == "project.vosapp":
                _companions(path, random.Random(seed))
            begun = time.monotonic()
            ending = _ending(kind, path, folder)
            slowest = max(slowest, time.monotonic() - begun)
            if (place / "diary.txt").read_text() != CANARY:
                ending = "BROKEN: another file was changed"
            if "BROKEN" in ending:
                print(f"{kind} seed {seed}: {ending}", flush=True)
            endings[kind, ending.split(":")[0]] += 1
    for (kind, ending), times in sorted(endings.items()):
        print(f"hostile: {times:4} {kind:16} {ending}")
    print(f"hostile: slowest {slowest:.1f} s")
    return sum(times for (_, ending), times in endings.items() if ending == "BROKEN")


def _sources(folder: Path) -> dict[str, bytes]:
    """Whole files by kind, and some that claim to be enormous."""
    make_clip(folder / "shot.mp4", frames=8, size=(48, 64), indexed=False)
    make_project(folder / "whole.vosapp")
    write_png(folder / "mask.png", np.eye(48, 64, dtype=np.uint8) * 255)
    rgb = np.zeros((48, 64, 3), np.uint8)
    return {
        "clip.mp4": (folder / "shot.mp4").read_bytes(),
        "frame.jpg": encoded_image(rgb, ".jpg"),
        "frame.png": encoded_image(rgb, ".png"),
        "large.exr": exr(),
        "large.png": png(0),
        "mask.png": (folder / "mask.png").read_bytes(),
        "project.vosapp": (folder / "whole.vosapp").read_bytes(),
        "recipe.toml": b'network = "rgmp"\nlike = "x"\n' + b"a = [" * 2000,
        "weights.pth": b"\x80\x02cposix\nsystem\nX\x04\x00\x00\x00true\x85R." * 9,
    }


def _companions(path: Path, chance: random.Random) -> None:
    """Sometimes a lock, log or journal beside a project that leads to a file of the user."""
    suffix = chance.choice(("", "", ".lock", "-wal", "-shm", "-journal"))
    if suffix:
        path.with_name(path.name + suffix).symlink_to(path.with_name("diary.txt"))


def _ending(kind: str, path: Path, folder: Path) -> str:
    words = {
        "mask.png": [
            "propagate",
            folder / "shot.mp4",
            "--mask",
            path,
            "--engine",
            "flow",
            "--out",
            path.parent / "out",
        ],
        "recipe.toml": ["train", path, "--out", path.parent / "run"],
        "weights.pth": ["weights", "import", path],
    }.get(kind, ["info", path])
    limit = _limit_time if words[0] in ("train", "weights") else _limit_both  # torch alone maps more than 2 GB
    try:
        done = subprocess.run(
            [sys.executable, "-m", "vosapp", *map(str, words)],
            cwd=REPOSITORY,
            capture_output=True,
            timeout=PATIENCE_S,
            check=False,
            preexec_fn=limit,
        )
    except subprocess.TimeoutExpired:
        return f"BROKEN: longer than {PATIENCE_S} s"
    if done.returncode == 0:
        return "done"
    said = done.stderr.decode(errors="replace")
    # The libraries of PNG and JPEG may have complained before.
    if done.returncode in (1, 2) and "Traceback" not in said and ("vosapp: " in said or "usage: " in said):
        return "a sentence"
    return f"BROKEN: code {done.returncode}: {said[-300:]}"


def _limit_time() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def _limit_both() -> None:
    _limit_time()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
