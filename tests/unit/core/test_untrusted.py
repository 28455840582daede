"""Files and names from somebody else."""

from __future__ import annotations

import os
import sys
import tracemalloc
from pathlib import Path

import pytest

from vosapp.core.plain_text import printable, storable
from vosapp.core.untrusted import is_plain_name, open_regular, read_regular


def test_a_file_is_read_up_to_a_limit(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    assert read_regular(path, limit_bytes=5) == b"12345"
    with pytest.raises(OSError, match="larger than"):
        read_regular(path, limit_bytes=4)


def test_reading_takes_as_much_memory_as_the_file_is_long(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(bytes(1000))
    tracemalloc.start()
    try:
        assert len(read_regular(path, limit_bytes=2**30)) == 1000
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 2**20


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")
def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    link = tmp_path / "link"
    link.symlink_to("/dev/zero")
    for path in (pipe, link, Path("/dev/zero"), tmp_path):
        with pytest.raises(OSError, match=r"no ordinary file|[Dd]irectory"):
            open_regular(path)
    with pytest.raises(OSError, match="no valid name"):
        open_regular(Path("a\0b"))


@pytest.mark.parametrize(
    "name", ["", ".", "..", "/etc", "../up", "a/b", "a\\b", "C:evil", "C:\\x", "a\nb", "\x1b[2J", "x" * 256, "\ud800"]
)
def test_names_that_lead_elsewhere_are_not_plain(name: str) -> None:
    assert not is_plain_name(name)


@pytest.mark.parametrize("name", ["bear", "dogs-jump", "003234408d", "Schuß 1", "é漢", "...", "a.b"])
def test_ordinary_names_are_plain(name: str) -> None:
    assert is_plain_name(name)


def test_nothing_that_a_terminal_obeys_is_printed() -> None:
    assert printable("\x1b]0;owned\x07 a\nb \u202edcba \udcff Schuß 👩\u200d🚀") == (
        "\\x1b]0;owned\\x07 a\\nb \\u202edcba \\udcff Schuß 👩\u200d🚀"
    )
    assert printable("a\nb", keep="\n") == "a\nb"


def test_a_text_is_stored_without_what_a_project_refuses() -> None:
    assert storable("a\0\ud800b" + "c" * 10, 4) == "a?bc"
