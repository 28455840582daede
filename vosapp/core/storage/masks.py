"""The mask store of a project: masks not yet written, masks used last, and the file behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from vosapp.core.document import Document, MaskStore
from vosapp.core.errors import MaskError
from vosapp.core.mask import Digest, Mask
from vosapp.core.storage.fields import DamageError
from vosapp.core.storage.reader import ProjectReader, RawMask
from vosapp.core.store import MaskCache

CACHE_BYTES = 256 * 2**20

Raw = Callable[[Digest], RawMask | None]


class FileMaskStore:
    """A MaskStore over a project file. Puts and gets may come from any thread.

    A new mask stays in memory until the writer has committed it.
    """

    def __init__(self, fallback: MaskStore | None = None) -> None:
        """Makes a store without a file; `attach` gives it one.

        Args:
            fallback: where masks are that were put before there was a file.
        """
        self._pending: dict[Digest, Mask] = {}
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
        row = self._reader.mask(digest) if self._reader is not None else None
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

    def written(self, digests: Iterable[Digest]) -> None:
        """Says that masks are in the file now."""
        for digest in digests:
            mask = self._pending.get(digest)
            if mask is not None:
                self._cache.put(digest, mask)
                del self._pending[digest]

    def raw(self, digest: Digest) -> RawMask | None:
        """(height, width, data) of a mask, unchecked; None where it is missing or cannot be read."""
        mask = self._held(digest)
        if mask is not None:
            return mask.height, mask.width, mask.data
        try:
            row = self._reader.mask(digest) if self._reader is not None else None
            if row is None and self._fallback is not None:
                mask = self._fallback.get(digest)
                row = mask.height, mask.width, mask.data
        except MaskError:
            return None
        return row

    def document(self, digest: bytes) -> Document:
        """A version of the document from the file. Raises DamageError."""
        if self._reader is None:
            raise DamageError("it is closed")
        return self._reader.document(digest)

    def _held(self, digest: Digest) -> Mask | None:
        return self._pending.get(digest) or self._cache.get(digest)
