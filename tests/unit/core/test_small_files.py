"""Small files: whole, and readable for those whom they are for."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from vosapp.core.small_files import remember, write_whole


@pytest.mark.skipif(sys.platform == "win32", reason="rights are of another kind there")
def test_others_may_read_what_is_written_for_them(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        for _ in range(2):  # made, and replaced
            write_whole(tmp_path / "report.html", b"for all")
            remember(tmp_path / "shots.json", {"shots": "nobody's business"})
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {"report.html": 0o644, "shots.json": 0o600}


def test_a_file_that_cannot_be_replaced_leaves_nothing_beside_it(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        write_whole(tmp_path / "taken", b"content")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
