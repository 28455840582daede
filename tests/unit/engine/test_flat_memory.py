"""A run over a long clip needs no more memory than one over a short clip."""

from __future__ import annotations

import tracemalloc
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.unit.engine.fakes import ShiftPropagator
from vosapp.core.document import Document, Origin
from vosapp.core.edits import add_object, set_mask
from vosapp.core.mask import Mask
from vosapp.core.store import MemoryMaskStore
from vosapp.core.timeline import Direction, FrameRange
from vosapp.engine.run.plan import RunPlan
from vosapp.engine.run.propagation import propagate
from vosapp.video.source import ClipInfo

SIZE = (90, 160)


class EndlessSource:
    """Frames made when they are asked for."""

    def __init__(self, frame_count: int) -> None:
        self.info = ClipInfo(Path("endless"), "video", *SIZE, frame_count, Fraction(24))

    def frame(self, index: int) -> NDArray[np.uint8]:
        return np.full((*SIZE, 3), index % 256, np.uint8)

    def native(self, index: int) -> NDArray[np.generic]:
        return self.frame(index)

    def is_damaged(self, index: int) -> bool:
        return False

    def close(self) -> None:
        pass


def peak_bytes(frame_count: int, direction: Direction, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("vosapp.engine.run.frame_reader._CHUNK_BYTES", 20 * SIZE[0] * SIZE[1] * 3)
    store = MemoryMaskStore()
    document, object_id = add_object(Document())
    square = np.zeros(SIZE, np.bool_)
    square[20:60, 30:80] = True
    for frame in (0, frame_count - 1):
        document = set_mask(document, store, object_id, frame, Mask.from_array(square), Origin.DRAWN)
    plan = RunPlan((object_id,), FrameRange(0, frame_count - 1), direction)
    tracemalloc.start()
    try:
        count = 0
        for result in propagate(EndlessSource(frame_count), document, store, plan=plan, build=ShiftPropagator):
            count += len(result.masks)
        assert count >= frame_count - 2
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("direction", Direction)
def test_memory_does_not_grow_with_the_clip(direction: Direction, monkeypatch: pytest.MonkeyPatch) -> None:
    short = peak_bytes(150, direction, monkeypatch)
    long = peak_bytes(1500, direction, monkeypatch)
    # A few numbers a frame may be kept, no pictures: one mask alone would be 14 kB a frame.
    assert long - short < 1350 * 1000
    assert long < 1.5 * short
