"""Damaging project files on purpose, and judging what opens."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

from tests.unit.core.shapes import box, change, document
from vosapp.core import edits
from vosapp.core.editor import Editor
from vosapp.core.errors import MaskError, ProjectError
from vosapp.core.project import Project

Truth = list[dict[tuple[int, int], str]]  # one entry a version: digest of what is seen, by object and frame


def make_project(path: Path) -> Truth:
    """Writes a project with history, and returns what is seen in each of its versions."""
    made, _ = edits.add_object(document(400))
    editor = Editor(made)
    project = Project.create(path, editor)
    truth = [seen(editor)]

    def note() -> None:
        truth.append(seen(editor))

    for step in range(12):
        editor.apply(
            f"Paint {step}", edits.stroke(editor.document, editor.store, 1, step * 3, box(step % 4, 0, 6, 1 + step % 5))
        )
        note()
    token = editor.begin_run("Propagate")
    editor.amend_run(token, [change(f, box(f % 7, f % 5, 8, 6)) for f in range(1, 300)])
    editor.end_run(token)
    note()
    made, _ = edits.add_object(editor.document, "Second")
    editor.apply("Add object", made)
    note()
    for step in range(12):
        editor.apply(
            f"Brush {step}",
            edits.stroke(editor.document, editor.store, 1 + step % 2, 5 + step * 11, box(0, step % 6, 8, 6)),
        )
        note()
    for _ in range(3):
        editor.undo()
    project.close()
    return truth


def seen(editor: Editor) -> dict[tuple[int, int], str]:
    """Digests of all masks as seen."""
    return {
        (one.id, frame): edits.composite(editor.store, cell).digest
        for one in editor.document.objects
        for frame, cell in one.cells.items()
    }


def harm(content: bytes, chance: random.Random) -> bytes:
    """A copy with one kind of damage: bytes changed, a page lost or repeated, the end cut off."""
    damaged, kind = bytearray(content), chance.randrange(6)
    page = 4096 * chance.randrange(len(content) // 4096)
    if kind <= 1:
        for _ in range(chance.choice((1, 1, 1, 4, 64))):
            damaged[chance.randrange(len(content))] = chance.randrange(256)
    elif kind == 2:
        damaged[page : page + 4096] = bytes(4096)
    elif kind == 3:
        other = 4096 * chance.randrange(len(content) // 4096)
        damaged[page : page + 4096] = content[other : other + 4096]
    elif kind == 4:
        del damaged[chance.randrange(1, len(content)) :]
    else:
        first = chance.randrange(len(content))
        damaged[first : first + 512] = chance.randbytes(len(damaged[first : first + 512]))
    return bytes(damaged)


def judge(path: Path, truth: Truth) -> str:
    """Opens a damaged file and walks all of it. Returns what came of it: "whole", "report" or "refused".

    Raises:
        AssertionError: a mask is wrong, something vanished without a word, or the file was touched.
    """
    content = path.read_bytes()
    try:
        project = Project.open(path)
    except ProjectError as error:
        assert path.name in error.message, error.message
        assert path.read_bytes() == content, "a file that does not open is not touched"
        return "refused"
    try:
        lost = [sentence for sentence in project.report if sentence]
        found, unreadable = masks_of(project.editor)
        versions = [version for version in truth if all(version.get(key) == digest for key, digest in found.items())]
        assert versions, "a mask is wrong"
        if not lost:
            whole = found.keys() | unreadable
            assert any(version.keys() == whole for version in versions), "masks are gone and nobody said so"
        _walk_history(project.editor, truth)
    finally:
        project.abandon()
    assert not lost or path.read_bytes() == content, "a damaged file is left as it is"
    return "report" if lost or unreadable else "whole"


def masks_of(editor: Editor) -> tuple[dict[tuple[int, int], str], set[tuple[int, int]]]:
    """(digests of what is seen, what cannot be read)."""
    found: dict[tuple[int, int], str] = {}
    unreadable = set()
    for one in editor.document.objects:
        for frame in one.cells:
            try:
                mask = editor.mask(one.id, frame)
            except MaskError:
                unreadable.add((one.id, frame))
            else:
                assert mask is not None
                found[one.id, frame] = mask.digest
    return found, unreadable


def _walk_history(editor: Editor, truth: Truth) -> None:
    for move, possible in ((editor.undo, lambda: editor.can_undo), (editor.redo, lambda: editor.can_redo)):
        while possible():
            try:
                move()
            except ProjectError:
                break
            found, _ = masks_of(editor)
            assert any(all(version.get(key) == digest for key, digest in found.items()) for version in truth)


def shrink(path: Path) -> None:
    """Packs the file, so that damage seldom falls on unused space."""
    connection = sqlite3.connect(path)
    connection.execute("VACUUM")
    connection.close()
