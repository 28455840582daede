"""The playhead: the clock, dropped frames, steps and jumps, in and out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from tests.clips import make_clip, read_index
from tests.gui.window_driver import WindowDriver
from vosapp.core.timeline import FrameRange
from vosapp.ui.controllers.viewing.playback import PlaybackController

LAST = 11


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def player(shot: WindowDriver, clock: Clock) -> Iterator[PlaybackController]:
    """A playback controller on the shot's session that is ticked by hand."""
    controller = PlaybackController(shot.workspace.session, clock=clock, parent=shot.workspace)
    yield controller
    controller.stop()


def show(driver: WindowDriver, frame_index: int) -> None:
    """As if the frame had been decoded at once."""
    driver.workspace.session.set(shot=replace(driver.workspace.session.shot, picture_index=frame_index))


def test_every_picture_is_the_frame_of_its_number(shot: WindowDriver) -> None:
    for frame in (0, 5, 11, 3, 4, 10):
        shot.go(frame)
        assert shot.canvas.frame is not None
        assert read_index(shot.canvas.frame) == frame


def test_steps_and_ends(shot: WindowDriver) -> None:
    shot.trigger("go.next")
    assert shot.view.shot.frame_index == 1
    shot.trigger("go.on_10")
    assert shot.view.shot.frame_index == 11
    shot.trigger("go.next")
    assert shot.view.shot.frame_index == LAST
    shot.trigger("go.previous")
    shot.trigger("go.back_10")
    assert shot.view.shot.frame_index == 0
    shot.trigger("go.last")
    assert shot.view.shot.frame_index == LAST
    shot.trigger("go.first")
    assert shot.view.shot.frame_index == 0


def test_typed_numbers(shot: WindowDriver) -> None:
    shot.workspace.viewing.playback.go_typed("7")
    assert shot.view.shot.frame_index == 7
    shot.workspace.viewing.playback.go_typed("+20")
    assert shot.view.shot.frame_index == LAST
    shot.workspace.viewing.playback.go_typed("-5")
    assert shot.view.shot.frame_index == 6
    shot.workspace.viewing.playback.go_typed("nonsense")
    assert shot.view.shot.frame_index == 6


def test_anchors_are_found_and_the_search_goes_round(shot: WindowDriver) -> None:
    for frame in (2, 8):
        shot.go(frame)
        shot.drag([(50, 50)])
    shot.go(0)
    seen = []
    for _ in range(3):
        shot.trigger("go.next_anchor")
        seen.append(shot.view.shot.frame_index)
    assert seen == [2, 8, 2]
    shot.trigger("go.previous_anchor")
    assert shot.view.shot.frame_index == 8


def test_doubtful_frames_are_one_stop_a_trouble(shot: WindowDriver) -> None:
    shot.drag([(50, 50)])
    shot.trigger("propagate.forward")
    shot.finish_run()
    assert shot.presented_review == (7, 8, 9, 10, 11)
    shot.go(0)
    shot.trigger("go.next_doubt")
    assert shot.view.shot.frame_index == 11
    shot.trigger("go.previous_doubt")
    assert shot.view.shot.frame_index == 11


def test_in_and_out(shot: WindowDriver) -> None:
    shot.go(3)
    shot.trigger("mark.in")
    assert shot.document.in_out == FrameRange(3, LAST)
    shot.go(7)
    shot.trigger("mark.out")
    assert shot.document.in_out == FrameRange(3, 7)
    shot.go(9)
    shot.trigger("mark.in")
    assert shot.document.in_out == FrameRange(9, LAST)
    shot.trigger("mark.clear")
    assert shot.document.in_out is None


def test_the_clock_decides_which_frame_is_shown(shot: WindowDriver, player: PlaybackController, clock: Clock) -> None:
    player.play(1)
    show(shot, 0)
    for frame in range(1, 11):
        clock.now += 1 / 24 + 1e-6
        player.tick()
        assert shot.view.shot.frame_index == frame
        show(shot, frame)
    assert shot.view.shot.playback.dropped == 0
    assert shot.view.shot.playback.measured_rate == pytest.approx(24, rel=0.3)


def test_frames_that_come_too_late_are_counted(shot: WindowDriver, player: PlaybackController, clock: Clock) -> None:
    player.play(1)
    clock.now += 3.5 / 24
    player.tick()
    assert shot.view.shot.frame_index == 3
    assert shot.view.shot.playback.dropped == 2
    show(shot, 2)  # as if frame 3 were still being decoded
    clock.now += 1 / 24
    player.tick()
    assert shot.view.shot.playback.dropped == 3


def test_playing_loops_or_stops_at_the_end(shot: WindowDriver, player: PlaybackController, clock: Clock) -> None:
    player.play(1)
    clock.now += 12.5 / 24
    player.tick()
    assert shot.view.shot.frame_index == 0 and shot.view.shot.playback.speed == 1
    shot.trigger("play.loop")
    clock.now += 20 / 24
    player.tick()
    assert shot.view.shot.frame_index == LAST and shot.view.shot.playback.speed == 0


def test_playing_stays_between_in_and_out(shot: WindowDriver, player: PlaybackController, clock: Clock) -> None:
    shot.workspace.viewing.playback.set_in_out(FrameRange(2, 5))
    shot.go(5)
    player.play(1)
    assert shot.view.shot.frame_index == 2
    clock.now += 4.5 / 24
    player.tick()
    assert shot.view.shot.frame_index == 2


def test_j_k_l(shot: WindowDriver) -> None:
    speeds = []
    for key in ("forward", "forward", "forward", "forward", "forward", "backward", "backward", "stop"):
        shot.trigger(f"play.{key}")
        speeds.append(shot.view.shot.playback.speed)
    assert speeds == [1, 2, 4, 8, 8, -1, -2, 0]


def test_space_plays_and_pauses_and_never_propagates(shot: WindowDriver) -> None:
    shot.drag([(50, 50)])
    shot.trigger("play.toggle")
    assert shot.view.shot.playback.speed == 1
    shot.wait(lambda: shot.view.shot.frame_index > 0)
    shot.trigger("play.toggle")
    assert shot.view.shot.playback.speed == 0
    assert not shot.workspace.networks.runs.is_running and len(shot.document.objects[0].cells) == 1


@pytest.mark.parametrize("rate", [Fraction(12), Fraction(30000, 1001)])
def test_real_playback_follows_the_source_rate(
    driver: WindowDriver, tmp_path: Path, rate: Fraction, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.open(make_clip(tmp_path / "rate.mp4", frames=40, rate=rate))
    assert driver.document.clip is not None and driver.document.clip.rate == rate
    playback = driver.workspace.viewing.playback
    now = looked = start = time.perf_counter()

    def clock() -> float:
        """Stands still while a tick looks at it, so that the test knows what the tick saw."""
        nonlocal looked
        looked = now
        return now

    places: list[tuple[int, float]] = []  # where the playhead is, and what time the last tick saw

    def has_played_enough() -> bool:
        nonlocal now
        places.append((driver.view.shot.frame_index, looked - start))
        now = time.perf_counter()
        return looked - start > 0.5

    monkeypatch.setattr(playback, "_clock", clock)
    playback.toggle_loop()
    playback.play(1)
    driver.wait(has_played_enough)
    playback.stop()
    assert [frame for frame, _ in places] == [min(int(seconds * float(rate)), 39) for _, seconds in places]


def test_looping_around_a_frame(shot: WindowDriver, clock: Clock) -> None:
    playback = shot.workspace.viewing.playback
    playback._clock = clock
    shot.go(8)
    shot.trigger("mark.cut")
    shot.go(5)
    shot.trigger("play.around")
    assert shot.view.shot.around == FrameRange(0, 7), "not across a cut, and not before the clip"
    assert shot.view.shot.frame_index == 0 and shot.view.shot.playback.speed == 1
    shot.trigger("play.loop")  # around a frame it goes round whatever is set for the clip
    clock.now += 7.5 / 24
    playback.tick()
    assert shot.view.shot.frame_index == 7
    clock.now += 1 / 24
    playback.tick()
    assert shot.view.shot.frame_index == 0 and shot.view.shot.playback.speed == 1
    shot.trigger("play.around")
    assert shot.view.shot.frame_index == 5 and shot.view.shot.playback.speed == 0
    shot.trigger("play.around")
    shot.trigger("go.last")
    assert shot.view.shot.around is None, "who goes elsewhere is done with it"


def test_jumping_to_frames_without_a_mask(shot: WindowDriver) -> None:
    assert not shot.window.commands["go.next_hole"].isEnabled()
    for frame in (0, 1, 4, 5):
        shot.go(frame)
        shot.drag([(50, 50)])
    shot.answers.frames = FrameRange(2, 2)
    shot.trigger("edit.absent_range")
    seen = []
    for _ in range(3):
        shot.trigger("go.next_hole")
        seen.append(shot.view.shot.frame_index)
    assert seen == [6, 3, 6], "it goes round"
    shot.trigger("go.previous_hole")
    assert shot.view.shot.frame_index == 3
    shot.answers.frames = FrameRange(0, 11)
    shot.trigger("edit.absent_range")
    shot.trigger("go.next_hole")
    assert "on every frame" in shot.notice
