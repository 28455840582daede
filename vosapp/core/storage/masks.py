"""The mask store of a project: masks not yet written, masks used last, and the file behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Lock

from vosapp.core.document import Document, MaskStore
from vosapp.core.errors import MaskError
from vosapp.core.mask import Digest, Mask
from vosapp.core.storage.json_checks import DamageError
from vosapp.core.storage.reader import ProjectReader, RawMask
from vosapp.core.store import MaskCache

CACHE_BYTES = 256 * 2**20

Raw = Callable[[Digest], RawMask | None]


class FileMaskStore:
    """A MaskStore over a project file. Puts and gets may come from any thread.

    A new mask stays in memory until the writer has committed it; while a copy of the project is being written, until
    the project has moved to the copy or the copy is done without.

    Attributes:
        place: counts the files. Who writes to one says which, so that the writer of the file before is not believed.
    """

    def __init__(self, fallback: MaskStore | None = None) -> None:
        """Makes a store without a file; `attach` gives it one.

        Args:
            fallback: where masks are that were put before there was a file.
        """
        self.place = 0
        self._pending: dict[Digest, Mask] = {}
        self._held_back: dict[Digest, Mask] | None = None
        self._lock = Lock()  # around what the writer and the editor both change
        self._cache = MaskCache(CACHE_BYTES)
        self._fallback = fallback
        self._reader: ProjectReader | None = None

    def attach(self, reader: ProjectReader) -> Callable[[bytes], Document]:
        """Reads from this file from now on; the store owns the reader and closes the one before.

        Returns:
            What loads versions of the document from whichever file is attached.
        """
        self.detach()
        self._reader = reader
        return self.document

    def hold_back(self) -> None:
        """Keeps from now on what is written in memory too: a copy that is being made may lack it."""
        with self._lock:
            self._held_back = {}

    def let_go(self) -> None:
        """Ends `hold_back`; the project stays where it is."""
        with self._lock:
            self._held_back = None

    def move(self, reader: ProjectReader) -> Callable[[], None]:
        """Reads from a copy from now on, and has everything put since `hold_back` written to it.

        Returns:
            What closes the file before.
        """
        with self._lock:
            for digest, mask in (self._held_back or {}).items():
                self._pending.setdefault(digest, mask)
            self._held_back = None
            self.place += 1
            old, self._reader = self._reader, reader
        return old.close if old is not None else _nothing

    def replace(self, reader: ProjectReader) -> None:
        """Reads from now on from a file that took the place of the one before, with all that was in it."""
        with self._lock:
            self.place += 1
            old, self._reader = self._reader, reader
        if old is not None:
            old.close()

    def detach(self) -> None:
        """Closes the file; the masks in memory stay."""
        old, self._reader = self._reader, None
        if old is not None:
            old.close()

    def put(self, mask: Mask) -> Digest:
        """Keeps the mask and returns its digest."""
        # Not skipped for a mask that was read before: the file may have been compacted since.
        return self._pending.setdefault(mask.digest, mask).digest

    def get(self, digest: Digest) -> Mask:
        """The mask of a digest. Raises MaskError when it is missing or damaged in the file."""
        mask = self._held(digest)
        if mask is not None:
            return mask
        row = self._stored(digest)
        if row is not None:
            mask = Mask.from_stored(*row, digest)
        elif self._fallback is not None:
            mask = self._fallback.get(digest)
        else:
            raise MaskError("A mask of this project is missing from its file.")
        self._cache.put(digest, mask)
        return mask

    def size_bytes(self, digest: Digest) -> int:
        """Bytes that a mask takes in memory, 0 when it is only in the file."""
        mask = self._held(digest)
        return len(mask.data) if mask else 0

    def pending(self) -> dict[Digest, Mask]:
        """The masks that are not in the file yet."""
        return self._pending.copy()

    def written(self, digests: Iterable[Digest], place: int) -> None:
        """Says that masks are in the file of a place now. Not believed when the project has moved since."""
        with self._lock:
            if place != self.place:
                return
            for digest in digests:
                mask = self._pending.get(digest)
                if mask is not None:
                    self._cache.put(digest, mask)
                    if self._held_back is not None:
                        self._held_back[digest] = mask
                    del self._pending[digest]

    def raw(self, digest: Digest) -> RawMask | None:
        """(height, width, data) of a mask, unchecked; None where it is missing or cannot be read."""
        mask = self._held(digest)
        if mask is not None:
            return mask.height, mask.width, mask.data
        try:
            row = self._stored(digest)
            if row is None and self._fallback is not None:
                mask = self._fallback.get(digest)
                row = mask.height, mask.width, mask.data
        except MaskError:
            return None
        return row

    def document(self, digest: bytes) -> Document:
        """A version of the document from the file. Raises DamageError."""
        while (reader := self._reader) is not None:
            try:
                return reader.document(digest)
            except DamageError:
                if self._reader is reader:
                    raise
        raise DamageError("it is closed")

    def _stored(self, digest: Digest) -> RawMask | None:
        while (reader := self._reader) is not None:
            try:
                return reader.mask(digest)
            except MaskError:  # another thread may have moved to a copy and closed this file meanwhile
                if self._reader is reader:
                    raise
        return None

    def _held(self, digest: Digest) -> Mask | None:
        return self._pending.get(digest) or self._cache.get(digest) or (self._held_back or {}).get(digest)


def _nothing() -> None:
    """There was no file before."""
