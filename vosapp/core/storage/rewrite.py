"""Rewrites a whole project into a new file: for Save As, compaction and migration.

The new file is written under another name and takes its place in one step, so there is always a whole one.
"""

from __future__ import annotations

import os
import re
import sqlite3
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from vosapp.core.editor import EditorState
from vosapp.core.history import Step, Version
from vosapp.core.mask import Digest
from vosapp.core.storage.database import connect, create_schema, translated
from vosapp.core.storage.file import ProjectFile, Tick, no_tick
from vosapp.core.storage.json_checks import DamageError
from vosapp.core.storage.masks import Raw

_SQLITE = b"SQLite format 3\0"


def write_fresh(
    path: Path,
    state: EditorState,
    raw: Raw,
    *,
    project_id: str = "",
    loose: Iterable[Digest] = (),
    tick: Tick = no_tick,
    before_replacing: Callable[[], None] = lambda: None,
) -> EditorState:
    """Writes a state and all that it needs, and nothing else, to a file. The caller holds the file's lock.

    Args:
        path: of the file, which is replaced if it exists.
        state: what to write. Steps that cannot be read from where they are now are left out, with those beyond them.
        raw: where the masks are.
        project_id: of the project; "" makes a new one.
        loose: masks to write besides, which a run that goes on may yet need.
        tick: told how many masks are written, as they are. What it raises ends the writing, and nothing is left of it.
        before_replacing: called when the new file is complete; closes the one before if it is the same.

    Returns:
        The state that the file holds.

    Raises:
        ProjectError: the file cannot be written; what was there before is as it was.
    """
    remove_parts(path)
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        state = readable(state)
        connection = connect(part, "rwc")
        try:
            create_schema(connection)
            connection.execute("INSERT INTO about VALUES ('project_id', ?)", (project_id or uuid.uuid4().hex,))
            ProjectFile(connection, raw, (), tick=tick).write(state, {}, loose)
        finally:
            connection.close()
        before_replacing()
        for suffix in ("-wal", "-shm", "-journal"):  # of a project that died under this name
            Path(f"{path}{suffix}").unlink(missing_ok=True)
        part.replace(path)
        _sync_folder(path.parent)
    except (sqlite3.Error, OSError) as error:
        raise translated(error, path) from error
    finally:
        with suppress(OSError):
            remove_parts(path)
    return state


def remove_parts(path: Path) -> None:
    """Removes what a process left that died while it wrote this file. The caller holds the file's lock.

    Only plain files of the names that `write_fresh` and SQLite give, which begin as SQLite's files do: a user may have
    files of similar names.
    """
    pattern = re.compile(rf"\.{re.escape(path.name)}\.[0-9a-f]{{8}}\.part(-wal|-shm|-journal)?")
    with os.scandir(path.parent) as entries:
        found = [entry for entry in entries if pattern.fullmatch(entry.name)]
    for entry in found:
        if entry.is_file(follow_symlinks=False) and _is_ours(Path(entry.path)):
            Path(entry.path).unlink(missing_ok=True)


def _is_ours(part: Path) -> bool:
    """Whether a file beside a project was half written by us, or belongs to one that was."""
    if part.suffix != ".part":
        whole = part.with_suffix(".part")
        return not whole.exists() or _is_ours(whole)
    with part.open("rb") as file:
        start = file.read(len(_SQLITE))
    return _SQLITE.startswith(start)


def _sync_folder(folder: Path) -> None:
    """Makes the new name survive a power cut. Windows has no such call and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network folders refuse
            os.fsync(handle)
    finally:
        os.close(handle)


def readable(state: EditorState) -> EditorState:
    """The steps around the present that can be read; the state itself where all can be."""
    steps, head = list(state.steps), state.head
    first = head
    while first > 0 and _loads(steps[first - 1].version):
        first -= 1
    last = head
    while last + 1 < len(steps) and _loads(steps[last + 1].version):
        last += 1
    if (first, last) == (0, len(steps) - 1) and all(step.before is None or _loads(step.before) for step in steps):
        return state
    kept = [_with_readable_ground(step) for step in steps[first : last + 1]]
    return replace(state, steps=tuple(kept), head=head - first, forgotten=state.forgotten + first)


def _with_readable_ground(step: Step) -> Step:
    return step if step.before is None or _loads(step.before) else replace(step, before=None)


def _loads(version: Version) -> bool:
    try:
        _ = version.document
    except DamageError:
        return False
    return True
