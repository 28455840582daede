"""The frame cache keeps to its budget and lets go of what was used longest ago."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vosapp.video.cache import FrameCache


def picture(value: int, size_bytes: int = 300) -> np.ndarray:
    array = np.full((size_bytes // 30, 10, 3), value, np.uint8)
    array.flags.writeable = False
    return array


def test_least_recently_used_goes_first() -> None:
    cache = FrameCache(900)
    for k in range(3):
        assert cache.put(k, picture(k))
    assert cache.get(0) is not None
    cache.put(3, picture(3))
    assert cache.indices() == {0, 2, 3}
    assert cache.get(1) is None


def test_putting_again_replaces() -> None:
    cache = FrameCache(900)
    cache.put(5, picture(1))
    cache.put(5, picture(2, 600))
    assert cache.used_bytes == 600
    assert cache.get(5)[0, 0, 0] == 2


def test_larger_than_the_budget_is_not_kept() -> None:
    cache = FrameCache(299)
    assert not cache.put(0, picture(0))
    assert len(cache) == 0


def test_writable_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="read-only"):
        FrameCache(1000).put(0, np.zeros((2, 2, 3), np.uint8))


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 12)), max_size=60), st.integers(0, 2000))
def test_budget_holds_whatever_is_put(puts: list[tuple[int, int]], budget: int) -> None:
    cache = FrameCache(budget)
    for index, size in puts:
        cache.put(index, picture(index, size * 30))
        assert cache.used_bytes <= budget
        assert cache.used_bytes == sum(cache.get(k).nbytes for k in cache.indices())


def test_many_threads() -> None:
    cache = FrameCache(3000)

    def work(seed: int) -> None:
        rng = np.random.default_rng(seed)
        for k in rng.integers(0, 40, 400):
            found = cache.get(int(k))
            assert found is None or found[0, 0, 0] == k
            cache.put(int(k), picture(int(k)))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cache.used_bytes == 300 * len(cache) <= 3000
    cache.clear()
    assert cache.used_bytes == 0


def test_damaged_frames_are_remembered_until_they_are_whole() -> None:
    cache = FrameCache(600)
    cache.put(1, picture(1), damaged=True)
    cache.put(2, picture(2), damaged=True)
    cache.put(3, picture(3))
    assert cache.indices() == {2, 3}
    assert cache.damaged == {1, 2}
    cache.put(1, picture(1))
    assert cache.damaged == {2}
    cache.clear()
    assert cache.damaged == frozenset()
