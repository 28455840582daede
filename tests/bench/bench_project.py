"""Projects: what a stroke costs the window, how fast a long project opens and undoes a run, what masks weigh."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from statistics import median, quantiles

import numpy as np
from numpy.typing import NDArray

from vosapp.core import edits
from vosapp.core.document import ClipRef, Document
from vosapp.core.editor import Editor, RunChange
from vosapp.core.mask import Mask
from vosapp.core.project import Project
from vosapp.core.storage.checking import check_masks
from vosapp.presentation.display import resolve
from vosapp.presentation.timeline.lanes import CoverageCache
from vosapp.presentation.view_state import ViewState

FRAMES, OBJECTS = 10_000, 5
SMALL = (96, 128)  # the long project is about counts, so its pictures are small
HD = (1080, 1920)


def blob(shape: tuple[int, int], phase: float) -> Mask:
    """A mask with a wavy outline, about an eighth of the picture, that differs with the phase."""
    height, width = shape
    y, x = np.ogrid[:height, :width]
    across, down = (x - width * (0.5 + 0.2 * np.sin(phase))) / height, (y - height * 0.5) / height
    angle = np.arctan2(down, across)
    radius = 0.22 + 0.03 * np.sin(7 * angle + phase) + 0.01 * np.sin(31 * angle - 3 * phase)
    return Mask.from_array(np.hypot(across, down) < radius)


def numbered(shapes: list[NDArray[np.bool_]], one: int, frame: int) -> Mask:
    """A mask like no other: one of some shapes, with a number in its corner."""
    array = shapes[(frame + one * 7) % len(shapes)].copy()
    array[0, :20] = [(frame * OBJECTS + one) >> bit & 1 for bit in range(20)]
    return Mask.from_array(array)


def milliseconds(work: Callable[[], object]) -> float:
    """How long some work takes."""
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1000


def document(shape: tuple[int, int], frames: int) -> Document:
    """A document with a clip and no objects."""
    return Document(ClipRef("shot.mov", *shape, frames, Fraction(24)))


def long_project(path: Path) -> Project:
    """A project of 10,000 frames with 5 objects, each with one anchor and a run over the whole clip."""
    made = document(SMALL, FRAMES)
    for _ in range(OBJECTS):
        made, _ = edits.add_object(made)
    editor = Editor(made)
    project = Project.create(path, editor)
    for one in range(1, OBJECTS + 1):
        mask = blob(SMALL, one)
        editor.apply("Paint", edits.stroke(editor.document, editor.store, one, 0, mask))
    shapes = [blob(SMALL, step / 10).array() for step in range(64)]
    token = editor.begin_run("Propagate")
    for first in range(1, FRAMES, 50):
        frames = range(first, min(first + 50, FRAMES))
        editor.amend_run(
            token,
            [
                RunChange(one, frame, numbered(shapes, one, frame), 0.125, "flow", (0,))
                for frame in frames
                for one in range(1, OBJECTS + 1)
            ],
        )
    editor.end_run(token)
    project.flush()
    return project


def measure_long(folder: Path) -> list[tuple[str, str]]:
    """Opening, undoing and redoing the long project."""
    path = folder / "long.vosapp"
    begin = time.perf_counter()
    project = long_project(path)
    built = time.perf_counter() - begin
    undo, redo = milliseconds(project.editor.undo), milliseconds(project.editor.redo)
    commit = milliseconds(project.flush)
    screen = measure_screen(project.editor)
    project.close()
    size = path.stat().st_size
    opens, own, fresh_undos = [], [], []
    for _ in range(5):
        begin, cpu = time.perf_counter(), time.process_time()
        project = Project.open(path)
        opens.append((time.perf_counter() - begin) * 1000)
        own.append((time.process_time() - cpu) * 1000)
        fresh_undos.append(milliseconds(project.editor.undo))
        project.editor.redo()
        project.close()
    compaction = milliseconds(lambda: _compact(path))
    moving = measure_moving(path)
    checked = milliseconds(lambda: check_masks(path, lambda _done, _total: None))
    masks = FRAMES * OBJECTS
    return [
        (f"{FRAMES:,} frames x {OBJECTS} objects: built and committed", f"{built:.0f} s"),
        ("opened (aim: under 1 s)", f"{median(opens):.0f} ms, {median(own):.0f} ms of CPU"),
        ("a run over all of it undone (aim: under 100 ms)", f"{undo:.1f} ms"),
        ("the same run redone", f"{redo:.1f} ms"),
        ("the same run undone first thing after opening", f"{median(fresh_undos):.1f} ms"),
        ("undo and redo of it committed, in the background", f"{commit:.0f} ms"),
        ("what the screen shows of it worked out after a stroke, p50 / p95", screen),
        ("compacted", f"{compaction / 1000:.1f} s"),
        *moving,
        ("every mask of it checked, without the pauses that the window makes", f"{checked / 1000:.1f} s"),
        (f"size on disk, masks of {SMALL[1]}x{SMALL[0]}", f"{size / 2**20:.1f} MiB, {size / masks:.0f} bytes a mask"),
    ]


def measure_moving(path: Path) -> list[tuple[str, str]]:
    """Save As in a thread, and what strokes made meanwhile cost their own thread."""
    project = Project.open(path)
    copy = project.begin_copy(path.with_name("moved.vosapp"))
    thread = threading.Thread(target=copy.write)
    areas = [blob(SMALL, 0.1 * step) for step in range(40)]
    times: list[tuple[float, float]] = []
    begin = time.perf_counter()
    thread.start()
    while thread.is_alive():
        clock, own = time.perf_counter(), time.thread_time()
        _stroke(project.editor, 0, areas[len(times) % len(areas)])
        times.append(((time.perf_counter() - clock) * 1000, (time.thread_time() - own) * 1000))
        thread.join(0.02)
    written = time.perf_counter() - begin
    clock = time.perf_counter()
    close_before = project.go_on_in(copy)
    taken_over = (time.perf_counter() - clock) * 1000
    close_before()
    project.close()
    return [
        ("saved as another file in the background while it is worked on", f"{written:.1f} s"),
        (f"a stroke meanwhile, p50 / p95 of {len(times)}", _percentiles(times)),
        ("going on in the new file", f"{taken_over:.1f} ms"),
    ]


def measure_screen(editor: Editor) -> str:
    """What it takes to work out anew what the screen shows, after each of some strokes."""
    cache, state, times = CoverageCache(), ViewState(), []
    resolve(editor.document, state, cache)
    for step in range(20):
        _stroke(editor, FRAMES // 2 + step, blob(SMALL, 0.1 * step))
        clock, own = time.perf_counter(), time.thread_time()
        resolve(editor.document, state, cache)
        times.append(((time.perf_counter() - clock) * 1000, (time.thread_time() - own) * 1000))
    for _ in range(20):
        editor.undo()
    return _percentiles(times)


def _compact(path: Path) -> None:
    project = Project.open(path)
    project.compact()
    project.close()


def measure_strokes(folder: Path, frames: int) -> list[tuple[str, str]]:
    """What a stroke costs the thread of the window, on a shot of so many frames."""
    editor = Editor(edits.add_object(document(HD, frames))[0])
    project = Project.create(folder / f"strokes{frames}.vosapp", editor)
    mask = blob(HD, 0)
    editor.apply("Paint", edits.stroke(editor.document, editor.store, 1, 0, mask))
    token = editor.begin_run("Propagate")
    editor.amend_run(token, [RunChange(1, frame, mask, 0.125, "flow", (0,)) for frame in range(1, frames)])
    editor.end_run(token)
    project.flush()
    areas = [blob(HD, 0.1 * step) for step in range(40)]
    first = _strokes(project, 0, areas[-1:])
    on_anchor = _strokes(project, 0, areas)
    on_prediction = _strokes(project, frames // 2, areas)
    acknowledged = []
    for area in areas[:10]:
        _stroke(editor, frames // 3, area)
        acknowledged.append(milliseconds(project.flush))
    project.close()
    name = f"stroke on 1080p, {frames:,} frames"
    return [
        (
            f"{name}: first on the anchor of all, which makes them stale",
            f"{first[0][0]:.1f} ms, {first[0][1]:.1f} of CPU",
        ),
        (f"{name}: on an anchor, p50 / p95", _percentiles(on_anchor)),
        (f"{name}: on a prediction, p50 / p95", _percentiles(on_prediction)),
        (f"{name}: until it is on disk, p50", f"{median(acknowledged):.1f} ms"),
    ]


def _strokes(project: Project, frame: int, areas: list[Mask]) -> list[tuple[float, float]]:
    """(milliseconds on the clock, of the thread's own computing) of each stroke; each is saved before the next."""
    times = []
    for area in areas:
        project.flush()
        clock, own = time.perf_counter(), time.thread_time()
        _stroke(project.editor, frame, area)
        times.append(((time.perf_counter() - clock) * 1000, (time.thread_time() - own) * 1000))
    return times


def _stroke(editor: Editor, frame: int, area: Mask) -> None:
    editor.apply("Paint", edits.stroke(editor.document, editor.store, 1, frame, area))


def _percentiles(times: list[tuple[float, float]]) -> str:
    clock, own = ([time[side] for time in times] for side in (0, 1))
    return (
        f"{median(clock):.1f} / {quantiles(clock, n=20)[-1]:.1f} ms,"
        f" of CPU {median(own):.1f} / {quantiles(own, n=20)[-1]:.1f} ms"
    )


def measure_masks() -> list[tuple[str, str]]:
    """What one mask weighs and costs."""
    rows = []
    for name, shape in (("480p", (480, 854)), ("1080p", HD), ("2160p", (2160, 3840))):
        mask = blob(shape, 1)
        array = mask.array()
        pack = median(milliseconds(lambda array=array: Mask.from_array(array)) for _ in range(20))
        unpack = median(milliseconds(mask.array) for _ in range(20))
        rows.append((f"mask of {name}", f"{len(mask.data):,} bytes, packed {pack:.2f} ms, unpacked {unpack:.2f} ms"))
    return rows


def run() -> list[tuple[str, str]]:
    """All rows."""
    with tempfile.TemporaryDirectory() as folder:
        return [
            *measure_masks(),
            *measure_strokes(Path(folder), 100),
            *measure_strokes(Path(folder), FRAMES),
            *measure_long(Path(folder)),
        ]
