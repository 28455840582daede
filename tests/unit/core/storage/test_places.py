"""Disks that are full, folders that may not be written, files that were copied while they were open."""

from __future__ import annotations

import shutil
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.disks import small_disk_in
from tests.unit.core.shapes import box, document
from tests.unit.core.storage.crash_child import state_of
from tests.unprivileged import as_unprivileged
from vosapp.core import edits
from vosapp.core.document import ClipRef, Document
from vosapp.core.editor import Editor
from vosapp.core.errors import ProjectError
from vosapp.core.mask import Mask
from vosapp.core.project import Project
from vosapp.core.storage.file import ProjectFile

resource = pytest.importorskip("resource", reason="these places are Unix places")


def small_editor() -> Editor:
    editor = Editor(edits.add_object(document())[0])
    paint(editor, 0)
    return editor


def paint(editor: Editor, frame: int) -> None:
    editor.apply("Paint", edits.stroke(editor.document, editor.store, 1, frame, box(0, 0, 4, 6)))


def paint_noise(editor: Editor, frame: int) -> None:
    """A stroke that takes about 30 kB."""
    clip = editor.document.clip
    assert clip is not None
    pixels = np.random.default_rng(frame).random((clip.height, clip.width)) < 0.5
    editor.apply("Noise", edits.stroke(editor.document, editor.store, 1, frame, Mask.from_array(pixels)))


def noisy_editor() -> Editor:
    small = document()
    assert small.clip is not None
    clip = ClipRef("shot.mov", 480, 512, 100, small.clip.rate)
    return Editor(edits.add_object(Document(clip))[0])


@pytest.fixture
def full_disk(quick_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    with small_disk_in(quick_path, "1m") as folder:
        yield folder


def test_a_full_disk_loses_nothing_and_saving_goes_on_when_there_is_space(full_disk: Path) -> None:
    filler = full_disk / "filler"
    filler.write_bytes(bytes(400_000))
    project = Project.create(full_disk / "shot.vosapp", noisy_editor())
    heard: list[ProjectError | None] = []
    project.on_problem = heard.append
    paint_noise(project.editor, 0)
    project.flush()
    acknowledged = state_of(project.editor)
    with pytest.raises(ProjectError, match=r"no space left to save shot\.vosapp"):
        for frame in range(1, 100):
            paint_noise(project.editor, frame)
            project.flush()
    assert project.problem is not None and project.has_unsaved_changes and heard == [project.problem]
    reading = Project.open(project.path)
    last_saved = state_of(reading.editor)
    assert last_saved[1] >= acknowledged[1] and last_saved != state_of(project.editor)
    reading.close()
    with pytest.raises(ProjectError, match="no space"):
        project.close()
    filler.unlink()
    project.flush()
    assert project.problem is None and heard[-1] is None
    expected = state_of(project.editor)
    project.close()
    again = Project.open(project.path)
    assert state_of(again.editor) == expected
    again.close()


def test_a_project_on_a_full_disk_can_be_saved_elsewhere(full_disk: Path, quick_path: Path) -> None:
    project = Project.create(full_disk / "shot.vosapp", noisy_editor())
    with pytest.raises(ProjectError, match="no space"):
        for frame in range(100):
            paint_noise(project.editor, frame)
            project.flush()
    expected = state_of(project.editor)
    project.save_as(quick_path / "elsewhere.vosapp")
    assert project.problem is None
    project.close()
    again = Project.open(quick_path / "elsewhere.vosapp")
    assert state_of(again.editor) == expected
    assert again.editor.mask(1, 0) is not None
    again.close()


def test_save_as_to_a_full_disk_leaves_what_is_there(full_disk: Path, quick_path: Path) -> None:
    (full_disk / "old.vosapp").write_bytes(b"precious")
    project = Project.create(quick_path / "shot.vosapp", noisy_editor())
    for frame in range(40):
        paint_noise(project.editor, frame)
    with pytest.raises(ProjectError, match=r"no space left to save old\.vosapp"):
        project.save_as(full_disk / "old.vosapp", overwrite=True)
    assert project.path.parent == quick_path
    assert (full_disk / "old.vosapp").read_bytes() == b"precious"
    assert [path.name for path in full_disk.iterdir()] == ["old.vosapp"]
    paint_noise(project.editor, 50)
    project.close()


def test_a_limit_on_the_size_of_files_is_like_a_full_disk(quick_path: Path) -> None:
    project = Project.create(quick_path / "shot.vosapp", noisy_editor())
    limits, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, limits[1]))
    try:
        with pytest.raises(ProjectError, match=r"shot\.vosapp"):
            for frame in range(100):
                paint_noise(project.editor, frame)
                project.flush()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    project.flush()
    expected = state_of(project.editor)
    project.close()
    again = Project.open(project.path)
    assert state_of(again.editor) == expected
    again.close()


@pytest.fixture
def public_path(quick_path: Path) -> Iterator[Path]:
    """A folder that everybody may enter and nobody but its owner may write."""
    quick_path.chmod(0o755)
    folder = quick_path / "public"
    folder.mkdir()
    yield folder
    folder.chmod(0o755)


def close_in(folder: Path) -> tuple[Path, object]:
    project = Project.create(folder / "shot.vosapp", small_editor())
    expected = state_of(project.editor)
    project.close()
    return project.path, expected


def read_only_story(path: Path, expected: object, reason: str) -> None:
    """Opens, looks, changes in memory, saves elsewhere."""
    before = sorted(p.name for p in path.parent.iterdir())
    project = Project.open(path)
    assert project.read_only and reason in project.read_only_reason, project.read_only_reason
    assert state_of(project.editor) == expected
    assert project.editor.mask(1, 0) is not None
    paint(project.editor, 9)
    assert project.has_unsaved_changes
    with pytest.raises(ProjectError, match=r"new\.vosapp cannot be written"):
        project.save_as(path.with_name("new.vosapp"))
    project.close()
    assert sorted(p.name for p in path.parent.iterdir()) == before


def test_a_read_only_folder_opens_for_reading(public_path: Path) -> None:
    path, expected = close_in(public_path)
    path.chmod(0o666)
    public_path.chmod(0o555)
    as_unprivileged(lambda: read_only_story(path, expected, "folder cannot be written"))


def test_a_read_only_file_opens_for_reading(public_path: Path) -> None:
    path, expected = close_in(public_path)
    path.chmod(0o444)
    public_path.chmod(0o555)
    as_unprivileged(lambda: read_only_story(path, expected, "file may not be written"))


def test_a_file_that_may_not_be_read_is_named(public_path: Path) -> None:
    path, _ = close_in(public_path)
    path.chmod(0)
    public_path.chmod(0o555)

    def story() -> None:
        with pytest.raises(ProjectError, match=r"shot\.vosapp"):
            Project.open(path)

    as_unprivileged(story)


@pytest.mark.parametrize("log", [False, True], ids=["without its log", "with its log"])
def test_an_open_project_copied_to_a_read_only_folder_opens(
    quick_path: Path, public_path: Path, log: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project.create(quick_path / "open.vosapp", small_editor())
    project.flush()
    if log:  # what is in the log alone: everything since the last checkpoint
        paint(project.editor, 1)
        project.flush()
    else:
        _wait_for_checkpoint(project, monkeypatch)
    copy = public_path / "shot.vosapp"
    shutil.copyfile(project.path, copy)
    if log:
        shutil.copyfile(f"{project.path}-wal", f"{copy}-wal")
    expected = state_of(project.editor)
    project.close()
    copy.chmod(0o444)
    public_path.chmod(0o555)
    as_unprivileged(lambda: read_only_story(copy, expected, "file may not be written"))


def _wait_for_checkpoint(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until all is in the main file, which is a while after the last change."""
    monkeypatch.setattr("vosapp.core.storage.writer.IDLE_CHECKPOINT_S", 0.05)
    paint(project.editor, 2)
    project.flush()
    log = Path(f"{project.path}-wal")
    for _ in range(6000):
        if log.exists() and log.stat().st_size == 0:
            return
        signal.sigtimedwait([], 0.01)
    pytest.fail("no checkpoint in a minute")


def test_an_open_project_can_be_copied_and_the_copy_written(quick_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project.create(quick_path / "open.vosapp", small_editor())
    _wait_for_checkpoint(project, monkeypatch)
    copy = Path(shutil.copy(project.path, quick_path / "copy.vosapp"))
    second = Project.open(copy)
    assert not second.read_only and state_of(second.editor) == state_of(project.editor)
    paint(second.editor, 30)
    second.close()
    project.close()
    again = Project.open(copy)
    assert 30 in again.editor.document.object(1).cells
    again.close()


def test_a_name_with_signs_that_mean_something_elsewhere(quick_path: Path) -> None:
    folder = quick_path / "100% #1 ?a=b&c [x] 'é漢"
    folder.mkdir()
    project = Project.create(folder / "sh?t #2 %41.vosapp", small_editor())
    paint(project.editor, 5)
    project.compact()
    project.close()
    assert [p.name for p in folder.iterdir()] == ["sh?t #2 %41.vosapp"]
    again = Project.open(project.path)
    assert 5 in again.editor.document.object(1).cells
    again.close()


def test_a_folder_is_no_project(quick_path: Path) -> None:
    folder = quick_path / "shot.vosapp"
    folder.mkdir()
    with pytest.raises(ProjectError, match=r"shot\.vosapp is not a vosapp project"):
        Project.open(folder)


def test_a_full_disk_while_opening_keeps_no_lock(full_disk: Path) -> None:
    project = Project.create(full_disk / "shot.vosapp", small_editor())
    project.close()
    filler = full_disk / "filler"
    with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="space"):
        while True:
            file.write(bytes(4096))
    first = Project.open(project.path)  # the lock is signed with nothing, which is no reason to refuse
    assert not first.read_only
    paint(first.editor, 3)
    with pytest.raises(ProjectError, match="no space"):
        first.flush()
    filler.unlink()
    first.close()
    again = Project.open(project.path)
    assert not again.read_only and 3 in again.editor.document.object(1).cells
    again.close()


@pytest.mark.parametrize("where", ["reader.ProjectReader.about", "writer.FileIdentity", "opening.load_history"])
def test_any_error_while_opening_gives_the_lock_back(
    quick_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    path, _ = close_in(quick_path)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises((ProjectError, OSError), match=r"(?i)space"):
        patch.setattr(f"vosapp.core.storage.{where}", fail)
        Project.open(path)
    again = Project.open(path)
    assert not again.read_only
    again.close()


def busy() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return error


@pytest.mark.parametrize(
    ("what", "error", "said"),
    [
        ("write", MemoryError(), "too little memory"),  # SQLite's own want of memory comes as this, too
        ("check", MemoryError(), "too little memory"),
        ("check", busy(), "in use by another program"),
    ],
)
def test_saving_goes_on_when_a_trouble_is_over(
    quick_path: Path, monkeypatch: pytest.MonkeyPatch, what: str, error: Exception, said: str
) -> None:
    path, _ = close_in(quick_path)

    def fail(*_: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(ProjectFile, what, fail)
        project = Project.open(path)
        paint(project.editor, 3)
        with pytest.raises(ProjectError, match=said):
            project.flush(timeout_s=20)
    assert project.problem is not None
    project.flush(timeout_s=20)
    assert project.problem is None
    project.close()
    again = Project.open(path)
    assert 3 in again.editor.document.object(1).cells
    again.close()
