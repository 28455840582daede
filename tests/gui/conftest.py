"""The window under test: real widgets and controllers, an offscreen screen, a propagator that shifts masks."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent, QThread, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from tests.clips import make_clip
from tests.gui.fakes import ShiftPropagator
from tests.gui.window_driver import PATIENCE_MS, Answers, WindowDriver
from vosapp.core.settings import Settings
from vosapp.engine.run.propagation_job import propagation_body
from vosapp.ui.app import make_application
from vosapp.ui.controllers.networks.runs import MakeBody
from vosapp.ui.workspace import Workspace

FRAMES = 12
SIZE = (96, 160)  # height, width


@pytest.fixture(scope="session")
def clip_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of 12 frames, 160 x 96, with the frame's index as a bar code."""
    return make_clip(tmp_path_factory.mktemp("clips") / "shot.mp4", frames=FRAMES, size=SIZE)


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings, recent files and unsaved work of a test are its own."""
    folder = tmp_path / "data"
    monkeypatch.setenv("VOSAPP_DATA_DIR", str(folder))
    return folder


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no drive that hangs: what is stopped has the time it needs, and messages stay as long."""
    monkeypatch.setattr("vosapp.presentation.shutdown_deadline.CLOSING_S", PATIENCE_MS / 1000)
    monkeypatch.setattr("vosapp.ui.jobs.io_queue.ANSWER_MS", PATIENCE_MS)
    monkeypatch.setattr("vosapp.ui.jobs.sleep_blocker.PROGRAM", "no-such-program")  # tests keep no computer awake
    monkeypatch.setattr("vosapp.ui.panels.notice.SHOWN_MS", 10 * PATIENCE_MS)
    monkeypatch.setattr("vosapp.ui.panels.notice.OFFERED_MS", 10 * PATIENCE_MS)


@pytest.fixture(autouse=True)
def no_leaks(qapp: QApplication) -> Iterator[None]:
    """Fails a test that leaves a window, a thread or a running timer behind."""
    make_application()
    widgets = set(qapp.topLevelWidgets())
    threads = set(threading.enumerate())
    yield
    _delete_what_is_due()
    left = [widget for widget in qapp.topLevelWidgets() if widget not in widgets]
    assert not left, f"windows left open: {left}"
    # Python keeps a stand-in for every Qt thread that started one of its own; the Qt threads are looked at below
    own = [thread for thread in threading.enumerate() if not thread.name.startswith("Dummy-")]
    running = [thread for thread in own if thread not in threads and is_alive(thread)]
    assert not running, f"threads left running: {running}"
    gc.collect()
    # `isinstance` would ask each object for its class, which torch's deprecated ones answer with a warning
    alive = [item for item in gc.get_objects() if issubclass(type(item), (QTimer, QThread)) and isValid(item)]
    busy = [item for item in alive if (item.isActive() if isinstance(item, QTimer) else is_running(item))]
    assert not busy, f"timers or threads left running: {busy}"


def is_alive(thread: threading.Thread) -> bool:
    """Whether a thread goes on; one that is ending may take its time."""
    thread.join(PATIENCE_MS / 1000)
    return thread.is_alive()


def is_running(thread: QThread) -> bool:
    """The same of one of Qt's threads."""
    return thread.isRunning() and not thread.wait(PATIENCE_MS)


def _delete_what_is_due() -> None:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def make_body() -> MakeBody:
    """The body of runs: real loop and decoder, masks shifted by three pixels a frame instead of an engine."""
    return partial(propagation_body, build=lambda _: ShiftPropagator())


@pytest.fixture
def driver(qtbot: QtBot, no_leaks: None, make_body: MakeBody) -> Iterator[WindowDriver]:
    """A shown window on its start page."""
    answers = Answers()
    settings = Settings()
    settings.set("video.find_cuts", False)  # a test that is about cuts asks for them
    workspace = Workspace(settings, dialogs=answers, make_body=make_body)
    workspace.window.resize(1000, 700)
    with qtbot.waitExposed(workspace.window, timeout=PATIENCE_MS):
        workspace.window.show()
    driver = WindowDriver(workspace, answers, qtbot)
    driver.settle()
    yield driver
    driver.put_away()


@pytest.fixture
def shot(driver: WindowDriver, clip_path: Path) -> WindowDriver:
    """A window with the clip open and its first frame on the screen."""
    driver.open(clip_path)
    return driver
