"""From an opened clip to what a document keeps of it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from vosapp.core.document import ClipRef
from vosapp.core.errors import MediaError
from vosapp.video.source import ClipInfo

SAMPLE_BYTES = 64 * 2**10


def clip_ref(info: ClipInfo) -> ClipRef:
    """The reference to a clip: where it is, and enough to recognise it after a move.

    Raises:
        MediaError: its file cannot be read.
    """
    size_bytes, digest = fingerprint(info.path)
    return ClipRef(
        path=str(info.path.absolute()),
        height=info.height,
        width=info.width,
        frame_count=info.frame_count,
        rate=info.rate,
        first_number=info.first_number,
        size_bytes=size_bytes,
        sample_digest=digest,
    )


def fingerprint(path: Path) -> tuple[int, str]:
    """Size in bytes and digest of a file's beginning, middle and end; of a folder, of its files' names and sizes."""
    hasher = hashlib.blake2b(digest_size=16)
    try:
        if path.is_dir():
            entries = sorted((entry.name, entry.stat().st_size) for entry in path.iterdir() if entry.is_file())
            for name, size in entries:
                hasher.update(f"{name}\0{size}\n".encode("utf-8", "surrogateescape"))
            return sum(size for _, size in entries), hasher.hexdigest()
        size = path.stat().st_size
        with path.open("rb") as file:
            for start in (0, max(0, size // 2 - SAMPLE_BYTES // 2), max(0, size - SAMPLE_BYTES)):
                file.seek(start)
                hasher.update(file.read(SAMPLE_BYTES))
    except OSError as error:
        raise MediaError(f"{path} cannot be read ({error.strerror}).", "Check its permissions.") from error
    return size, hasher.hexdigest()
