"""The networks of the papers from the command line: pictures and a mask in, masks out. Weights are random."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import save_file

from tests.networks import random_network
from vosapp.cli.app import main
from vosapp.models.weights import weights_path
from vosapp.video.stills.images import read_image, write_png

SIZE = (48, 64)


@pytest.fixture
def clip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VOSAPP_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "shot").mkdir()
    for i in range(3):
        write_png(tmp_path / f"shot/{i:04}.png", np.random.default_rng(i).integers(0, 255, (*SIZE, 3), np.uint8))
    labels = np.zeros(SIZE, np.uint8)
    labels[10:30, 5:25], labels[10:30, 35:55] = 1, 2
    write_png(tmp_path / "mask.png", labels)
    return tmp_path / "shot"


def _propagate(clip: Path, name: str) -> int:
    out = str(clip.parent / name)
    return main(["propagate", str(clip), "--mask", str(clip.parent / "mask.png"), "--engine", name, "--out", out])


@pytest.mark.parametrize("name", ["agame", "rvos"])
def test_a_network_writes_a_mask_for_every_frame(name: str, clip: Path) -> None:
    path = weights_path(name)
    path.parent.mkdir(parents=True)
    save_file(random_network(name).state_dict(), path)
    assert _propagate(clip, name) == 0
    written = sorted((clip.parent / name).rglob("*.png"))
    assert len(written) == 3
    masks = [read_image(file) for file in written]
    assert all(mask.shape == SIZE for mask in masks)
    np.testing.assert_array_equal(masks[0], read_image(clip.parent / "mask.png"))


def test_a_network_without_weights_says_how_to_get_them(clip: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _propagate(clip, "agame") == 1
    assert "vosapp weights import" in capsys.readouterr().err


@pytest.mark.parametrize(("command", "engine", "ways"), [("propagate", "rgmp", "bf16"), ("suggest", "cosnet", "group")])
def test_the_help_tells_how_engines_can_be_run(
    command: str, engine: str, ways: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    lines = capsys.readouterr().out.splitlines()
    (entry,) = [line for line in lines if line.split()[:1] == [engine]]
    assert ways in entry
    assert any(line.split()[:1] == [ways] for line in lines), "and what it means"


def test_the_list_of_weights_tells_what_each_network_costs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["weights", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    (at,) = [i for i, line in enumerate(lines) if line.startswith("agame ")]
    assert "MB" in lines[at + 1]
    assert "full-size" in lines[at + 2]


def test_the_help_loads_no_torch() -> None:
    code = "import sys; from vosapp.cli.engine_help import engine_help; engine_help(); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
