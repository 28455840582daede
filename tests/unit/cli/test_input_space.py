"""`--input-space` of the commands: taken, kept in the project, and said in one sentence when there is none such."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.clips import make_sequence
from vosapp.cli.app import main
from vosapp.core.project import Project
from vosapp.video.stills.images import read_image, write_png


@pytest.fixture(autouse=True)
def no_studio(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OCIO", raising=False)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return make_sequence(tmp_path / "clip", frames=3)


def test_info_takes_it_and_refuses_unknown_ones(clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(clip), "--json", "--input-space", "LogC4"]) == 0
    assert json.loads(capsys.readouterr().out)["input_space"] == "logc4"
    assert main(["info", str(clip), "--input-space", "kodachrome"]) == 1
    assert "There is no input space kodachrome" in capsys.readouterr().err


def test_propagate_keeps_it_and_export_follows_it(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mask = np.zeros((96, 160), np.uint8)
    mask[40:80, 40:80] = 1
    write_png(tmp_path / "m.png", mask)
    project = tmp_path / "p.vosapp"
    words = ["propagate", str(clip), "--engine", "flow", "--project", str(project), "--device", "cpu"]
    once = [*words, "--mask", str(tmp_path / "m.png"), "--out", str(tmp_path / "a")]
    assert main([*once, "--input-space", "redlog3g10"]) == 0
    assert main([*words, "--out", str(tmp_path / "b")]) == 0  # not named again
    opened = Project.open(project, read_only=True)
    assert opened.editor.document.clip is not None
    assert opened.editor.document.clip.input_space == "redlog3g10"
    opened.abandon()
    capsys.readouterr()
    assert main(["info", str(project), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["input_space"] == "redlog3g10"
    out = ["export", str(project), "--format", "png-rgba", "--overwrite", "--out", str(tmp_path / "c")]
    assert main(out) == 0
    assert main([*out, "--input-space", "kodachrome"]) == 1
    assert "There is no input space kodachrome" in capsys.readouterr().err
    # An export that carries the clip's picture keeps the clip's own numbers.
    carried = read_image(min((tmp_path / "c").rglob("*.png")))
    own = read_image(sorted(clip.iterdir())[0])
    assert np.array_equal(carried[50:70, 50:70, :3], own[50:70, 50:70])


def test_matte_measures_edges_in_the_picture_that_is_shown(clip: Path, tmp_path: Path) -> None:
    """The picture decides where the edge lies, so another space gives another edge."""
    masks = tmp_path / "masks"
    masks.mkdir()
    mask = np.zeros((96, 160), np.uint8)
    mask[30:90, 40:100] = 255
    write_png(masks / "m.0.png", mask)
    words = ["matte", str(clip), "--masks", str(masks), "--edge", "fast", "--range", "0:0", "--out"]
    assert main([*words, str(tmp_path / "a")]) == 0
    assert main([*words, str(tmp_path / "b"), "--input-space", "slog3"]) == 0
    first, second = (read_image(next((tmp_path / name).rglob("*.png"))) for name in "ab")
    assert first.shape == second.shape
    assert not np.array_equal(first, second)
