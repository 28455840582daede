"""`info` and `export` only read a project: no lock, no file beside it, whoever else has it open."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.clips import make_clip
from tests.disks import small_disk_in
from tests.unprivileged import as_unprivileged
from vosapp.cli.app import EXIT_DONE, EXIT_USER_ERROR, main
from vosapp.core import edits
from vosapp.core.document import Document
from vosapp.core.editor import Editor
from vosapp.core.mask import Mask
from vosapp.core.project import Project
from vosapp.video.clip_ref import clip_ref
from vosapp.video.open import open_video
from vosapp.video.stills.images import read_image

SIZE = (48, 64)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("reading") / "shot.mp4", frames=3, size=SIZE, indexed=False)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that everybody may enter."""
    for above in (tmp_path, *tmp_path.parents):
        if os.access(above, os.W_OK) and above.stat().st_uid == os.getuid() and "pytest" in str(above):
            above.chmod(0o755)
    place = tmp_path / "public"
    place.mkdir()
    yield place
    place.chmod(0o755)


def make_project(path: Path, clip: Path) -> Project:
    source = open_video(clip)
    reference = clip_ref(source.info)
    source.close()
    document, one = edits.add_object(Document(clip=reference), "fish")
    editor = Editor(document)
    square = np.zeros(SIZE, np.bool_)
    square[10:20, 10:30] = True
    editor.apply("Paint", edits.stroke(document, editor.store, one, 0, Mask.from_array(square)))
    project = Project.create(path, editor)
    editor.apply("Paint", edits.stroke(editor.document, editor.store, one, 1, Mask.from_array(square)))
    project.flush()
    return project


def look(path: Path, out: Path) -> None:
    """Asks for the facts and exports."""
    assert main(["info", str(path), "--json"]) == EXIT_DONE
    assert main(["export", str(path), "--format", "png", "--out", str(out)]) == EXIT_DONE
    assert [read_image(file).max() for file in sorted(out.rglob("*.png"))][:2] == [255, 255]


def listing(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_project_in_a_read_only_folder(folder: Path, clip: Path, tmp_path: Path) -> None:
    make_project(folder / "shot.vosapp", clip).close()
    out = tmp_path / "out"
    out.mkdir()
    out.chmod(0o777)
    folder.chmod(0o555)
    before = listing(folder)
    look(folder / "shot.vosapp", tmp_path / "first")  # loads what nobody may read where Python lies in a home folder
    as_unprivileged(lambda: look(folder / "shot.vosapp", out))
    assert listing(folder) == before


def test_a_project_that_is_open_in_a_window(folder: Path, clip: Path, tmp_path: Path) -> None:
    project = make_project(folder / "shot.vosapp", clip)
    names = {path.name for path in folder.iterdir()}
    look(project.path, tmp_path / "out")
    assert {path.name for path in folder.iterdir()} == names
    project.close()


def test_a_project_of_a_dead_process_stays_as_it_lies(
    folder: Path, clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = make_project(tmp_path / "live.vosapp", clip)
    for suffix in ("", "-wal"):
        shutil.copyfile(f"{project.path}{suffix}", folder / f"shot.vosapp{suffix}")
    project.close()
    before = listing(folder)
    look(folder / "shot.vosapp", tmp_path / "out")
    assert listing(folder) == before
    facts = json.loads(capsys.readouterr().out.splitlines()[0])
    assert facts["objects"][0]["masks"] == 2 and facts["notes"] == []


def test_a_writer_can_open_the_project_while_it_is_exported(folder: Path, clip: Path) -> None:
    make_project(folder / "shot.vosapp", clip).close()
    reading = Project.open(folder / "shot.vosapp", read_only=True)
    code = "import sys; from vosapp.core.project import Project; print(Project.open(sys.argv[1]).read_only)"
    shown = subprocess.run([sys.executable, "-c", code, str(reading.path)], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "False"
    reading.close()


def test_media_is_looked_for_beside_the_project_and_on_no_other_computer(
    folder: Path, clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    moved = Path(shutil.copy(clip, tmp_path / "moved.mp4"))
    make_project(folder / "shot.vosapp", moved).close()
    moved.unlink()
    words = ["export", str(folder / "shot.vosapp"), "--format", "prores4444", "--out", str(tmp_path / "m.mov")]
    assert main(words) == EXIT_USER_ERROR
    assert "moved.mp4" in capsys.readouterr().err
    look(folder / "shot.vosapp", tmp_path / "masks need no clip")
    shutil.copy(clip, folder / "moved.mp4")
    assert main(words) == EXIT_DONE
    assert main(["info", str(folder / "shot.vosapp")]) == EXIT_DONE
    assert "clip found" in capsys.readouterr().out


def test_an_export_that_will_not_fit_is_told_beforehand(
    tmp_path: Path, clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_project(tmp_path / "shot.vosapp", clip).close()
    with small_disk_in(tmp_path, "8k") as disk:
        words = ["export", str(tmp_path / "shot.vosapp"), "--format", "tiff-rgba", "--out", str(disk / "out")]
        assert main(words) == EXIT_USER_ERROR
        said = capsys.readouterr().err.splitlines()
        assert "This takes about" in said[0] and "8.2 kB are free there." in said[0]
        assert "cannot be written" in said[-1]


def test_shapes_of_a_range_are_refused_in_a_sentence(
    clip: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_project(folder / "shot.vosapp", clip).close()
    words = ["export", str(folder / "shot.vosapp"), "--format", "shapes-nuke", "--out", str(folder / "out.py")]
    assert main([*words, "--range", "0:1"]) == EXIT_USER_ERROR
    assert "Leave --range out." in capsys.readouterr().err and not (folder / "out.py").exists()
    assert main(words) == EXIT_DONE
