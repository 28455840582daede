"""A window that scrubs and paints for minutes with a heartbeat, and how much memory it holds, also after closing."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from tests.clips import make_clip
from tests.shared import REPOSITORY

if TYPE_CHECKING:
    from vosapp.ui.workspace import Workspace

BEAT_MS, STALL_MS = 20, 250
LOOK_MS = 30_000
WARM_UP_STEPS = 300  # until the cache of pictures is full, and opening is over, which is measured elsewhere
GROWTH = 0.1
SHOWN_PLACES = 8
_MALLOC_FIELDS = ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks",
                  "keepcost")  # fmt: skip


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


class _MallocFacts(ctypes.Structure):
    """`struct mallinfo2` of the C library."""

    _fields_ = tuple((name, ctypes.c_size_t) for name in _MALLOC_FIELDS)


def malloc_mb() -> tuple[int, int, int]:
    """Of this process's memory what the C library gave out in small blocks, holds back as free, and mapped in large."""
    ask = ctypes.CDLL(None).mallinfo2
    ask.restype = _MallocFacts
    facts = ask()
    return facts.uordblks >> 20, facts.fordblks >> 20, facts.hblkhd >> 20


class Heart:
    """Beats in the window's thread; notes where that thread stands when a beat is late, and who computed meanwhile.

    Attributes:
        stalls: (milliseconds by the clock, by the window's thread, by the whole process) of each late beat.
        places: how often the window's thread was met at a line of the program while a beat was late.
        counts: whether late beats are noted; not before everything is warm.
    """

    def __init__(self) -> None:
        self.stalls: list[tuple[float, float, float]] = []
        self.places: Counter[str] = Counter()
        self._window = threading.get_ident()
        self.counts = False
        self._last = time.monotonic()
        self._thread_s, self._process_s = time.thread_time(), time.process_time()
        threading.Thread(target=self._watch, daemon=True).start()

    def beat(self) -> None:
        """Called every `BEAT_MS` milliseconds by a timer."""
        now, thread_s, process_s = time.monotonic(), time.thread_time(), time.process_time()
        late_ms = (now - self._last) * 1000 - BEAT_MS
        if late_ms > STALL_MS and self.counts:
            own_ms = (thread_s - self._thread_s) * 1000
            self.stalls.append((late_ms, own_ms, (process_s - self._process_s) * 1000))
        self._last, self._thread_s, self._process_s = now, thread_s, process_s

    def _watch(self) -> None:
        while True:
            time.sleep(STALL_MS / 4000)
            if (time.monotonic() - self._last) * 1000 > STALL_MS / 2 and self.counts:
                self.places[self._place()] += 1

    def _place(self) -> str:
        """The innermost line of the program that the window's thread is at."""
        frames = traceback.extract_stack(sys._current_frames()[self._window])
        own = [frame for frame in frames if f"{os.sep}vosapp{os.sep}" in frame.filename]
        frame = own[-1] if own else frames[-1]
        return f"{'/'.join(Path(frame.filename).parts[-3:])}:{frame.lineno} {frame.name}"


class User:
    """Goes to frames and paints.

    Attributes:
        steps: how often.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.steps = 0
        self._workspace = workspace
        self._chance = Random(0)

    def act(self) -> None:
        """One step; nothing while no clip is open."""
        session = self._workspace.session
        clip = session.document.clip
        if clip is None:
            return
        self.steps += 1
        self._workspace.viewing.playback.go(self._chance.randrange(clip.frame_count))
        if self._chance.random() < 0.2:
            self._paint()

    def _paint(self) -> None:
        import numpy as np

        from vosapp.core import edits
        from vosapp.core.mask import Mask

        editor, chance = self._workspace.session.editor, self._chance
        clip = editor.document.clip
        assert clip is not None
        if not editor.document.objects:
            editor.apply("Add object", edits.add_object(editor.document)[0])
        pixels = np.zeros((clip.height, clip.width), np.bool_)
        top, left = chance.randrange(500), chance.randrange(900)
        pixels[top : top + 200, left : left + 300] = True
        frame, one = chance.randrange(clip.frame_count), editor.document.objects[0].id
        editor.apply("Paint", edits.stroke(editor.document, editor.store, one, frame, Mask.from_array(pixels)))


def soak(clip: Path, minutes: float) -> int:
    """Opens a clip, works until the time is over, closes it, and looks at the memory."""
    from PySide6.QtCore import QTimer

    from vosapp.core.allocator import bound_allocator
    from vosapp.core.settings import Settings
    from vosapp.ui.app import make_application
    from vosapp.ui.workspace import Workspace

    bound_allocator()
    Settings().set("memory.frame_cache_mb", 256)
    application = make_application()
    workspace = Workspace()
    workspace.window.show()
    before_mb = resident_mb()
    workspace.files.projects.open_path(clip)
    heart, user = Heart(), User(workspace)
    memory: list[int] = []
    malloc: list[tuple[int, int, int]] = []

    def look() -> None:
        heart.counts = user.steps >= WARM_UP_STEPS
        if not heart.counts:
            return
        if len(memory) < minutes * 60_000 / LOOK_MS + 1:
            memory.append(resident_mb())
            malloc.append(malloc_mb())
        elif workspace.session.document.clip is not None:
            workspace.window.commands["file.close"].trigger()
        else:
            application.quit()

    for interval_ms, slot in ((BEAT_MS, heart.beat), (60, user.act), (LOOK_MS, look)):
        timer = QTimer(application)
        timer.timeout.connect(slot)
        timer.start(interval_ms)
    application.exec()
    broken = _report(minutes, memory, heart, before_mb)
    print(f"soak: {user.steps} steps; the C library's small blocks, free ones and large ones in MB: {malloc}")
    sys.stdout.flush()
    os._exit(broken)


def _report(minutes: float, memory: list[int], heart: Heart, before_mb: int) -> int:
    """Prints what was found; 1 when memory grew, or did not come back after closing."""
    growth = memory[-1] / memory[min(2, len(memory) - 1)] - 1 if memory else 0.0
    after_mb, most_mb = resident_mb(), max(memory, default=0)
    came_back = after_mb - before_mb < (most_mb - before_mb) / 2
    print(f"soak: {minutes:g} minutes, memory each half minute {memory} MB, from minute 1 on {growth:+.0%}")
    print(f"soak: {before_mb} MB before the clip was opened, {after_mb} MB half a minute after it was closed")
    own = sum(1 for _, thread_ms, _ in heart.stalls if thread_ms > STALL_MS / 2)
    busy = sum(1 for late_ms, _, process_ms in heart.stalls if process_ms > late_ms / 2)
    longest = max((late_ms for late_ms, _, _ in heart.stalls), default=0)
    print(
        f"soak: {len(heart.stalls)} stalls over {STALL_MS} ms, the longest {longest:.0f} ms; in {own} the window's "
        f"thread computed itself, in {busy} the process had the processor for half of the time or more"
    )
    for place, times in heart.places.most_common(SHOWN_PLACES):
        print(f"soak: {times:5} looks at {place}")
    return 1 if growth > GROWTH or not came_back else 0


if __name__ == "__main__":
    sys.exit(soak(Path(sys.argv[1]), float(sys.argv[2])))
