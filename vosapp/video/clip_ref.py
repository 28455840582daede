"""clip_ref: the reference that a document keeps of an opened clip."""

from __future__ import annotations

from pathlib import Path

from vosapp.core import relink
from vosapp.core.document import ClipRef
from vosapp.core.errors import MediaError
from vosapp.video.source import ClipInfo


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
        input_space=info.input_space,
    )


def fingerprint(path: Path) -> tuple[int, str]:
    """Size in bytes and digest of media, by which it is recognised after a move.

    Raises:
        MediaError: it cannot be read.
    """
    try:
        return relink.fingerprint(path)
    except OSError as error:
        raise MediaError(f"{path} cannot be read ({error.strerror}).", "Check its permissions.") from error
