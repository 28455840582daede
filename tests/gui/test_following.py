"""Where the eye is during a run, and the outlines of neighbouring frames."""

from __future__ import annotations

import threading

from PySide6.QtCore import QEvent

from tests.gui.gated import GatedRuns
from tests.gui.window_driver import NONE, WindowDriver


def paint(driver: WindowDriver) -> None:
    driver.workspace.viewing.view.set_brush(24)
    driver.click((50, 55))


def test_one_frame_at_a_time_goes_on_by_itself(shot: WindowDriver) -> None:
    shot.workspace.networks.runs.toggle_follow()
    paint(shot)
    for frame in (1, 2, 3):
        shot.trigger("propagate.forward_one")
        shot.finish_run()
        assert shot.view.shot.frame_index == frame
    assert sorted(shot.document.objects[0].cells) == [0, 1, 2, 3]


def test_neighbouring_outlines_are_those_of_the_active_object(shot: WindowDriver) -> None:
    paint(shot)
    shot.trigger("propagate.forward")
    shot.finish_run()
    shot.go(4)
    assert shot.canvas.onion.count == 0
    shot.trigger("view.onion")
    assert shot.window.commands["view.onion"].isChecked()
    assert shot.canvas.onion.count == 2 and shot.canvas.onion.isVisible()
    shot.go(0)
    assert shot.canvas.onion.count == 1
    shot.trigger("view.source")
    assert shot.canvas.onion.count == 0
    shot.trigger("view.overlay")
    shot.trigger("view.onion")
    assert not shot.canvas.onion.isVisible()


class TestDuringARun(GatedRuns):
    def start(self, shot: WindowDriver, gate: threading.Semaphore) -> None:
        paint(shot)
        shot.trigger("propagate.forward")
        gate.release(3)  # the anchor and two frames
        shot.wait(lambda: shot.cell(2) is not None)

    def finish(self, shot: WindowDriver, gate: threading.Semaphore) -> None:
        gate.release(100)
        shot.finish_run()

    def test_the_picture_goes_along(self, shot: WindowDriver, gate: threading.Semaphore) -> None:
        self.start(shot, gate)
        shot.wait(lambda: shot.view.shot.picture_index == 2)
        self.finish(shot, gate)
        assert shot.view.shot.frame_index == 0, "and comes back to where the run was started"

    def test_until_the_user_goes_elsewhere(self, shot: WindowDriver, gate: threading.Semaphore) -> None:
        self.start(shot, gate)
        shot.go(7)
        self.finish(shot, gate)
        assert shot.view.shot.frame_index == 7

    def test_or_paints(self, shot: WindowDriver, gate: threading.Semaphore) -> None:
        self.start(shot, gate)
        shot.wait(lambda: shot.view.shot.picture_index == 2)
        shot.drag([(20, 20), (25, 25)], lift=False)
        gate.release(2)
        shot.wait(lambda: shot.cell(4) is not None)
        shot.mouse(QEvent.Type.MouseMove, (28, 28), button=NONE)
        shot.lift((28, 28))
        self.finish(shot, gate)
        assert shot.view.shot.frame_index == 2
        cell = shot.cell(2)
        assert cell is not None and cell.is_painted

    def test_not_at_all_when_that_is_the_wish(self, shot: WindowDriver, gate: threading.Semaphore) -> None:
        shot.trigger("propagate.follow")
        self.start(shot, gate)
        self.finish(shot, gate)
        assert shot.view.shot.frame_index == 0
        assert not shot.window.commands["propagate.follow"].isChecked()
