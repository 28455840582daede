"""Small files of the program in the user's folders: written whole or not at all, read within a limit."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

MAX_FILE_BYTES = 1_000_000


def write_whole(path: Path, content: bytes, *, private: bool = False) -> None:
    """Replaces a file so that there is always the old one or the new one, whatever ends this. May raise OSError.

    Others may read it as they may any file that the user makes, unless it is private.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    handle = os.open(fresh, flags, 0o600 if private else 0o666)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        with suppress(OSError):
            fresh.unlink()
        raise


def read_json(path: Path) -> object:
    """The value in a JSON file. Raises OSError, or ValueError when it is no JSON, too deep or over a megabyte."""
    with path.open("rb") as file:
        content = file.read(MAX_FILE_BYTES)
    try:
        found: object = json.loads(content)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return found


def recalled(path: Path) -> object:
    """What is remembered in a JSON file; None when it cannot be read, which is no trouble."""
    try:
        return read_json(path)
    except (OSError, ValueError):
        return None


def recalled_entries(path: Path) -> dict[str, object]:
    """The entries of what is remembered in a JSON file; none when it cannot be read or holds something else."""
    found = recalled(path)
    return found if isinstance(found, dict) else {}


def remember(path: Path, content: Mapping[str, object] | tuple[str, ...]) -> None:
    """Writes what is worth remembering. Where it cannot be written it is forgotten: a convenience, not worth a word."""
    with suppress(OSError):
        write_whole(path, json.dumps(content).encode(), private=True)
