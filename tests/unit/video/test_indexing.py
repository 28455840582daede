"""The index is exact as far as it goes while it is still made, is shared, and ends its work when nobody needs it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clips import make_clip, read_index
from tests.unit.video.fakes import PATIENCE_S
from vosapp.core.errors import MediaError
from vosapp.video.av import file_source, indexing
from vosapp.video.av.file_source import FileSource
from vosapp.video.av.indexing import SharedIndex, shared_index

FRAMES = 1300


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("long") / "long.mp4"
    return make_clip(
        path, frames=FRAMES, size=(48, 128), b_frames=2, pixel_format="yuv420p", options={"preset": "ultrafast"}
    )


class HeldIndex(SharedIndex):
    """An index whose background work waits for a gate."""

    def __init__(self, path: Path) -> None:
        self.gate = threading.Event()
        super().__init__(path, at_once_seconds=0)

    def _finish(self, steps: Iterator[None]) -> None:
        self.gate.wait(PATIENCE_S)
        super()._finish(steps)


@pytest.fixture
def held(long_clip: Path, monkeypatch: pytest.MonkeyPatch):
    index = HeldIndex(long_clip)
    monkeypatch.setattr(file_source, "shared_index", lambda path: index)
    yield index
    index.gate.set()


def test_provisional_frames_are_exact(held: HeldIndex, long_clip: Path) -> None:
    source = FileSource(long_clip)
    info = source.info
    assert info.provisional
    assert info.frame_count == FRAMES
    assert any("still being counted" in note for note in info.notes)
    known = len(held.now())
    assert 400 < known < FRAMES
    for k in (0, known - 1, 3, known // 2, known - 2, known - 1):
        assert read_index(source.frame(k)) == k
    assert not source.wait_until_exact(0.01)
    held.gate.set()
    assert source.wait_until_exact(PATIENCE_S)
    assert not source.info.provisional
    assert source.info.frame_count == FRAMES
    assert source.info.notes == ()
    assert read_index(source.frame(FRAMES - 1)) == FRAMES - 1
    source.close()


def test_a_frame_not_yet_known_is_waited_for(held: HeldIndex, long_clip: Path) -> None:
    source = FileSource(long_clip)
    timer = threading.Timer(0.2, held.gate.set)
    timer.start()
    assert read_index(source.frame(FRAMES - 5)) == FRAMES - 5
    timer.join()
    source.close()


def test_closing_ends_the_work(held: HeldIndex, long_clip: Path) -> None:
    source = FileSource(long_clip)
    held.gate.set()
    source.close()
    assert not any(thread.name.startswith("index ") for thread in threading.enumerate())


def test_index_that_was_given_up_is_not_taken_again(long_clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "_indexes", type(indexing._indexes)())

    class StoppedIndex(SharedIndex):
        def __init__(self, path: Path, *, at_once_seconds: float) -> None:
            super().__init__(path, at_once_seconds=0)

        def _finish(self, steps: Iterator[None]) -> None:
            self._stop.wait(PATIENCE_S)
            super()._finish(steps)

    with monkeypatch.context() as patch:
        patch.setattr(indexing, "SharedIndex", StoppedIndex)
        first = shared_index(long_clip)
    first.release()
    assert not first.complete
    second = shared_index(long_clip)
    assert second is not first
    assert second.wait_complete(PATIENCE_S)
    assert len(second.now()) == FRAMES
    second.release()


def test_sources_of_one_file_share_its_index(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mp4", frames=5)
    first, second = shared_index(path), shared_index(path)
    assert first is second
    make_clip(path, frames=6)
    third = shared_index(path)
    assert third is not first
    assert len(third.now()) == 6
    for index in (first, second, third):
        index.release()


def test_failure_in_the_background_reaches_who_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_clip(tmp_path / "a.mp4", frames=5)

    class Failing(SharedIndex):
        def _finish(self, steps: Iterator[None]) -> None:
            def fail() -> Iterator[None]:
                yield
                raise MediaError("the disk is gone")

            super()._finish(fail())

        complete = False

    index = Failing(path)
    with pytest.raises(MediaError, match="disk is gone"):
        index.wait_complete(PATIENCE_S)
    index.release()


def test_order_that_only_the_decoder_knows_is_made_in_the_background(tmp_path: Path) -> None:
    """H.264 in AVI has no presentation times: the file is decoded once, and what is known so far can be used."""
    path = make_clip(tmp_path / "a.avi", codec="libx264", b_frames=2, frames=150, size=(48, 128))
    index = HeldIndex(path)
    known = index.now()
    assert not known.complete
    assert 64 <= len(known) < 150
    index.gate.set()
    assert index.wait_complete(PATIENCE_S)
    assert index.now().order[: len(known)].tolist() == known.order.tolist()
    assert sorted(index.now().order) == list(range(150))
    index.release()
