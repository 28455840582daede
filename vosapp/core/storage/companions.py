"""Looks at the files beside a project before SQLite acts upon them: it would write, map, roll back or delete by them.

A project may come from anybody, in an archive or a shared folder, together with files of these names.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from vosapp.core.errors import ProjectError

SUFFIXES = ("-wal", "-shm", "-journal")

# The last bytes of a rollback journal that names a super-journal, which SQLite deletes after the rollback
# (https://www.sqlite.org/fileformat2.html#rollbackjournal and super-journals in https://www.sqlite.org/atomiccommit.html).
_JOURNAL_MAGIC = bytes.fromhex("d9d505f920a163d7")


def check_companions(project: Path) -> None:
    """Makes sure that what lies beside a project is what vosapp and SQLite leave there. Changes nothing.

    Raises:
        ProjectError: a log or journal is a link, no plain file, has a second name, or names another file.
    """
    real = project.resolve()  # SQLite follows a link to the project, and then looks beside its target
    for suffix in SUFFIXES:
        companion = real.with_name(real.name + suffix)
        try:
            facts = companion.lstat()
        except OSError:
            continue
        if not stat.S_ISREG(facts.st_mode) or facts.st_nlink > 1:
            raise _refused(companion, "is a link or no plain file")
        if suffix == "-journal" and _names_a_super_journal(companion, facts.st_size):
            raise _refused(companion, "names another file, which opening the project would delete")


def _names_a_super_journal(journal: Path, size_bytes: int) -> bool:
    if size_bytes < len(_JOURNAL_MAGIC):
        return False
    with journal.open("rb") as file:
        file.seek(-len(_JOURNAL_MAGIC), os.SEEK_END)
        return file.read() == _JOURNAL_MAGIC


def _refused(companion: Path, why: str) -> ProjectError:
    return ProjectError(
        f"{companion.name} in {companion.parent} {why}.",
        "It does not belong to the project. Move it away to open the project. No file was touched.",
    )
