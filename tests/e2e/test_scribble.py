"""A prediction that lacks half of the object is mended by a scribble, and the run goes on from there."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.clips import make_clip
from tests.e2e.test_story import SIZE, disc, jaccard, picture, truth
from tests.gui.window_driver import WindowDriver
from vosapp.core.timeline import Direction

FRAMES, LOOKED_AT = 8, 3


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return make_clip(tmp_path / "disc.mp4", frames=FRAMES, size=SIZE, rate=Fraction(25), content=picture)


def draw_half(driver: WindowDriver) -> None:
    """The lower half of the object on the first frame, as a lasso."""
    driver.trigger("tool.polygon")
    x, y, radius = disc(0)
    arc = [(x + radius * np.cos(t), y + radius * np.sin(t)) for t in np.linspace(0, np.pi, 30)]
    driver.drag([(float(a), float(b)) for a, b in arc])


def test_a_scribble_mends_a_prediction_and_the_run_goes_on_from_it(driver: WindowDriver, clip: Path) -> None:
    driver.open(clip)
    draw_half(driver)
    runs = driver.workspace.networks.runs
    runs.choose_engine("flow")
    runs.choose_direction(Direction.FORWARD)
    driver.trigger("propagate.forward")
    driver.finish_run()
    driver.go(LOOKED_AT)
    before, base = jaccard(driver.mask(LOOKED_AT), truth(LOOKED_AT)), driver.cell(LOOKED_AT)
    assert before < 0.7

    QTest.keyClick(driver.window, Qt.Key.Key_D)
    x, y, _ = disc(LOOKED_AT)
    driver.drag([(x - 14.0, y - 8.0), (x - 2.0, y - 15.0), (x + 12.0, y - 8.0)])
    driver.wait(lambda: (found := driver.view.shot.selection) is not None and not found.thinking)
    QTest.keyClick(driver.window, Qt.Key.Key_Return)
    mended, cell = jaccard(driver.mask(LOOKED_AT), truth(LOOKED_AT)), driver.cell(LOOKED_AT)
    assert mended > max(0.8, before)
    assert base is not None and cell is not None and cell.base == base.base and cell.is_painted

    driver.trigger("edit.anchor")
    driver.trigger("propagate.forward")
    driver.finish_run()
    assert jaccard(driver.mask(FRAMES - 1), truth(FRAMES - 1)) > before
    assert driver.cell(1) is not None and driver.document.objects[0].anchors() == [0, LOOKED_AT]
