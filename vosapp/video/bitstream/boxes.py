"""The boxes of MP4 and QuickTime files (ISO/IEC 14496-12), read from files that are not trusted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple


class Box(NamedTuple):
    """One box.

    Attributes:
        kind: its four letters.
        start: of its header in the file.
        content: where its content begins.
        end: where it says that it ends, which may lie behind the end of the file.
    """

    kind: bytes
    start: int
    content: int
    end: int


def boxes(file: BinaryIO, start: int, end: int, *, most: int) -> Iterator[Box]:
    """The boxes between two places, at most so many; it ends where no header follows, or one shorter than itself."""
    for _ in range(most):
        if end - start < 8:  # a box may claim to end where no file can be read
            return
        file.seek(start)
        header = file.read(min(16, end - start))
        if len(header) < 8:
            return
        length, head = int.from_bytes(header[:4]), 8
        if length == 1 and len(header) == 16:
            length, head = int.from_bytes(header[8:]), 16
        box = Box(header[4:8], start, start + head, end if length == 0 else start + length)
        if box.end < box.content:
            return
        yield box
        start = box.end
