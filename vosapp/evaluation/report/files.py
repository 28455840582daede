"""Where reports go: written whole or not at all, and never over a page that is none of ours."""

from __future__ import annotations

from pathlib import Path

from vosapp.core.errors import MediaError
from vosapp.core.paths import followed
from vosapp.core.small_files import write_whole


def write_text(path: Path, text: str) -> None:
    """Writes a report, in one step where a file is to be replaced. Raises MediaError when it cannot."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():  # a pipe or a terminal
            path.write_text(text, encoding="utf-8")
        else:
            write_whole(followed(path), text.encode())
    except OSError as error:
        raise MediaError(f"{path} cannot be written: {error.strerror}.") from error


def require_page(path: Path, *, marks: tuple[str, ...], hint: str) -> None:
    """Makes sure that a page that is there holds all marks of ours, in their order, so that it may be changed.

    Raises:
        MediaError: it holds something else, or cannot be read.
    """
    try:
        page = path.read_text(encoding="utf-8") if path.is_file() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise MediaError(f"{path} cannot be read as a page ({error}).", hint) from error
    place = 0
    for mark in marks:
        place = page.find(mark, place)
        if page and place < 0:
            raise MediaError(f"{path} is another page and is left as it is.", hint)
