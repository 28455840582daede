"""What docs/project-file.md says about reading the file with other tools is true."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.shared import REPOSITORY
from vosapp.core.storage.database import APPLICATION_ID, SCHEMA_VERSION

STORED = REPOSITORY / "tests" / "data" / "project-v2.vosapp"
PAGE = (REPOSITORY / "docs" / "project-file.md").read_text(encoding="utf-8")


def test_the_example_reads_every_mask(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    found = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    names: dict[str, object] = {}
    exec(found[1].replace("shot.vosapp", Path(STORED).as_posix()), names)
    db = names["db"]
    assert isinstance(db, sqlite3.Connection)
    db.close()
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 202 and lines[0] == "Hand 0 24 pixels" and lines[-1] == "Würfel 299 4 pixels"


def test_numbers_and_tables_are_those_of_the_page() -> None:
    assert f"0x{APPLICATION_ID:X}" in PAGE and f"`user_version` {SCHEMA_VERSION}" in PAGE
    with closing(sqlite3.connect(STORED)) as db:
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            (row,) = re.findall(rf"^{name} \((.*?)\)(?: |$)", PAGE, re.MULTILINE)
            columns = [column for _, column, *_ in db.execute(f"PRAGMA table_info({name})")]
            assert [part.split()[0] for part in row.split(", ")] == columns
