"""MemoryMaskStore, MaskCache: hold masks in memory, found by their digest."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from vosapp.core.errors import MaskError
from vosapp.core.mask import Digest, Mask


class MemoryMaskStore:
    """A MaskStore that keeps every mask in memory: for tests, the command line and short sessions.

    May be used from several threads.
    """

    def __init__(self) -> None:
        self._masks: dict[Digest, Mask] = {}

    def put(self, mask: Mask) -> Digest:
        """Keeps the mask and returns its digest."""
        return self._masks.setdefault(mask.digest, mask).digest

    def get(self, digest: Digest) -> Mask:
        """The mask of a digest. Raises MaskError when it is missing."""
        try:
            return self._masks[digest]
        except KeyError as error:
            raise MaskError("A mask of this project is missing.") from error

    def size_bytes(self, digest: Digest) -> int:
        """Bytes that the mask takes, 0 when it is not here."""
        mask = self._masks.get(digest)
        return len(mask.data) if mask else 0

    def __len__(self) -> int:
        return len(self._masks)


class MaskCache:
    """The masks used last, up to a number of bytes. May be used from several threads."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._masks: OrderedDict[object, Mask] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, key: object) -> Mask | None:
        """The mask kept under a key, or None."""
        with self._lock:
            mask = self._masks.get(key)
            if mask is not None:
                self._masks.move_to_end(key)
            return mask

    def put(self, key: object, mask: Mask) -> None:
        """Keeps a mask under a key; the masks unused for longest leave."""
        with self._lock:
            if key in self._masks:
                self._bytes -= len(self._masks.pop(key).data)
            self._masks[key] = mask
            self._bytes += len(mask.data)
            while self._bytes > self._limit_bytes and len(self._masks) > 1:
                self._bytes -= len(self._masks.popitem(last=False)[1].data)
