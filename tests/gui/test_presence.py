"""The grid of objects over time: what it shows, what a click does."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from tests.gui.window_driver import WindowDriver
from vosapp.core.timeline import FrameRange
from vosapp.presentation.timeline.lanes import CoverageCache
from vosapp.presentation.timeline.presence import Presence, presence_grid


def test_the_grid_shows_masks_absences_and_what_is_missing(shot: WindowDriver) -> None:
    for frame in (0, 1, 4):
        shot.go(frame)
        shot.drag([(50, 50)])
    shot.answers.frames = FrameRange(2, 3)
    shot.trigger("edit.absent_range")
    shot.trigger("object.add")
    shot.drag([(20, 20)])
    shot.trigger("object.presence")
    dialog = shot.workspace.viewing.presence.dialog
    assert dialog is not None and dialog.isVisible()
    rows = presence_grid(shot.document, CoverageCache().of(shot.document))
    assert [cell.presence for cell in rows[0].cells[:6]] == [
        Presence.ALL,
        Presence.ALL,
        Presence.ABSENT,
        Presence.ABSENT,
        Presence.ALL,
        Presence.NONE,
    ]
    assert [cell.missing for cell in rows[0].cells[4:7]] == [-1, 5, 6]
    first = dialog.grid.cell_rect(0, 0).center()
    assert dialog.grid.explain(first) == "Object 1, frame 0: a mask on every frame, 1 anchor"
    at = dialog.grid.cell_rect(0, 7).center().toPoint()
    QTest.mouseClick(dialog.grid, Qt.MouseButton.LeftButton, pos=at)
    assert shot.view.shot.frame_index == 7 and shot.view.shot.active_object == 1
    before = dialog.grid.grab().toImage()
    shot.wait(lambda: shot.view.shot.picture_index == 7)
    shot.drag([(50, 50)])
    assert dialog.grid.grab().toImage() != before, "it is kept up to date"
    assert dialog.grid.explain(QPointF(2, 2000)) == ""
    dialog.close()
    assert shot.workspace.viewing.presence.dialog is None


def test_a_long_clip_is_shown_in_parts(shot: WindowDriver) -> None:
    shot.drag([(50, 50)])
    clip = shot.document.clip
    assert clip is not None
    long = replace(shot.document, clip=replace(clip, frame_count=1000))
    (row,) = presence_grid(long, CoverageCache().of(long))
    assert len(row.cells) == 60 and row.cells[0].presence is Presence.SOME and row.cells[0].missing == 1
    assert row.cells[0].frames.first == 0 and row.cells[-1].frames.last == 999
    assert all(a.frames.last + 1 == b.frames.first for a, b in pairwise(row.cells))
