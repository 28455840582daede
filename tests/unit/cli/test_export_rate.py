"""Exports of image sequences play at the project's rate, or at the one that `--rate` gives."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tests.clips import make_clip, make_sequence
from vosapp.cli.app import main
from vosapp.core import edits
from vosapp.core.document import Document
from vosapp.core.editor import Editor
from vosapp.core.mask import Mask
from vosapp.core.project import Project
from vosapp.video.clip_ref import clip_ref
from vosapp.video.open import open_video


def make_project(folder: Path, clip: Path, rate: Fraction | None) -> Path:
    source = open_video(clip, rate=rate)
    try:
        editor = Editor(Document(clip=clip_ref(source.info)))
        mask = np.zeros((source.info.height, source.info.width), bool)
    finally:
        source.close()
    mask[10:40, 10:60] = True
    document, object_id = edits.add_object(editor.document)
    for frame in range(3):
        document = edits.set_mask(document, editor.store, object_id, frame, Mask.from_array(mask))
    editor.apply("paint", document)
    path = folder / "p.vosapp"
    Project.create(path, editor).close()
    return path


def rate_of(movie: Path) -> Fraction | None:
    with av.open(str(movie)) as container:
        return container.streams.video[0].average_rate


@pytest.mark.parametrize("timing", ["conform", "keep"])
def test_a_sequence_plays_as_its_project_says_or_as_asked(tmp_path: Path, timing: str) -> None:
    project = make_project(tmp_path, make_sequence(tmp_path / "clip", frames=3), Fraction(25))
    words = ["export", str(project), "--format", "preview", "--timing", timing]
    assert main([*words, "--out", str(tmp_path / "own.mp4")]) == 0
    assert main([*words, "--out", str(tmp_path / "asked.mp4"), "--rate", "30000/1001"]) == 0
    assert rate_of(tmp_path / "own.mp4") == 25
    asked = rate_of(tmp_path / "asked.mp4")
    assert asked is not None and float(asked) == pytest.approx(29.97, abs=0.01)
    opened = Project.open(project, read_only=True)
    assert opened.editor.document.clip is not None and opened.editor.document.clip.rate == 25
    opened.abandon()


def test_the_manifest_of_images_says_it(tmp_path: Path) -> None:
    project = make_project(tmp_path, make_sequence(tmp_path / "clip", frames=3), None)
    assert main(["export", str(project), "--format", "png", "--out", str(tmp_path / "out"), "--rate", "12"]) == 0
    (manifest,) = (tmp_path / "out").glob("*.json")
    assert json.loads(manifest.read_text())["rate"] == "12/1"


def test_shapes_follow(tmp_path: Path) -> None:
    project = make_project(tmp_path, make_sequence(tmp_path / "clip", frames=3), None)
    words = ["shapes", str(project), "--format", "mlt", "--out", str(tmp_path / "s.mlt"), "--rate", "25"]
    assert main(words) == 0
    assert 'frame_rate_num="25"' in (tmp_path / "s.mlt").read_text()


def test_a_movie_keeps_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = make_project(tmp_path, make_clip(tmp_path / "c.mp4", frames=3), None)
    words = ["export", str(project), "--format", "png", "--out", str(tmp_path / "out"), "--rate", "12"]
    assert main(words) == 1
    assert "is a movie and has a frame rate of its own" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
