"""Translates FFmpeg's errors into sentences for the user. The only place that does."""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath

import av

from vosapp.core.errors import MediaError
from vosapp.video.bitstream.boxes import boxes

_SNIFFED_BYTES = 4096
_MOST_BOXES = 20_000

READER_ERRORS: tuple[type[Exception], ...] = (
    av.error.FFmpegError,
    OSError,
    ValueError,
    TypeError,
    ArithmeticError,
    LookupError,
    AttributeError,
    RuntimeError,
    AssertionError,
    BufferError,
    EOFError,
    MemoryError,
    StopIteration,
)
"""What PyAV raises for what it finds in a file: FFmpeg's errors, and Python's where a value is new to it."""

NO_MEMORY: tuple[type[Exception], ...] = (MemoryError, BlockingIOError)
"""Among them what a decoder raises for want of memory: for a picture, or ("try again") for the stack of a thread."""


class NoFrameError(IndexError):
    """A frame was asked for that the clip does not have."""


@contextmanager
def media_errors(path: Path) -> Iterator[None]:
    """Raises what a reader raises in the block as a `MediaError` about `path`; a frame that is not there stays one."""
    try:
        yield
    except NoFrameError:
        raise
    except READER_ERRORS as error:
        raise explain(path, error) from error


def explain(path: Path, error: Exception) -> MediaError:
    """What is wrong with a file that could not be opened or read, and what to do."""
    if isinstance(error, av.error.PermissionError | PermissionError):
        return MediaError(f"{path} may not be read.", "Change its permissions or copy it elsewhere.")
    if not path.exists():
        return MediaError(f"There is no file {path}.", "Check the path, or relink the clip if it was moved.")
    if path.stat().st_size == 0:
        return MediaError(f"{path} is empty (0 bytes).", "Copy or export the clip again.")
    with path.open("rb") as file:
        head = file.read(_SNIFFED_BYTES)
    if _is_text(head):
        return MediaError(f"{path} is a text file, not a video.", "Choose the video file itself.")
    if _is_unfinished_mp4(path, head):
        return MediaError(
            f"{path} is cut off: the table of its frames is missing.",
            "If it is still being written or copied, wait until that is done; else copy it again.",
        )
    if isinstance(error, NO_MEMORY):
        return MediaError(
            f"There is too little memory here to read {path}.",
            "Close other programs and try again. If it does not help, check that the file plays elsewhere.",
        )
    return MediaError(
        f"{path} cannot be read as a video ({_reason(error)}).", "Check that it plays elsewhere, or copy it again."
    )


def no_file(path: Path) -> MediaError:
    """Something that is there but no file: a pipe or a device, which nobody can go back and forth in."""
    return MediaError(f"{path} is no ordinary file, so its frames cannot be found again.", "Save it as a file first.")


def no_picture(path: Path, has_audio: bool) -> MediaError:
    """A file that opens but has no video track."""
    if has_audio:
        return MediaError(f"{path} holds sound but no picture.", "Choose a file with a video track.")
    return MediaError(f"{path} holds no video track.", "Choose a video file or a folder of images.")


def unknown_codec(path: Path, tag: str) -> MediaError:
    """A video track that this build of FFmpeg has no decoder for."""
    return MediaError(
        f"{path} uses the codec {tag!r}, which this program cannot decode.", "Convert it, for example to ProRes."
    )


def _reason(error: Exception) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(text).strip().rstrip(".")


def _is_text(head: bytes) -> bool:
    if not head or b"\0" in head:
        return False
    try:
        # The sniffed piece may end inside a character, which this decoder waits for.
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return all(character.isprintable() or character in "\r\n\t\f" for character in text)


def _is_unfinished_mp4(path: Path, head: bytes) -> bool:
    """Whether the file starts like an MP4 or MOV whose boxes do not include the table of frames ("moov")."""
    if head[4:8] not in (b"ftyp", b"wide", b"mdat", b"free", b"skip"):
        return False
    end = path.stat().st_size
    with path.open("rb") as file:
        tables = next((box for box in boxes(file, 0, end, most=_MOST_BOXES) if box.kind == b"moov"), None)
    return tables is None or tables.end > end


def file_url(path: PurePath) -> str:
    """The path in the form that FFmpeg takes for a file whatever its name looks like ("http:", "%d", "-")."""
    return "file:" + os.fspath(path)
