"""The window under the hand: from a dab or a cached frame to the painted viewer, idle and during a run."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from tests.bench.scrubbing import PATIENCE_S, Painted, _now, _press, _since, _until, opened
from tests.clips import make_clip
from vosapp.core.settings import Settings
from vosapp.ui.app import make_application
from vosapp.ui.workspace import Workspace

NOTE = (
    "Measured while other work kept the machine busy. Steps of a single frame with a run each are measured by"
    " `python -m tests.bench.bench_step`. Times on the clock hold for the load that is given;"
    " the thread's own processor time hardly depends on it."
)
PARTS = ("1080p", "2160p")
SIZES = {"1080p": (1080, 1920), "2160p": (2160, 3840)}
FRAMES = 16
TIMES = 40
WINDOW = (1920, 1040)
BEAT_MS = 5
Sample = tuple[float, float]  # seconds on the clock, and of the thread's processor time


class Heartbeat(QObject):
    """Beats in the window's thread and keeps the longest time between two beats."""

    def __init__(self) -> None:
        super().__init__()
        self.longest: Sample = (0.0, 0.0)
        self._last = _now()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        """Begins to count."""
        self._last = _now()
        self._timer.start(BEAT_MS)

    def stop(self) -> None:
        """Ends."""
        self._timer.stop()

    def _beat(self) -> None:
        wall, work = _since(self._last)
        self.longest = max(self.longest[0], wall), max(self.longest[1], work)
        self._last = _now()


def run_part(part: str) -> list[tuple[str, str]]:
    """Rows for one size of picture."""
    with tempfile.TemporaryDirectory() as folder, patch.dict("os.environ", VOSAPP_DATA_DIR=folder):
        application = make_application()
        settings = Settings()
        settings.set("video.find_cuts", False)
        settings.set("engine.follow", False)
        clip = make_clip(Path(folder) / "clip.mp4", frames=FRAMES, size=SIZES[part])
        workspace = opened(application, clip, settings, frames=FRAMES, size=WINDOW)
        rows = _rows(application, workspace, part)
        workspace.window.close()
        _until(application, lambda: not workspace.window.isVisible())
        workspace.window.deleteLater()
        workspace.deleteLater()
    return rows


def _rows(application: QApplication, workspace: Workspace, part: str) -> list[tuple[str, str]]:
    hand = Hand(application, workspace)
    hand.scrub(0)
    hand.dab()  # the first stroke makes the object
    rows = [
        (f"{part}, a dab to the painted viewer, idle, p50 / p95", _figure([hand.dab() for _ in range(TIMES)])),
        (
            f"{part}, a cached frame to the painted viewer, idle, p50 / p95",
            _figure([hand.scrub() for _ in range(TIMES)]),
        ),
    ]
    dabs, frames, beat = _during_runs(application, workspace, hand)
    return [
        *rows,
        (f"{part}, a dab to the painted viewer, during a run, p50 / p95", _figure(dabs)),
        (f"{part}, a cached frame to the painted viewer, during a run, p50 / p95", _figure(frames)),
        (
            f"{part}, the longest the window's thread did not answer during a run (aim 50 ms)",
            f"{beat[0] * 1e3:.0f} ms, of its own processor time {beat[1] * 1e3:.0f} ms",
        ),
    ]


def _during_runs(
    application: QApplication, workspace: Workspace, hand: Hand
) -> tuple[list[Sample], list[Sample], Sample]:
    """Dabs and frames while the clip is propagated with optical flow, again until there are enough of both."""
    runs, dabs, frames = workspace.networks.runs, list[Sample](), list[Sample]()
    runs.choose_engine("flow")
    beat, end = Heartbeat(), time.monotonic() + PATIENCE_S
    while len(dabs) < TIMES and time.monotonic() < end:
        workspace.viewing.playback.go(0)
        _until(application, lambda: workspace.session.shot.picture_index == 0)
        workspace.window.commands["propagate.forward"].trigger()
        _until(application, lambda: workspace.session.shot.run is not None or not runs.is_running)
        beat.start()
        while runs.is_running and len(dabs) < TIMES:
            frames += [hand.scrub(), hand.scrub(FRAMES - 1)]
            dabs.append(hand.dab())
        beat.stop()
        runs.cancel()
        _until(application, lambda: not runs.is_running)
    return dabs, frames, beat.longest


class Hand:
    """Paints and scrubs as a user would, and takes the time until it is seen."""

    def __init__(self, application: QApplication, workspace: Workspace) -> None:
        self._application, self._workspace = application, workspace
        self._canvas, self._timeline = workspace.window.canvas, workspace.window.timeline
        self._painted = Painted(self._canvas.viewport())
        self._random = random.Random(5)

    def dab(self) -> Sample:
        """One dab of the brush at a random place: press, lift, and the viewer painted with the mask."""
        width, height = self._canvas.picture_size
        at = self._canvas.to_view((self._random.uniform(0.2, 0.8) * width, self._random.uniform(0.2, 0.8) * height))
        before, start = self._workspace.session.document, _now()
        self._painted.seen = False
        self._send(QEvent.Type.MouseButtonPress, at, Qt.MouseButton.LeftButton)
        self._send(QEvent.Type.MouseButtonRelease, at, Qt.MouseButton.NoButton)
        self._until(lambda: self._workspace.session.document is not before)
        return _since(start)

    def scrub(self, to: int = -1) -> Sample:
        """A press on the timeline on another frame, by default any, and the viewer painted with it."""
        shot = self._workspace.session.shot
        frame = to if to >= 0 else self._random.choice([one for one in range(FRAMES - 1) if one != shot.picture_index])
        start = _now()
        self._painted.seen = False
        _press(self._timeline, QPointF(self._timeline.scale.middle(frame), 40))
        self._until(lambda: self._workspace.session.shot.picture_index == frame)
        return _since(start)

    def _until(self, is_done: Callable[[], bool]) -> None:
        while not (self._painted.seen and is_done()):
            self._application.processEvents()

    def _send(self, kind: QEvent.Type, at: QPointF, held: Qt.MouseButton) -> None:
        viewport = self._canvas.viewport()
        where = QPointF(viewport.mapToGlobal(at.toPoint()))
        left, no_key = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(viewport, QMouseEvent(kind, at, where, left, held, no_key))


def _figure(samples: list[Sample]) -> str:
    wall, work = np.array(samples).T * 1e3
    walls, works = (np.percentile(one, (50, 95)) for one in (wall, work))
    return f"{walls[0]:.1f} / {walls[1]:.1f} ms, of its thread's processor time {works[0]:.1f} / {works[1]:.1f} ms"
