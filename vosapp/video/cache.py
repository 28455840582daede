"""Decoded frames kept in memory, up to a number of bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict

from vosapp.video.source import RgbImage


class FrameCache:
    """Pictures by frame index; the least recently used go first. Safe to use from several threads."""

    def __init__(self, budget_bytes: int) -> None:
        """Makes an empty cache.

        Args:
            budget_bytes: how much the pictures may take together.

        Raises:
            ValueError: the budget is negative.
        """
        if budget_bytes < 0:
            raise ValueError(f"a budget cannot be negative: {budget_bytes}")
        self._budget_bytes = budget_bytes
        self._used_bytes = 0
        self._pictures: OrderedDict[int, RgbImage] = OrderedDict()
        self._damaged: frozenset[int] = frozenset()
        self._lock = threading.Lock()

    @property
    def budget_bytes(self) -> int:
        """How much the pictures may take together."""
        return self._budget_bytes

    def set_budget(self, budget_bytes: int) -> None:
        """Lets the pictures take more or less from now on; those that are too much go. Raises ValueError below 0."""
        if budget_bytes < 0:
            raise ValueError(f"a budget cannot be negative: {budget_bytes}")
        with self._lock:
            self._budget_bytes = budget_bytes
            while self._used_bytes > budget_bytes:
                self._remove(next(iter(self._pictures)))

    @property
    def used_bytes(self) -> int:
        """How much they take now."""
        return self._used_bytes

    @property
    def damaged(self) -> frozenset[int]:
        """The frames that were put as damaged, also those whose pictures have gone since."""
        return self._damaged

    def __len__(self) -> int:
        return len(self._pictures)

    def __contains__(self, index: object) -> bool:
        with self._lock:
            return index in self._pictures

    def get(self, index: int) -> RgbImage | None:
        """The picture of a frame, or None; counts as a use."""
        with self._lock:
            picture = self._pictures.get(index)
            if picture is not None:
                self._pictures.move_to_end(index)
            return picture

    def put(self, index: int, picture: RgbImage, *, damaged: bool = False) -> bool:
        """Keeps a picture, letting go of others for it; False when it alone is over the budget.

        Args:
            index: its frame.
            picture: shared with the caller, so it has to be read-only.
            damaged: whether the frame is damaged, so that the picture stands in for it.

        Raises:
            ValueError: the picture can be written to.
        """
        if picture.flags.writeable:
            raise ValueError("a cached picture is shared between threads and must be read-only")
        with self._lock:
            if damaged != (index in self._damaged):
                self._damaged ^= {index}
            if picture.nbytes > self._budget_bytes:
                return False
            self._remove(index)
            self._pictures[index] = picture
            self._used_bytes += picture.nbytes
            while self._used_bytes > self._budget_bytes:
                self._remove(next(iter(self._pictures)))
            return True

    def indices(self) -> frozenset[int]:
        """The frames that are kept."""
        with self._lock:
            return frozenset(self._pictures)

    def clear(self) -> None:
        """Lets go of everything."""
        with self._lock:
            self._pictures.clear()
            self._damaged = frozenset()
            self._used_bytes = 0

    def _remove(self, index: int) -> None:
        picture = self._pictures.pop(index, None)
        if picture is not None:
            self._used_bytes -= picture.nbytes
