"""Scrubbing in the real window, against a bare pyqtgraph view that is given the same pictures in turn."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from vosapp.core import edits
from vosapp.core.mask import Mask
from vosapp.core.settings import Settings
from vosapp.ui.app import make_application
from vosapp.ui.workspace import Workspace

FRAMES = 48
SCRUBS = 120
ROUNDS = 3
WINDOW = (1440, 900)
PATIENCE_S = 120
Times = NDArray[np.float64]  # (n, 2): seconds on the clock and of this thread's processor time


class Painted(QObject):
    """Notes that a widget was painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.seen = False
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        self.seen = self.seen or event.type() == QEvent.Type.Paint
        return super().eventFilter(watched, event)


def scrub_rows(clip: Path) -> list[tuple[str, str]]:
    """Request to painted viewer, p95 of the best round of each scrub, without and with a mask on every frame."""
    with tempfile.TemporaryDirectory() as folder, patch.dict("os.environ", VOSAPP_DATA_DIR=folder):
        application = make_application()
        order = random.Random(5).choices(range(FRAMES), k=SCRUBS)
        workspace = opened(application, clip, Settings(), frames=FRAMES, size=WINDOW)
        bare_view, bare_show = _bare_view(workspace)
        ours = _best(lambda: _scrub(application, workspace, order))
        bare = _best(lambda: _show(application, bare_view, bare_show, order))
        _mask_every_frame(workspace)
        masked = _best(lambda: _scrub(application, workspace, order))
        bare_view.close()
        workspace.window.close()
        _until(application, lambda: not workspace.window.isVisible())
    return [
        ("1080p, scrubbing inside the cache, request to painted viewer, p95 (aim 16.7 ms)", _figure(ours)),
        ("the same with a mask on every frame", _figure(masked)),
        ("the same picture given to a bare, smoothly scaling pyqtgraph view of that size, p95", _figure(bare)),
    ]


def _figure(times: Times) -> str:
    wall, work = (float(np.percentile(column, 95)) * 1e3 for column in times.T)
    return f"{wall:.1f} ms, of its thread's processor time {work:.1f} ms"


def opened(
    application: QApplication, clip: Path, settings: Settings, *, frames: int, size: tuple[int, int]
) -> Workspace:
    """A window of a size whose cache holds the first frames of the clip."""
    workspace = Workspace(settings)
    workspace.window.resize(*size)
    workspace.window.show()
    workspace.files.projects.open_path(clip)
    _until(application, lambda: workspace.session.shot.picture_index == 0)
    for frame in range(frames):
        workspace.viewing.playback.go(frame)
        _until(application, lambda at=frame: workspace.session.shot.picture_index == at)  # type: ignore[misc]
    return workspace


def _bare_view(workspace: Workspace) -> tuple[pg.GraphicsView, Callable[[int], None]]:
    canvas = workspace.window.canvas
    view = pg.GraphicsView(useOpenGL=False)
    view.resize(canvas.size())
    view.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    item = pg.ImageItem(axisOrder="row-major")
    view.addItem(item)
    cache = workspace.viewing.pictures._cache
    assert cache is not None
    pictures = {frame: cache.get(frame) for frame in range(FRAMES)}

    def show(frame: int) -> None:
        item.setImage(pictures[frame], autoLevels=False)

    show(0)
    view.setRange(item.boundingRect(), padding=0)
    view.show()
    return view, show


def _mask_every_frame(workspace: Workspace) -> None:
    editor = workspace.session.editor
    clip = editor.document.clip
    assert clip is not None
    document, object_id = edits.add_object(editor.document)
    rows, columns = np.ogrid[: clip.height, : clip.width]
    for frame in range(FRAMES):
        disc = (columns - clip.width / 3 - 8 * frame) ** 2 + (rows - clip.height / 2) ** 2 < (clip.height / 4) ** 2
        mask = Mask.from_array(disc)
        if frame == 0:
            document = edits.set_mask(document, editor.store, object_id, frame, mask)
        else:
            document = edits.predict(
                document, editor.store, object_id, frame, mask, engine="flow", sources=(0,), doubt=0.1
            )
    editor.apply("masks", document)


def _scrub(application: QApplication, workspace: Workspace, order: list[int]) -> list[tuple[float, float]]:
    timeline, view = workspace.window.timeline, workspace.session
    painted = Painted(workspace.window.canvas.viewport())
    times = []
    for frame in order:
        at = QPointF(timeline.scale.middle(frame), 40)
        if view.shot.picture_index == frame:
            times.append((0.0, 0.0))
            continue
        painted.seen = False
        start = _now()
        _press(timeline, at)
        while not (painted.seen and view.shot.picture_index == frame):
            application.processEvents()
        times.append(_since(start))
    painted.deleteLater()
    return times


def _show(
    application: QApplication, view: pg.GraphicsView, show: Callable[[int], None], order: list[int]
) -> list[tuple[float, float]]:
    painted = Painted(view.viewport())
    times = []
    for frame in order:
        painted.seen = False
        start = _now()
        show(frame)
        while not painted.seen:
            application.processEvents()
        times.append(_since(start))
    painted.deleteLater()
    return times


def _press(widget: QWidget, at: QPointF) -> None:
    left, no_key = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    where = QPointF(widget.mapToGlobal(at.toPoint()))
    for kind, held in ((QEvent.Type.MouseButtonPress, left), (QEvent.Type.MouseButtonRelease, Qt.MouseButton.NoButton)):
        QApplication.sendEvent(widget, QMouseEvent(kind, at, where, left, held, no_key))


def _best(measure: Callable[[], list[tuple[float, float]]]) -> Times:
    """Each scrub's best round, so that other work on the machine weighs little; standing still does not count."""
    times = np.min([measure() for _ in range(ROUNDS)], axis=0)
    return times[times[:, 0] > 0]


def _now() -> tuple[float, float]:
    """The time, and the processor time of this thread."""
    return time.perf_counter(), time.thread_time()


def _since(start: tuple[float, float]) -> tuple[float, float]:
    return time.perf_counter() - start[0], time.thread_time() - start[1]


def _until(application: QApplication, condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        application.processEvents()
        if time.monotonic() > end:
            raise TimeoutError("the window did not get there")
