"""A process that works on a project until it is killed: `python -m tests.unit.core.storage.crash_child FILE SEED`.

What it does follows from the seed alone, so the test can do the same in memory and know every state. On its output it
says what it has done ("did N"), what is acknowledged ("ack N"), and which file it works on ("file PATH").
"""

from __future__ import annotations

import random
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.unit.core.shapes import box, change, document
from vosapp.core import edits
from vosapp.core.editor import Editor, RunToken
from vosapp.core.project import Project, ProjectCopy
from vosapp.core.storage.tree import TreeEncoder

OPERATIONS = 400

State = tuple[str, int, int]
Moving = tuple[ProjectCopy, threading.Thread]


def state_of(editor: Editor) -> State:
    """What must come back: (digest of the document, steps to undo, steps to redo)."""
    *_, root = TreeEncoder(lambda _: False).nodes(editor.document)
    state = editor.state
    return root.digest.hex(), state.head + (state.run is not None), len(state.steps) - 1 - state.head


def new_editor() -> Editor:
    """What every child begins with."""
    return Editor(edits.add_object(document(500))[0])


def work(editor: Editor, chance: random.Random) -> Iterator[str]:
    """Works on an editor; yields after each operation what the project may do then."""
    token: RunToken | None = None
    for _ in range(OPERATIONS):
        kind = chance.choice(("stroke", "stroke", "stroke", "run", "run", "undo", "redo", "end", "delete"))
        frame = chance.randrange(450)
        if kind == "stroke":
            left, top = chance.randrange(7), chance.randrange(5)
            area = box(left, top, left + 1, top + 1)
            made = edits.stroke(editor.document, editor.store, 1, frame, area, chance.random() < 0.2)
            editor.apply("Paint", made)
        elif kind == "run":
            token = token or editor.begin_run("Propagate")
            mask = box(0, 0, 1 + chance.randrange(8), 1 + chance.randrange(6))
            editor.amend_run(token, [change(f, mask) for f in range(frame, frame + 40)])
        elif kind == "end" and token is not None:
            editor.end_run(token)
            token = None
        elif kind == "undo":
            editor.undo()
        elif kind == "redo":
            editor.redo()
        elif kind == "delete":
            editor.apply("Delete", edits.delete_masks(editor.document, 1, range(frame, frame + 20)))
        yield chance.choice(("", "", "flush", "flush", "", "", "", "", "compact", "save as", "copy"))


def end_move(project: Project, moving: Moving | None, say: Callable[[str], None]) -> None:
    """Goes on in a copy that was being written while the work went on; all that was done is in it afterwards."""
    if moving is not None:
        copy, thread = moving
        thread.join()
        close_before = project.go_on_in(copy)
        project.flush()
        say(f"file {copy.path}")
        close_before()


def main(path: Path, seed: int) -> None:
    """Works until killed."""

    def say(text: str) -> None:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()

    moving: Moving | None = None
    project = Project.create(path, new_editor())
    say(f"file {path}")
    say("ack 0")
    for number, then in enumerate(work(project.editor, random.Random(seed)), 1):
        say(f"did {number}")
        if then == "flush":
            project.flush()
            say(f"ack {number}")
        elif then == "compact":
            end_move(project, moving, say)
            moving = None
            project.compact()
            say(f"ack {number}")
        elif then == "save as":
            end_move(project, moving, say)
            moving = None
            path = path.with_name(f"{number}.vosapp")
            project.save_as(path)
            say(f"file {path}")
            say(f"ack {number}")
        elif then == "copy" and moving is None:
            path = path.with_name(f"{number}.vosapp")
            copy = project.begin_copy(path)
            thread = threading.Thread(target=copy.write)
            thread.start()
            moving = copy, thread
        elif moving is not None and not moving[1].is_alive():
            end_move(project, moving, say)
            moving = None
            say(f"ack {number}")
    end_move(project, moving, say)
    project.close()
    say("end")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
