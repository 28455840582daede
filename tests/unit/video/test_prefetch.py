"""The prefetcher answers the newest request first and fills the cache around it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.clips import make_clip
from tests.unit.video.fakes import PATIENCE_S, NumberSource
from vosapp.core.errors import Cancelled, MediaError
from vosapp.video.av import indexing, packet_scan
from vosapp.video.av.file_source import FileSource
from vosapp.video.av.packet_scan import Snapshot
from vosapp.video.cache import FrameCache
from vosapp.video.open import exact_info
from vosapp.video.prefetch import Answer, Prefetcher
from vosapp.video.source import ClipInfo, RgbImage

FRAME_BYTES = 8 * 8 * 3


class Viewer:
    """Collects answers."""

    def __init__(self, source: NumberSource, frames_in_cache: int = 100, **distances: int) -> None:
        self.cache = FrameCache(FRAME_BYTES * frames_in_cache)
        self.answers: queue.Queue[Answer] = queue.Queue()
        self.source = source
        self.prefetcher = Prefetcher(lambda: source, self.cache, self.answers.put, **distances)

    def next(self) -> Answer:
        return self.answers.get(timeout=PATIENCE_S)

    def wait_for_calls(self, count: int) -> None:
        for _ in range(count):
            assert self.source.entered.acquire(timeout=PATIENCE_S)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no drive that hangs: closing waits for the thread."""
    monkeypatch.setattr("vosapp.video.prefetch._CLOSE_SECONDS", PATIENCE_S)


@pytest.fixture
def viewers():
    made: list[Viewer] = []

    def make(*args, **kwargs) -> Viewer:
        made.append(Viewer(*args, **kwargs))
        return made[-1]

    yield make
    for viewer in made:
        viewer.source.gate.set()
        viewer.prefetcher.close()


def test_answer_carries_number_and_picture(viewers) -> None:
    viewer = viewers(NumberSource(), ahead=0, behind=0)
    number = viewer.prefetcher.request(7)
    answer = viewer.next()
    assert (answer.request, answer.index, answer.error) == (number, 7, None)
    assert answer.picture[0, 0, 0] == 7
    assert not answer.picture.flags.writeable


def test_overtaken_requests_are_dropped_before_decoding(viewers) -> None:
    source = NumberSource()
    source.gate.clear()
    viewer = viewers(source, ahead=0, behind=0)
    first = viewer.prefetcher.request(1)
    viewer.wait_for_calls(1)
    for index in (10, 20, 30):
        last = viewer.prefetcher.request(index)
    source.gate.set()
    assert viewer.next().request == first
    assert viewer.next().request == last
    viewer.prefetcher.close()
    assert source.asked == [1, 30]
    assert viewer.answers.empty()


def test_a_request_ends_fetching_around_the_last(viewers) -> None:
    source = NumberSource()
    viewer = viewers(source, ahead=50, behind=0)
    source.gate.clear()
    viewer.prefetcher.request(10)
    viewer.wait_for_calls(1)
    viewer.prefetcher.request(60)
    source.gate.set()
    assert [viewer.next().index, viewer.next().index] == [10, 60]
    assert source.asked[:2] == [10, 60]


def test_fetches_ahead_then_behind(viewers) -> None:
    source = NumberSource()
    viewer = viewers(source, ahead=3, behind=2)
    viewer.prefetcher.request(10)
    viewer.wait_for_calls(6)
    viewer.prefetcher.close()
    assert source.asked == [10, 11, 12, 13, 8, 9]


def test_backwards_in_ascending_blocks(viewers) -> None:
    source = NumberSource()
    viewer = viewers(source, ahead=14, behind=1)
    viewer.prefetcher.request(50, direction=-1)
    viewer.wait_for_calls(16)
    viewer.prefetcher.close()
    assert source.asked == [50, *range(38, 50), 36, 37, 51]


def test_fetches_behind_at_the_end_of_the_clip_too(viewers) -> None:
    source = NumberSource(20)
    viewer = viewers(source, ahead=5, behind=3)
    viewer.prefetcher.request(17)
    viewer.wait_for_calls(6)
    viewer.prefetcher.close()
    assert source.asked == [17, 18, 19, 14, 15, 16]


def test_fetches_no_more_than_the_cache_holds(viewers) -> None:
    source = NumberSource()
    viewer = viewers(source, frames_in_cache=4, ahead=20, behind=20)
    viewer.prefetcher.request(10)
    viewer.wait_for_calls(4)
    viewer.prefetcher.request(12)
    while viewer.next().index != 12:
        pass
    assert source.asked[:4] == [10, 11, 12, 13]


def test_cached_frames_are_not_decoded_again(viewers) -> None:
    source = NumberSource()
    viewer = viewers(source, ahead=2, behind=0)
    viewer.prefetcher.request(10)
    viewer.wait_for_calls(3)
    viewer.next()
    viewer.prefetcher.request(11)
    assert viewer.next().picture[0, 0, 0] == 11
    viewer.wait_for_calls(1)
    viewer.prefetcher.close()
    assert source.asked == [10, 11, 12, 13]


def test_errors_are_answers(viewers) -> None:
    viewer = viewers(NumberSource(broken=(5,)), ahead=0, behind=0)
    viewer.prefetcher.request(5)
    assert "broken" in str(viewer.next().error)
    viewer.prefetcher.request(100)
    assert str(viewer.next().error) == "The clip has no frame 100."
    viewer.prefetcher.request(6)
    assert viewer.next().picture is not None


def test_too_little_memory_is_an_answer_and_ends_nothing(viewers) -> None:
    class Short(NumberSource):
        def frame(self, index: int) -> RgbImage:
            picture = super().frame(index)
            if index in (7, 11):
                raise MemoryError
            return picture

    viewer = viewers(Short(), ahead=2, behind=0)
    viewer.prefetcher.request(7)
    answer = viewer.next()
    assert answer.picture is None and "too little memory to read frame 7" in str(answer.error)
    viewer.prefetcher.request(10)
    assert viewer.next().picture is not None
    viewer.wait_for_calls(3)  # the last one fetches frame 11
    viewer.prefetcher.request(20)
    assert viewer.next().picture is not None


def test_clip_that_cannot_be_opened() -> None:
    answers: queue.Queue[Answer] = queue.Queue()

    def refuse() -> NumberSource:
        raise MediaError("no such clip")

    prefetcher = Prefetcher(refuse, FrameCache(1000), answers.put)
    prefetcher.request(0)
    assert str(answers.get(timeout=PATIENCE_S).error) == "no such clip"
    prefetcher.close()


def test_closing_twice_closes_the_source(viewers) -> None:
    viewer = viewers(NumberSource())
    viewer.prefetcher.request(0)
    viewer.next()
    viewer.prefetcher.close()
    viewer.prefetcher.close()
    assert viewer.source.closed


# -- damage, facts that become exact, drives that do not answer --------------------------------------------------


def test_answers_tell_of_damage_and_the_cache_remembers_it(viewers) -> None:
    source = NumberSource()
    source.damaged = {7, 9}
    viewer = viewers(source, ahead=3, behind=0)
    viewer.prefetcher.request(7)
    assert viewer.next().damaged
    viewer.wait_for_calls(4)
    viewer.prefetcher.request(8)
    assert not viewer.next().damaged
    assert viewer.cache.damaged == {7, 9}


def test_facts_are_told_at_once_and_again_when_they_are_exact() -> None:
    source = NumberSource()
    exact = source.info
    source.set_info(replace(exact, provisional=True, frame_count=90))
    told: queue.Queue[ClipInfo] = queue.Queue()
    prefetcher = Prefetcher(lambda: source, FrameCache(10_000), lambda _: None, described=told.put)
    prefetcher.request(0)
    assert told.get(timeout=PATIENCE_S).provisional
    source.set_info(exact)
    assert told.get(timeout=PATIENCE_S) == exact
    prefetcher.close()
    assert told.empty()


def test_a_frame_that_was_only_claimed_is_no_error() -> None:
    source = NumberSource(10)
    exact = source.info
    source.set_info(replace(exact, provisional=True, frame_count=90))
    answers: queue.Queue[Answer] = queue.Queue()
    prefetcher = Prefetcher(lambda: source, FrameCache(10_000), answers.put, ahead=0, behind=0)
    prefetcher.request(120)
    answer = answers.get(timeout=PATIENCE_S)
    assert (answer.picture, answer.error) == (None, None)
    prefetcher.close()


def test_a_newer_request_ends_a_wait_for_the_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A jump to the end of a clip that is still being read does not hold up the way back."""
    path = make_clip(tmp_path / "long.mp4", frames=600, size=(32, 32))
    source = slow_index(path, monkeypatch)
    answers: queue.Queue[Answer] = queue.Queue()
    prefetcher = Prefetcher(source.open, FrameCache(1 << 20), answers.put, ahead=0, behind=0)
    first = prefetcher.request(0)
    assert answers.get(timeout=PATIENCE_S).request == first
    prefetcher.request(599)
    assert source.waiting.wait(PATIENCE_S)
    back = prefetcher.request(3)
    assert answers.get(timeout=PATIENCE_S).request == back
    assert not source.gate.is_set()
    source.gate.set()
    last = prefetcher.request(599)
    answer = answers.get(timeout=PATIENCE_S)
    assert (answer.request, answer.error) == (last, None)
    assert prefetcher.close()


def test_closing_ends_a_wait_for_the_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_clip(tmp_path / "long.mp4", frames=600, size=(32, 32))
    source = slow_index(path, monkeypatch)
    answers: queue.Queue[Answer] = queue.Queue()
    prefetcher = Prefetcher(source.open, FrameCache(1 << 20), answers.put, ahead=0, behind=0)
    prefetcher.request(0)
    answers.get(timeout=PATIENCE_S)
    prefetcher.request(599)
    assert source.waiting.wait(PATIENCE_S)
    source.opens_when_interrupted = True  # closing waits for the index itself, which only goes on after that
    assert prefetcher.close()
    assert source.gate.is_set(), "the wait was ended by closing, not by the index"
    assert answers.empty()


def test_closing_does_not_wait_for_a_drive_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vosapp.video.prefetch._CLOSE_SECONDS", 0.05)
    source = NumberSource()
    source.gate.clear()
    answers: queue.Queue[Answer] = queue.Queue()
    prefetcher = Prefetcher(lambda: source, FrameCache(10_000), answers.put)
    prefetcher.request(3)
    assert source.entered.acquire(timeout=PATIENCE_S)
    assert not prefetcher.close(), "it returns although nothing was read"
    source.gate.set()
    prefetcher._thread.join(PATIENCE_S)
    assert source.closed
    assert answers.empty()


def test_numbers_of_requests_differ_between_prefetchers() -> None:
    one, other = (Prefetcher(NumberSource, FrameCache(10_000), lambda _: None) for _ in range(2))
    assert one.request(0) != other.request(0)
    one.close()
    other.close()


class SlowIndex:
    """A file whose index stops half way until the gate is opened.

    Attributes:
        gate: lets the index go on.
        waiting: set when a frame is asked for that the index does not know yet.
        opens_when_interrupted: whether the gate is opened when a wait for such a frame is ended.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.gate = threading.Event()
        self.waiting = threading.Event()
        self.opens_when_interrupted = False

    def open(self) -> FileSource:
        source = FileSource(self._path)
        plain = source.frame

        def frame(index: int) -> RgbImage:
            is_far = index >= source.info.frame_count // 2 and source.info.provisional
            if is_far and not source._interrupted.is_set():  # the first try is ended by the request itself
                self.waiting.set()
            try:
                return plain(index)
            except Cancelled:
                if self.opens_when_interrupted:
                    self.gate.set()
                raise

        source.frame = frame  # type: ignore[method-assign]
        return source

    def scan(self, path: Path) -> Iterator[Snapshot | None]:
        for snapshot in packet_scan.scan(path):
            yield snapshot
            if snapshot is not None and not snapshot.index.complete:
                self.gate.wait(PATIENCE_S)


def slow_index(path: Path, monkeypatch: pytest.MonkeyPatch) -> SlowIndex:
    slow = SlowIndex(path)
    monkeypatch.setattr(indexing, "scan", slow.scan)
    monkeypatch.setattr(indexing, "_AT_ONCE_SECONDS", 0.0)
    return slow


def test_who_cannot_use_a_claim_waits_for_the_exact_facts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_clip(tmp_path / "long.mp4", frames=600, size=(32, 32))
    slow = slow_index(path, monkeypatch)
    source = slow.open()
    assert source.info.provisional
    threading.Timer(0.1, slow.gate.set).start()
    info = exact_info(source)
    assert (info.provisional, info.frame_count) == (False, 600)
    source.close()
    numbers = NumberSource(5)
    assert exact_info(numbers) is numbers.info
