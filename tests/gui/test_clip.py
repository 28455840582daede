"""What the window says and does about difficult footage: damage, slow drives, counts that come late, real scrubbing."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF

from tests.clips import make_clip, make_sequence, read_index
from tests.gui.source_wrapper import SourceAround
from tests.gui.window_driver import LEFT, NONE, PATIENCE_MS, WindowDriver, send_mouse
from vosapp.core.errors import MediaError
from vosapp.core.timeline import Direction, FrameRange
from vosapp.ui.controllers.viewing import pictures
from vosapp.ui.jobs import job_thread
from vosapp.video.av.indexing import shared_index
from vosapp.video.open import open_video
from vosapp.video.prefetch import Prefetcher
from vosapp.video.source import ClipInfo, RgbImage, VideoSource
from vosapp.video.stills.images import write_png

GAPS = (3, 4, 8)
COUNTING = "The exact number of frames is still being counted."


class Drive(SourceAround):
    """A source whose drive can be made to hang, whose count can be a claim, and which tells what it decodes.

    Attributes:
        answers: while it is clear, reading hangs.
        begun: the frames that reading began with, in order.
        decoded: those that were read to the end.
    """

    def __init__(self, path: str) -> None:
        super().__init__(open_video(path))
        self.answers = threading.Event()
        self.answers.set()
        self.claimed: int | None = None
        self.found = self._inner.info.notes
        self.begun: list[int] = []
        self.decoded: list[int] = []

    @property
    def info(self) -> ClipInfo:
        info = self._inner.info
        if self.claimed is None:
            return replace(info, notes=self.found)
        return replace(info, frame_count=self.claimed, provisional=True, notes=(COUNTING,))

    def reading(self, index: int) -> None:
        self.begun.append(index)
        assert self.answers.wait(PATIENCE_MS / 1000), "the test left the drive hanging"
        self.decoded.append(index)


@pytest.fixture
def drives(driver: WindowDriver, monkeypatch: pytest.MonkeyPatch) -> list[Drive]:
    """Every decoder that the window's viewer opens, the newest last."""
    made: list[Drive] = []

    def open_source(path: str, input_space: str = "") -> VideoSource:
        made.append(Drive(path))
        return made[-1]

    monkeypatch.setattr(driver.workspace.viewing.pictures, "_open_source", open_source)
    return made


@pytest.fixture
def gaps(tmp_path: Path) -> Path:
    return make_sequence(tmp_path / "render", frames=12, missing=GAPS, first_number=1001)


def banner(driver: WindowDriver) -> str:
    shown = driver.window.banner
    return shown.text if shown.isVisible() else ""


class Hand:
    """Drags the playhead: presses on a frame, moves over others, lifts on the last of them."""

    def __init__(self, driver: WindowDriver, frame: int) -> None:
        self._timeline = driver.window.timeline
        self._at = self._point(frame)
        send_mouse(self._timeline, QEvent.Type.MouseButtonPress, self._at, button=LEFT, held=LEFT)

    def move(self, *frames: int) -> None:
        for frame in frames:
            self._at = self._point(frame)
            send_mouse(self._timeline, QEvent.Type.MouseMove, self._at, button=NONE, held=LEFT)

    def lift(self) -> None:
        send_mouse(self._timeline, QEvent.Type.MouseButtonRelease, self._at, button=LEFT, held=NONE)

    def _point(self, frame: int) -> QPointF:
        return QPointF(self._timeline.scale.middle(frame), 40.0)


# -- damage -------------------------------------------------------------------------------------------------------


def test_missing_images_are_marked_before_anything_is_decoded(driver: WindowDriver, gaps: Path) -> None:
    driver.open(gaps)
    assert driver.view.shot.damaged == set(GAPS)
    assert "3 images are missing (numbers 1004-1005, 1009)" in driver.notice
    timeline = driver.window.timeline
    assert "missing" in timeline.explain(QPointF(timeline.scale.middle(4), 5))
    assert "missing" not in timeline.explain(QPointF(timeline.scale.middle(5), 5))
    red = [marked(driver, frame) for frame in range(12)]
    assert [frame for frame in range(12) if red[frame]] == list(GAPS)


def marked(driver: WindowDriver, frame: int) -> bool:
    """Whether the timeline has the red mark over a frame."""
    timeline = driver.window.timeline
    colour = timeline.grab().toImage().pixelColor(round(timeline.scale.middle(frame)), 1)
    return colour.red() > 180 and colour.green() < 120


def test_the_viewer_says_that_a_stand_in_is_shown(driver: WindowDriver, gaps: Path) -> None:
    driver.open(gaps)
    assert banner(driver) == ""
    driver.go(4)
    assert "The image of frame 1005 is missing" in banner(driver)
    assert driver.window.banner.geometry().bottom() < driver.window.pages.height()
    driver.go(5)
    assert banner(driver) == ""


@pytest.fixture
def hurt(tmp_path: Path) -> Path:
    """A clip whose frame 6 cannot be decoded, which nobody knows before it is tried."""
    path = make_clip(tmp_path / "hurt.mov", frames=12, codec="prores_ks", pixel_format="yuv422p10le")
    index = shared_index(path)
    packets = index.now().packets
    place, size = int(packets.position[6]), int(packets.size[6])
    index.release()
    data = bytearray(path.read_bytes())
    data[place : place + size] = bytes(size)
    path.write_bytes(data)
    return path


def test_damage_found_while_looking_is_remembered(driver: WindowDriver, hurt: Path) -> None:
    driver.open(hurt)
    driver.go(6)
    driver.wait(lambda: 6 in driver.view.shot.damaged)
    assert "Frame 6 is damaged in the file" in banner(driver)
    driver.go(2)
    assert banner(driver) == ""
    assert marked(driver, 6)
    assert "Damaged: frame 6" in facts(driver)


def test_damage_that_a_run_meets_is_shown_and_its_mask_is_doubtful(driver: WindowDriver, hurt: Path) -> None:
    driver.open(hurt)
    driver.drag([(40, 40), (60, 50)])
    driver.workspace.networks.runs.start_towards(Direction.FORWARD, None)
    driver.finish_run()
    assert 6 in driver.view.shot.damaged
    doubts = {frame: cell.doubt for frame in range(1, 12) if (cell := driver.cell(frame)) is not None}
    assert doubts[6] == 1.0
    assert doubts[5] < 0.5
    assert 6 in driver.presented_review


def facts(driver: WindowDriver) -> str:
    display = driver.workspace.presenter.display
    assert display is not None
    return display.transport.clip_facts


def test_another_clip_begins_without_the_damage_of_the_last(driver: WindowDriver, gaps: Path, clip_path: Path) -> None:
    driver.open(gaps)
    driver.open(clip_path)
    assert driver.view.shot.damaged == frozenset()
    assert "decoded by" in facts(driver)


# -- counts that come late ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("claimed", [40, 9])
def test_the_exact_count_comes_without_losing_anything(
    claimed: int, driver: WindowDriver, clip_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """12 frames that claim to be more, or fewer, until the whole file was read."""
    opened: list[Drive] = []

    def open_source(path: str, input_space: str = "") -> VideoSource:
        opened.append(Drive(path))
        opened[-1].claimed = claimed
        return opened[-1]

    monkeypatch.setattr("vosapp.video.open.open_video", open_source)
    driver.open(clip_path)
    driver.wait(lambda: driver.view.shot.clip is not None and driver.view.shot.clip.provisional)
    clip = driver.document.clip
    assert clip is not None
    assert clip.frame_count == claimed
    display = driver.workspace.presenter.display
    assert display is not None
    assert "counting frames" in display.transport.clip_text
    assert COUNTING in driver.notice
    driver.go(5)
    driver.drag([(40, 40), (90, 50)])
    painted = driver.mask(5)
    if claimed > 12:
        driver.workspace.session.set(shot=replace(driver.workspace.session.shot, frame_index=claimed - 1))
    for drive in opened:
        drive.claimed = None
    driver.wait(lambda: driver.view.shot.clip is not None and not driver.view.shot.clip.provisional)
    assert driver.document.clip is not None
    assert driver.document.clip.frame_count == 12
    assert driver.notice == ""
    assert driver.view.shot.frame_index == (11 if claimed > 12 else 5)
    assert np.array_equal(driver.mask(5), painted)
    assert driver.window.timeline.scale.frame_count == 12
    assert driver.workspace.session.editor.undo_label != "count frames"
    while driver.workspace.session.editor.can_undo:
        driver.workspace.editing.masks.undo()
    assert driver.document.clip.frame_count == 12, "no undo takes back what the file turned out to hold"
    while driver.workspace.session.editor.can_redo:
        driver.workspace.editing.masks.redo()
    assert driver.document.clip.frame_count == 12
    assert np.array_equal(driver.mask(5), painted)


def test_a_project_opens_although_its_clip_still_claims_another_length(
    shot: WindowDriver, tmp_path: Path, clip_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shot.drag([(40, 40), (90, 50)])
    shot.answers.path = tmp_path / "work.vosapp"
    shot.trigger("file.save_as")
    shot.wait(lambda: shot.view.shot.project.saved)
    shot.trigger("file.close")
    shot.wait(lambda: shot.document.clip is None)
    opened: list[Drive] = []

    def open_source(path: str, input_space: str = "") -> VideoSource:
        opened.append(Drive(path))
        opened[-1].claimed = 40
        return opened[-1]

    monkeypatch.setattr("vosapp.video.open.open_video", open_source)
    shot.open(tmp_path / "work.vosapp")
    assert shot.view.shot.media_problem == ""
    assert shot.mask(0).any()
    for drive in opened:
        drive.found = ("The file is cut off.",)
        drive.claimed = None
    shot.wait(lambda: shot.view.shot.clip is not None and not shot.view.shot.clip.provisional)
    assert shot.document.clip is not None
    assert shot.document.clip.frame_count == 12
    assert shot.notice == "The file is cut off.", "what is found while counting is told"
    assert shot.mask(0).any()


# -- drives that take their time ----------------------------------------------------------------------------------


def test_a_drive_that_hangs_does_not_hold_the_window(
    driver: WindowDriver, drives: list[Drive], clip_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vosapp.presentation.shutdown_deadline.CLOSING_S", 0.05)
    driver.workspace.viewing.pictures._slow_timer.setInterval(30)
    driver.open(clip_path)
    drive = drives[-1]
    forget_pictures(driver)
    drive.answers.clear()
    driver.workspace.viewing.playback.go(7)
    driver.wait(lambda: driver.view.shot.waiting)
    assert "Waiting for the media: frame 7" in banner(driver)
    assert driver.view.shot.picture_index == 0, "the frame before stays, with its own masks"
    driver.trigger("view.matte")  # everything else goes on
    driver.workspace.viewing.playback.go(9)
    drive.answers.set()
    driver.wait(lambda: driver.view.shot.picture_index == 9)
    assert banner(driver) == ""
    forget_pictures(driver)
    drive.answers.clear()
    begun = len(drive.begun)
    driver.workspace.viewing.playback.go(2)
    driver.wait(lambda: len(drive.begun) > begun)
    thread = driver.workspace.viewing.pictures._prefetcher._thread  # type: ignore[union-attr]
    driver.close_clip()  # returns although the drive still hangs
    assert driver.document.clip is None
    assert thread.is_alive()
    drive.answers.set()
    thread.join(PATIENCE_MS / 1000)
    assert not thread.is_alive()


def test_a_file_that_goes_away_is_said_once_and_the_work_stays(
    driver: WindowDriver, drives: list[Drive], clip_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.open(clip_path)
    driver.drag([(40, 40), (90, 50)])

    def gone(index: int) -> RgbImage:
        raise MediaError(f"There is no file {clip_path}.", "Relink it.")

    forget_pictures(driver)
    monkeypatch.setattr(drives[-1], "frame", gone)
    driver.workspace.viewing.playback.go(3)
    driver.wait(lambda: "There is no file" in driver.notice)
    assert driver.mask(0).any()
    assert driver.view.shot.picture_index == 0


# -- scrubbing ----------------------------------------------------------------------------------------------------


def test_scrubbing_decodes_what_the_hand_stopped_at_and_little_else(
    driver: WindowDriver, drives: list[Drive], clip: Path
) -> None:
    """The first frame is being read while the hand goes on; of the others only the last one is worth reading."""
    drive, before = hanging_at_the_start(driver, drives, clip)
    hand = Hand(driver, 60)
    driver.wait(lambda: drive.begun[before:] == [60])
    hand.move(90, 40, 75, 110, 55, 100)
    hand.lift()
    assert drive.begun[before:] == [60], "one frame at a time"
    drive.answers.set()
    driver.wait(lambda: driver.view.shot.picture_index == 100)
    assert driver.canvas.frame is not None
    assert read_index(driver.canvas.frame) == 100
    settle(driver)
    asked = drive.begun[before:]
    assert asked[:2] == [60, 100], "the rest was overtaken"
    assert set(asked[2:]) <= set(range(88, 120)), "what lies around the last one is fetched, and nothing else"


def test_a_quick_hand_costs_at_most_one_frame_too_many(driver: WindowDriver, drives: list[Drive], clip: Path) -> None:
    """However the threads take turns: the decoder may begin with one that is overtaken, and then takes the last."""
    drive, before = hanging_at_the_start(driver, drives, clip)
    hand = Hand(driver, 60)
    hand.move(90, 40, 75, 110, 55, 100)
    hand.lift()
    drive.answers.set()
    driver.wait(lambda: driver.view.shot.picture_index == 100)
    asked = drive.begun[before:]
    assert 100 in asked[:2], asked
    assert not set(asked[2:]) - set(range(88, 120)), asked


def test_scrubbing_back_and_forth_within_the_cache_decodes_nothing(
    driver: WindowDriver, drives: list[Drive], clip: Path
) -> None:
    driver.open(clip)
    fill_cache(driver)
    before = list(drives[-1].decoded)
    for frame in [3, 20, 8, 15, 1, 24, 12]:
        Hand(driver, frame).lift()
        assert driver.view.shot.picture_index == frame, "shown at once, without the decoder"
    settle(driver)
    again = [index for index in drives[-1].decoded[len(before) :] if index in before]
    assert again == []


def hanging_at_the_start(driver: WindowDriver, drives: list[Drive], clip: Path) -> tuple[Drive, int]:
    """Opens a clip whose drive hangs once the first frames are there; with how many readings had begun."""
    driver.open(clip)
    drive = drives[-1]
    fill_cache(driver)
    drive.answers.clear()
    return drive, len(drive.begun)


def fill_cache(driver: WindowDriver) -> None:
    """Waits until the frames that are fetched around the first one are there."""
    driver.wait(lambda: all(driver.workspace.viewing.pictures.is_decoded(frame) for frame in range(25)))


def settle(driver: WindowDriver) -> None:
    """Waits until the decoder has nothing to do."""
    prefetcher = driver.workspace.viewing.pictures._prefetcher
    assert prefetcher is not None
    driver.wait(lambda: prefetcher.is_idle)


def forget_pictures(driver: WindowDriver) -> None:
    """Empties the cache, when nothing is on its way into it."""
    settle(driver)
    cache = driver.workspace.viewing.pictures._cache
    assert cache is not None
    cache.clear()


def test_pictures_larger_than_the_cache_do_not_chase_each_other(
    driver: WindowDriver, drives: list[Drive], clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As 8K in a small memory: what is fetched around a frame never pushes out that frame or its like."""
    monkeypatch.setattr(pictures, "default_cache_bytes", lambda: 4 * 96 * 160 * 3)
    driver.open(clip)
    settle(driver)
    assert len(drives[-1].decoded) <= 4, "no more than fits"
    before = len(drives[-1].decoded)
    for frame in (1, 2, 3, 4, 5, 6, 7, 8):
        driver.go(frame)
    settle(driver)
    assert len(drives[-1].decoded) - before <= 12, "walking on decodes each frame once"
    assert len(set(drives[-1].decoded)) == len(drives[-1].decoded)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("scrub") / "long.mp4", frames=120)


def test_a_prefetcher_is_closed_with_its_clip(driver: WindowDriver, clip_path: Path) -> None:
    driver.open(clip_path)
    prefetcher = driver.workspace.viewing.pictures._prefetcher
    assert isinstance(prefetcher, Prefetcher)
    driver.close_clip()
    assert not prefetcher._thread.is_alive()


# -- alpha in the source ------------------------------------------------------------------------------------------


def test_the_clips_own_alpha_becomes_masks(driver: WindowDriver, tmp_path: Path) -> None:
    folder = tmp_path / "render"
    folder.mkdir()
    alpha = np.zeros((96, 160), np.uint16)
    alpha[30:60, 50:90] = 65535
    for index in range(4):
        rgba = np.dstack([np.full((96, 160, 3), 30000, np.uint16), np.roll(alpha, 10 * index, axis=1)])
        write_png(folder / f"r.{1001 + index}.png", rgba)
    (folder / "r.1003.png").unlink()
    driver.open(folder)
    driver.answers.frames = FrameRange(0, 3)
    driver.trigger("file.import_alpha")
    driver.wait(lambda: driver.cell(3) is not None)
    for index in (0, 1, 3):
        assert np.array_equal(driver.mask(index), np.roll(alpha, 10 * index, axis=1) > 0)
        cell = driver.cell(index)
        assert cell is not None
        assert cell.is_anchor
    assert driver.cell(2) is None, "a missing image has no alpha of its own"
    assert "anchors on 3 frames: 1001 to 1002, 1004." in driver.notice
    assert "frame 1003" in driver.notice
    driver.workspace.editing.masks.undo()
    assert driver.document.objects == ()


def test_a_clip_without_alpha_does_not_offer_it(shot: WindowDriver) -> None:
    assert not shot.window.commands["file.import_alpha"].isEnabled()


# -- closing while a drive hangs ----------------------------------------------------------------------------------


def test_closing_the_window_does_not_wait_for_a_drive_that_hangs(
    driver: WindowDriver, clip_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The drive answers neither while the clip is being opened nor after the window has gone."""
    monkeypatch.setattr("vosapp.presentation.shutdown_deadline.CLOSING_S", 0.05)
    answers, asked = threading.Event(), threading.Event()

    def open_source(path: str, input_space: str = "") -> VideoSource:
        asked.set()
        answers.wait(PATIENCE_MS / 1000)
        raise MediaError(f"{path} does not answer.")

    monkeypatch.setattr("vosapp.video.open.open_video", open_source)
    driver.workspace.files.projects.open_path(clip_path)
    driver.wait(asked.is_set)
    assert driver.view.app.opening
    driver.close()
    (left,) = job_thread._left_behind
    assert job_thread.hangs()
    answers.set()
    assert left.wait(PATIENCE_MS)
    assert not job_thread.hangs()
    job_thread._left_behind.clear()
    left.deleteLater()
