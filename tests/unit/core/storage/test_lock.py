"""One writer a project, and the lock dies with its process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shared import REPOSITORY
from vosapp.core.storage.lock import ForeignLockError, LockedError, LockUnsupportedError, ProjectLock, lock_path

HOLD = """
import sys
from pathlib import Path
from vosapp.core.storage.lock import ProjectLock
lock = ProjectLock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_lock_is_held_once_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.vosapp"
    lock = ProjectLock(path)
    with pytest.raises(LockedError, match=r"on .*, since 20"):
        ProjectLock(path)
    lock.release()
    lock.release()
    assert list(tmp_path.iterdir()) == []
    ProjectLock(path).release()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_a_killed_process_holds_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "a.vosapp"
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=REPOSITORY) as process:
        assert process.stdout is not None and process.stdout.readline().strip() == b"held"
        with pytest.raises(LockedError):
            ProjectLock(path)
        process.kill()
        process.wait()
    assert lock_path(path).exists(), "what the dead process left behind"
    ProjectLock(path).release()
    assert not lock_path(path).exists()


def test_a_broken_lock_file_tells_nothing_and_hurts_nobody(tmp_path: Path) -> None:
    path = tmp_path / "a.vosapp"
    lock = ProjectLock(path)
    lock_path(path).write_bytes(b"[" * 50_000)
    with pytest.raises(LockedError, match="another window"):
        ProjectLock(path)
    lock.release()


def test_where_nothing_can_be_locked(tmp_path: Path) -> None:
    with pytest.raises(LockUnsupportedError):
        ProjectLock(tmp_path / "no such folder" / "a.vosapp")


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
@pytest.mark.parametrize("kind", ["symlink", "hard link", "pipe", "own file"])
def test_a_file_in_the_place_of_the_lock_is_left_as_it_is(tmp_path: Path, kind: str) -> None:
    path, precious = tmp_path / "a.vosapp", tmp_path / "diary.txt"
    precious.write_text("precious")
    if kind == "symlink":
        lock_path(path).symlink_to(precious)
    elif kind == "hard link":
        lock_path(path).hardlink_to(precious)
    elif kind == "pipe":
        os.mkfifo(lock_path(path))
    else:
        lock_path(path).write_text("precious")
    before = lock_path(path).lstat()
    with pytest.raises(ForeignLockError, match=r"a\.vosapp\.lock"):
        ProjectLock(path)
    assert precious.read_text() == "precious" and lock_path(path).lstat().st_ino == before.st_ino
    assert kind != "own file" or lock_path(path).read_text() == "precious"


def test_a_lock_that_was_replaced_is_not_taken_away(tmp_path: Path) -> None:
    path = tmp_path / "a.vosapp"
    lock = ProjectLock(path)
    lock_path(path).unlink()
    lock_path(path).write_text("of somebody else")
    assert not lock.is_current
    lock.release()
    assert lock_path(path).read_text() == "of somebody else"
