"""A window that scrubs and paints for minutes with a heartbeat, and how much memory it holds after each."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.clips import make_clip
from tests.shared import REPOSITORY

BEAT_MS, STALL_MS = 20, 250


def run(minutes: float) -> int:
    """Soaks a window in a process of its own; prints memory and stalls, and returns 1 when memory grew by over 10 %."""
    with tempfile.TemporaryDirectory(prefix="vosapp-attack-") as name:
        clip = make_clip(Path(name) / "shot.mp4", frames=300, size=(720, 1280), indexed=False)
        environment = {**os.environ, "VOSAPP_DATA_DIR": f"{name}/data", "QT_QPA_PLATFORM": "offscreen"}
        command = [sys.executable, "-m", "tests.attack.soak", str(clip), str(minutes)]
        done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    print(done.stdout.rstrip())
    if done.returncode:
        print(done.stderr[-2000:])
    return done.returncode


def resident_mb() -> int:
    """Memory of this process."""
    with Path("/proc/self/status").open(encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) // 1024


def soak(clip: Path, minutes: float) -> int:
    """Opens a clip and works until the time is over."""
    import random
    import time

    from PySide6.QtCore import QTimer

    from vosapp.core import edits
    from vosapp.core.allocator import bound_allocator
    from vosapp.core.mask import Mask
    from vosapp.core.settings import Settings
    from vosapp.ui.app import make_application
    from vosapp.ui.workspace import Workspace

    bound_allocator()
    Settings().set("memory.frame_cache_mb", 256)
    application = make_application()
    workspace = Workspace()
    workspace.window.show()
    workspace.files.projects.open_path(clip)
    chance, begun = random.Random(0), time.monotonic()
    beats: list[float] = [begun]
    stalls: list[float] = []
    memory: list[int] = []

    def beat() -> None:
        now = time.monotonic()
        gap_ms = (now - beats[0]) * 1000 - BEAT_MS
        beats[0] = now
        if gap_ms > STALL_MS and now - begun > 20:  # opening is measured elsewhere
            stalls.append(gap_ms)

    def act() -> None:
        document = workspace.session.document
        if document.clip is None:
            return
        workspace.viewing.playback.go(chance.randrange(document.clip.frame_count))
        if chance.random() < 0.2:
            editor = workspace.session.editor
            if not document.objects:
                editor.apply("Add object", edits.add_object(document)[0])
            import numpy as np

            pixels = np.zeros((document.clip.height, document.clip.width), np.bool_)
            top, left = chance.randrange(500), chance.randrange(900)
            pixels[top : top + 200, left : left + 300] = True
            stroke = edits.stroke(
                editor.document, editor.store, editor.document.objects[0].id, chance.randrange(300),
                Mask.from_array(pixels),
            )  # fmt: skip
            editor.apply("Paint", stroke)

    def look() -> None:
        memory.append(resident_mb())
        if (time.monotonic() - begun) / 60 >= minutes:
            application.quit()

    for interval_ms, slot in ((BEAT_MS, beat), (60, act), (30_000, look)):
        timer = QTimer(application)
        timer.timeout.connect(slot)
        timer.start(interval_ms)
    application.exec()
    growth = memory[-1] / memory[1] - 1 if len(memory) > 2 else 0.0
    print(f"soak: {minutes:g} minutes, memory each half minute {memory} MB, from minute 1 on {growth:+.0%}")
    print(f"soak: {len(stalls)} stalls over {STALL_MS} ms, the longest {max(stalls, default=0):.0f} ms")
    sys.stdout.flush()
    os._exit(1 if growth > 0.1 else 0)


if __name__ == "__main__":
    sys.exit(soak(Path(sys.argv[1]), float(sys.argv[2])))
