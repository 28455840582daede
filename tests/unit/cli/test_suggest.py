"""`vosapp suggest` from a folder of pictures to masks on disk."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import save_file

from tests.networks import random_network
from vosapp.cli.app import main
from vosapp.cli.suggest import write_proposals
from vosapp.core.mask import Mask
from vosapp.engine.suggest.proposals import Proposal
from vosapp.export.place.earlier import Place, PlaceTakenError
from vosapp.models.weights import weights_path
from vosapp.video.stills.images import read_image, write_png

SIZE = (60, 80)


@pytest.fixture
def clip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three pictures numbered from 1001, and a data folder without weights."""
    monkeypatch.setenv("VOSAPP_DATA_DIR", str(tmp_path / "data"))
    folder = tmp_path / "shot"
    folder.mkdir()
    for i in range(3):
        picture = np.random.default_rng(i).integers(0, 255, (*SIZE, 3), np.uint8)
        write_png(folder / f"shot.{1001 + i}.png", picture)
    return folder


def test_without_weights_it_says_so_in_one_sentence(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vosapp.models.weights.own_weights_dir", lambda: tmp_path)
    assert main(["suggest", str(clip), "--at", "1001", "--out", str(tmp_path / "out")]) == 1
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 1
    assert "vosapp weights list" in errors[0]
    assert not (tmp_path / "out").exists()


def test_masks_and_their_reasons_are_written(clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = weights_path("rvos-zero")
    path.parent.mkdir(parents=True)
    save_file(random_network("rvos-zero").state_dict(), path)
    out = tmp_path / "out"
    words = ["suggest", str(clip), "--at", "1002", "--out", str(out), "--network", "rvos-zero"]
    assert main([*words, "--count", "2"]) == 0
    report = json.loads((out / "proposals.json").read_text())
    assert report["frame"] == 1002
    assert 1 <= len(report["proposals"]) <= 2
    for entry in report["proposals"]:
        mask = read_image(out / entry["file"])
        assert mask.shape == SIZE
        assert set(np.unique(mask)) <= {0, 255}
        assert np.count_nonzero(mask) == entry["area_px"]
        assert entry["network"] == "rvos-zero"
    scores = [entry["score"] for entry in report["proposals"]]
    assert scores == sorted(scores, reverse=True)
    assert main([*words, "--count", "1"]) == 0, "proposals replace"
    assert [path.name for path in sorted(out.iterdir())] == ["manifest.json", "proposal_01.png", "proposals.json"]
    assert main(["suggest", str(clip), "--at", "1", "--out", str(out)]) == 1
    assert "frames 1001 to 1003" in capsys.readouterr().err


def test_the_network_that_comes_along_is_asked_without_imported_weights(clip: Path, tmp_path: Path) -> None:
    truth = np.zeros(SIZE, np.bool_)
    truth[15:45, 20:60] = True
    for path in clip.iterdir():
        noise = np.random.default_rng(1).integers(0, 20, (*SIZE, 3), np.uint8)
        write_png(path, np.where(truth[..., None], np.uint8(200), np.uint8(60)) + noise)
    assert main(["suggest", str(clip), "--at", "1002", "--out", str(tmp_path / "out")]) == 0
    first = json.loads((tmp_path / "out" / "proposals.json").read_text())["proposals"][0]
    found = read_image(tmp_path / "out" / first["file"]) > 0
    assert first["network"] == "select" and (found & truth).sum() / (found | truth).sum() > 0.85


@pytest.mark.parametrize("name", ["proposals.json", "proposal_01.png"])
@pytest.mark.parametrize("kind", ["file", "link"])
def test_files_of_others_are_left_alone(tmp_path: Path, name: str, kind: str) -> None:
    mask = Mask.from_array(np.eye(20, 30, dtype=np.bool_))
    proposals = [Proposal(mask, 0.5, stability=0.5, confidence=0.5, compactness=0.5, network="rvos-zero")]
    place, diary = Place(tmp_path / "out", is_folder=True), tmp_path / "diary.txt"
    place.path.mkdir()
    diary.write_text("precious")
    if kind == "link":
        (place.path / name).symlink_to(diary)
    else:
        (place.path / name).write_text("precious")
    with pytest.raises(PlaceTakenError, match="holds other files already"):
        write_proposals(place, 3, proposals, overwrite=False)
    assert (place.path / name).read_text() == diary.read_text() == "precious"
    write_proposals(place, 3, proposals, overwrite=True)
    assert diary.read_text() == "precious"
    assert not (place.path / name).is_symlink()
    write_proposals(place, 4, proposals, overwrite=False)  # what is replaced now is ours
    assert json.loads((place.path / "proposals.json").read_text())["frame"] == 4
