"""kill -9 of a real process: every acknowledged commit is there, and every file opens.

`VOSAPP_KILLS=200` kills more often than the ordinary run does.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path

import pytest

from tests.shared import REPOSITORY
from tests.unit.core.storage.crash_child import State, new_editor, state_of, work
from vosapp.core.editor import Editor
from vosapp.core.project import Project

KILLS = int(os.environ.get("VOSAPP_KILLS", "12"))
DATA = Path(__file__).parents[3] / "data"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")


def start(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, *(str(one) for one in arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY, start_new_session=True)


def kill(process: subprocess.Popen[str], seconds: float) -> list[str]:
    """Kills a process some time after its first line and returns what it said in whole lines."""
    assert process.stdout is not None
    first = process.stdout.readline()
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    rest = process.stdout.read()
    process.stdout.close()
    process.wait()
    return [line for line in (first + rest).split("\n")[:-1] if line]


def states(seed: int, count: int) -> list[State]:
    """The states that a child goes through, by number of operations."""
    editor = new_editor()
    found = [state_of(editor)]
    found += [state_of(editor) for _ in islice(work(editor, random.Random(seed)), count)]
    return found


def open_killed(path: Path) -> State:
    """Opens a file that a killed process left, for writing, and looks at every mask."""
    project = Project.open(path)
    assert not project.read_only, project.read_only_reason
    for frame in project.editor.document.object(1).cells:
        assert project.editor.mask(1, frame) is not None
    found = state_of(project.editor)
    project.close()
    assert not list(path.parent.glob(f".{path.name}.*")), "what the dead process left half written is cleared away"
    return found


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_killed_process_loses_nothing_acknowledged(quick_path: Path, seed: int) -> None:
    path = quick_path / "0.vosapp"
    chance = random.Random(f"moment {seed}")
    lines = kill(start("-m", "tests.unit.core.storage.crash_child", path, seed), chance.uniform(0, 1.2))
    acknowledged = max((int(line.split()[1]) for line in lines if line.startswith("ack")), default=0)
    done = max((int(line.split()[1]) for line in lines if line.startswith("did")), default=0)
    files = [Path(line.split(maxsplit=1)[1]) for line in lines if line.startswith("file")]
    expected = states(seed, done + 1)
    assert open_killed(files[-1]) in expected[acknowledged:], f"killed after {lines[-1]}"
    for path in quick_path.glob("*.vosapp"):
        assert open_killed(path) in expected, f"{path.name} opens, killed after {lines[-1]}"


MIGRATION = """
import sys
from vosapp.core.project import Project
print("begin", flush=True)
project = Project.open(sys.argv[1])
print("open", flush=True)
project.flush()
"""


@pytest.mark.parametrize("seed", range(max(1, KILLS // 4)))
def test_a_process_killed_while_it_migrates_loses_nothing(quick_path: Path, seed: int) -> None:
    path = Path(shutil.copy(DATA / "project-v1.vosapp", quick_path / "old.vosapp"))
    kill(start("-c", MIGRATION, path), random.Random(seed).uniform(0, 0.06))
    project = Project.open(path)
    assert not project.read_only
    _check_old(project.editor)
    project.close()


def _check_old(editor: Editor) -> None:
    assert (editor.undo_label, editor.redo_label) == ("Cuts", "In and out")
    assert list(editor.document.object(1).cells) == list(range(201))
    while editor.can_undo:
        editor.undo()
    assert not editor.document.object(1).cells
