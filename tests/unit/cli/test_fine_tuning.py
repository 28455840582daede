"""`rgmp/tuned` on the command line: it tells how far the learning is, and Ctrl+C stops it."""

from __future__ import annotations

import json
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from tests.small_networks import lively
from vosapp.cli.app import EXIT_CANCELLED, main
from vosapp.engine.networks import fine_tuning, loaded_network, rgmp_fine_tuned
from vosapp.engine.networks.fine_tuning import FineTuning
from vosapp.models import registry
from vosapp.models.weights import weights_path
from vosapp.video.stills.images import write_png

SIZE = (48, 64)
STEPS = 3


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The command, on three pictures with a small network that learns for a few steps."""
    monkeypatch.setenv("VOSAPP_DATA_DIR", str(tmp_path / "data"))
    options = (("stem", 8), ("widths", (4, 8, 8, 16)), ("depths", (1, 1, 1, 1)), ("width", 16))
    small = replace(registry.network("rgmp"), options=options)
    others = tuple(spec for spec in registry.NETWORKS if spec.name != "rgmp")
    monkeypatch.setattr(registry, "NETWORKS", (small, *others))
    monkeypatch.setattr(rgmp_fine_tuned, "FineTuning", lambda: FineTuning(steps=STEPS, patch_px=64))
    path = weights_path("rgmp")
    path.parent.mkdir(parents=True)
    torch.manual_seed(0)
    save_file({k: v.contiguous() for k, v in lively(small.build(), seed=4).state_dict().items()}, path)
    loaded_network.release()
    (tmp_path / "shot").mkdir()
    for i in range(3):
        picture = np.random.default_rng(i).integers(0, 255, (*SIZE, 3), np.uint8)
        write_png(tmp_path / f"shot/{i:04}.png", picture)
    mask = np.zeros(SIZE, np.uint8)
    mask[10:35, 15:45] = 1
    write_png(tmp_path / "mask.png", mask)
    given = [str(tmp_path / "shot"), "--mask", str(tmp_path / "mask.png"), "--out", str(tmp_path / "out")]
    return ["propagate", *given, "--engine", "rgmp/tuned", "--direction", "forward"]


def test_learning_is_told_of_and_the_run_ends(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*words, "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    learning = [line for line in lines if line.get("message") == "Learning the objects"]
    assert learning
    assert all(line["total"] == STEPS for line in learning)
    assert lines[-1]["frames"] == 3
    loaded_network.release()


def test_ctrl_c_stops_the_learning(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    draw = fine_tuning.draw_pair

    def interrupted(*arguments: object, **options: object) -> object:
        drawn.append(1)
        signal.raise_signal(signal.SIGINT)
        return draw(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(fine_tuning, "draw_pair", interrupted)
    assert main(words) == EXIT_CANCELLED
    assert len(drawn) == 1, "no further step is taken"
    assert not list((tmp_path / "out").glob("**/*.png"))
    loaded_network.release()
