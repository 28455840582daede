"""Looking an export over while its dialog is open: the event loop goes on however long the clip is."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from tests.gui.window_driver import PATIENCE_MS, WindowDriver
from vosapp.core import edits
from vosapp.core.document import ClipRef, Document
from vosapp.core.editor import Editor
from vosapp.core.mask import Mask
from vosapp.export.formats import ExportFormat
from vosapp.export.recipe import Recipe
from vosapp.presentation.requests.export_choice import ExportChoice
from vosapp.presentation.requests.export_findings import LOOKING, LookedOver, look_export_over
from vosapp.ui.controllers import look_over
from vosapp.ui.controllers.look_over import ExportLookOver

FRAMES, OBJECTS = 20_000, 5
RECIPE = Recipe(ExportFormat.PNG, Path("out"))
CHOICE = ExportChoice()


@pytest.fixture(scope="module")
def long_document() -> Document:
    """20,000 frames with masks of five objects on all but the last ten."""
    editor = Editor(edits.add_object(Document(ClipRef("shot.mov", 6, 8, FRAMES, Fraction(24))))[0])
    mask = Mask.from_array(np.ones((6, 8), np.bool_))
    made = edits.stroke(editor.document, editor.store, 1, 0, mask)
    cell = made.object(1).cells[0]
    for _ in range(OBJECTS - 1):
        made, _ = edits.add_object(made)
    for one in made.objects:
        made = made.with_object(one.with_cells(dict.fromkeys(range(FRAMES - 10), cell)))
    return made


@pytest.fixture
def patient(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Looking over goes on only while the event loop turns. Gives the threads that did it."""
    threads: list[str] = []
    turns = threading.Semaphore(0)
    ticks = QTimer()
    ticks.timeout.connect(lambda: turns.release())
    ticks.start(1)

    def look(document: Document, wanted: Recipe, choice: ExportChoice) -> LookedOver:
        threads.append("window" if threading.current_thread() is threading.main_thread() else "worker")
        if threads[-1] == "worker":
            for _ in range(3):
                assert turns.acquire(timeout=PATIENCE_MS / 1000), "the event loop stands still"
        return look_export_over(document, wanted, choice)

    monkeypatch.setattr(look_over, "look_export_over", look)
    yield threads
    ticks.stop()


def test_a_long_clip_is_looked_over_in_a_thread_and_once(
    qtbot: QtBot, patient: list[str], long_document: Document
) -> None:
    looking = ExportLookOver()
    assert looking.of(long_document, RECIPE, CHOICE) == LOOKING
    assert looking.of(long_document, RECIPE, CHOICE) == LOOKING
    with qtbot.waitSignal(looking.changed, timeout=PATIENCE_MS):
        pass
    found = looking.of(long_document, replace(RECIPE, path=Path("elsewhere")), CHOICE)
    assert found.possible and f"{FRAMES} frames" in found.findings[0].text
    assert sum("no mask on 10 frames" in one.text for one in found.findings) == OBJECTS
    assert patient == ["worker"]
    changed = long_document.with_object(replace(long_document.object(1), name="Fish"))
    assert looking.of(changed, RECIPE, CHOICE) is found, "the answer before stays until the new one is there"
    with qtbot.waitSignal(looking.changed, timeout=PATIENCE_MS):
        pass
    assert any('"Fish"' in one.text for one in looking.of(changed, RECIPE, CHOICE).findings)
    looking.cancel()


def test_a_short_clip_is_looked_over_at_once(qtbot: QtBot, patient: list[str], shot: WindowDriver) -> None:
    shot.workspace.viewing.view.set_brush(30)
    shot.drag([(50, 55)])
    looking = ExportLookOver()
    assert looking.of(shot.document, RECIPE, CHOICE).possible
    assert looking.of(shot.document, RECIPE, CHOICE).possible
    assert patient == ["window"]


def test_the_dialog_waits_for_a_long_clip_and_the_window_goes_on(
    patient: list[str], shot: WindowDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look_over, "QUICK_CELLS", 0)
    shot.workspace.viewing.view.set_brush(30)
    shot.drag([(50, 55)])
    shot.trigger("file.export")
    dialog = shot.workspace.exports.dialog
    assert dialog is not None and dialog.findings == LOOKING.findings
    assert not dialog.export_button.isEnabled()
    shot.wait(lambda: "12 frames" in dialog.findings[0].text)
    assert dialog.export_button.isEnabled()
    looked = len(patient)
    shot.workspace.viewing.playback.go(5)
    shot.settle()
    assert len(patient) == looked and "window" not in patient, "the playhead changes nothing that is exported"
