"""The window: what one frame of playback costs its thread in a shot of 10,000 frames, all widgets on the screen."""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median, quantiles

from PySide6.QtCore import QCoreApplication, QEvent

from tests.bench.bench_project import FRAMES, OBJECTS, blob
from tests.clips import make_clip
from vosapp.core import edits
from vosapp.core.document import Document
from vosapp.core.editor import Editor, RunChange
from vosapp.core.settings import Settings
from vosapp.ui.app import make_application
from vosapp.ui.workspace import Workspace
from vosapp.video.clip_ref import clip_ref
from vosapp.video.open import exact_info, open_video
from vosapp.video.source import ClipInfo

NOTE = (
    "Before the window asked in constant time whether a run would write anything, the same command gave"
    " 3.4 ms with one anchor each and 125.7 ms with 400."
)
SIZE = (48, 64)
STEPS = 300


def run() -> list[tuple[str, str]]:
    """Rows for a shot with one anchor and for one with an anchor every 25 frames."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["VOSAPP_DATA_DIR"] = folder
        source = open_video(make_clip(Path(folder) / "long.mp4", frames=FRAMES, size=SIZE))
        info = exact_info(source)
        source.close()
        return [measure(info, FRAMES), measure(info, 25)]


def measure(info: ClipInfo, apart: int) -> tuple[str, str]:
    """One row: milliseconds of the window's thread for a frame of playback."""
    make_application()
    workspace = Workspace(Settings())
    workspace.window.show()
    workspace.session.adopt(filled(info, apart), None, info, saved=False)
    QCoreApplication.processEvents()
    steps = [one_step(workspace, frame) for frame in range(FRAMES // 2, FRAMES // 2 + STEPS)]
    workspace.window.close()
    while workspace.window.isVisible():
        QCoreApplication.processEvents()
    workspace.window.deleteLater()
    workspace.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    anchors = len(range(0, FRAMES, apart))
    what = f"a frame of playback, {FRAMES:,} frames x {OBJECTS} objects, {anchors} anchors each, p50 / p95"
    return what, f"{median(steps):.2f} / {quantiles(steps, n=20)[-1]:.2f} ms of CPU"


def one_step(workspace: Workspace, frame_index: int) -> float:
    """Milliseconds for what the playback timer and the decoder tell the window about one frame."""
    session, own = workspace.session, time.thread_time()
    playback = replace(session.shot.playback, speed=1, measured_rate=24 + frame_index / FRAMES)
    session.set(shot=replace(session.shot, playback=playback, frame_index=frame_index))
    session.set(shot=replace(session.shot, picture_index=frame_index, waiting=False))
    QCoreApplication.processEvents()
    return (time.thread_time() - own) * 1000


def filled(info: ClipInfo, apart: int) -> Editor:
    """A document with masks on every frame: anchors some frames apart, predictions between."""
    editor, mask = Editor(Document(clip_ref(info))), blob(SIZE, 0)
    document = editor.document
    for _ in range(OBJECTS):
        document, _ = edits.add_object(document)
    for one in range(1, OBJECTS + 1):
        for frame in range(0, FRAMES, apart):
            document = edits.stroke(document, editor.store, one, frame, mask)
    editor.apply("paint", document)
    token = editor.begin_run("propagate")
    frames = [frame for frame in range(FRAMES) if frame % apart]
    editor.amend_run(
        token, [RunChange(one, f, mask, 0.1, "flow", (0,)) for one in range(1, OBJECTS + 1) for f in frames]
    )
    editor.end_run(token)
    return editor
