"""A run that an earlier version of the program left goes on: weights, moments, position, and its log's own columns.

`tests/data/checkpoint-1` is four steps of the network below, written by the version that named the log's columns
"held_..." and "watched_...".
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from vosapp.data.generator.settings import GeneratorSettings
from vosapp.training.batch import NumberedBatches
from vosapp.training.log import FIELDS, RunLog, read_log
from vosapp.training.plot import draw_log
from vosapp.training.recipe import Recipe
from vosapp.training.schedule import Budget, Stage
from vosapp.training.task import Movable, Precision
from vosapp.training.trainer import RunSettings, Trainer

EARLIER = Path(__file__).parents[2] / "data" / "checkpoint-1"
RECIPE = Recipe("toy", budget=Budget(steps=6), stages=(Stage(1.0, GeneratorSettings(), 2),))


class _Loss(NamedTuple):
    loss: Tensor

    def figures(self) -> Mapping[str, Tensor]:
        return {"loss": self.loss, "jaccard": torch.tensor(0.5)}


class _Pictures(NamedTuple):
    rgb: Tensor

    def to(self, device: torch.device) -> _Pictures:
        return _Pictures(self.rgb.to(device))


class _Batches(NumberedBatches[_Pictures]):
    def batch(self, number: int) -> _Pictures:
        return _Pictures(torch.rand(2, 3, 8, 8, generator=torch.Generator().manual_seed(number)))


class _Objective(nn.Module):
    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, batch: _Pictures) -> _Loss:
        return _Loss((self.network(batch.rgb) - batch.rgb.mean(1, keepdim=True)).square().mean())


class _Task:
    recipe = RECIPE

    def network(self) -> nn.Module:
        return nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.Conv2d(4, 1, 1))

    def objective(self, network: nn.Module) -> nn.Module:
        return _Objective(network)

    def begin(self, objective: nn.Module, progress: float, batch: Movable) -> Mapping[str, float]:
        return {}

    def batches(self, stage: int, seed: int) -> _Batches:
        return _Batches()

    def measure(self, network: nn.Module, precision: Precision) -> dict[str, float]:
        return {"val_jaccard": 0.25, "val_clips_jaccard": 0.75}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(EARLIER, tmp_path / "run")
    return tmp_path / "run"


def _trainer(folder: Path) -> Trainer:
    return Trainer(_Task(), RunSettings(folder, workers=0, report_steps=1, half_precision=False))


def test_the_run_stands_where_it_was_left(folder: Path) -> None:
    trainer = _trainer(folder)
    assert (trainer.position.steps, trainer.position.batches, trainer.position.averaged) == (4, 4, 4)
    for file, values in (("weights", trainer.network.state_dict()), ("average", trainer.run_state.ema.values)):
        for name, value in load_file(folder / "last" / f"{file}.safetensors").items():
            assert torch.equal(values[name], value), (file, name)
    moments = load_file(folder / "last" / "moments.safetensors")
    for name, parameter in trainer.network.named_parameters():
        state = trainer.run_state.optimizer.state[parameter]
        assert torch.equal(state["exp_avg"], moments[f"exp_avg.{name}"])
        assert float(state["step"]) == 4


def test_it_goes_on_and_its_log_keeps_its_columns(folder: Path) -> None:
    header = (folder / "log.csv").read_text(encoding="utf-8").splitlines()[0]
    assert "held_jaccard" in header
    trainer = _trainer(folder)
    before = {name: value.clone() for name, value in trainer.network.state_dict().items()}
    assert trainer.run().steps == 6
    assert any(not torch.equal(value, before[name]) for name, value in trainer.network.state_dict().items())
    lines = (folder / "log.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == header
    assert {line.count(",") for line in lines} == {header.count(",")}
    rows = read_log(folder / "log.csv")
    assert [row["step"] for row in rows] == ["1", "2", "3", "4", "4", "5", "6", "6"]
    for row in (rows[4], rows[-1]):
        assert (row["val_jaccard"], row["val_clips_jaccard"]) == ("0.25", "0.75")
    assert np.any(draw_log(folder / "log.csv") != 255)


def test_a_log_with_fewer_columns_than_today_stays_in_order(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("step,minutes,late\n1,0.5,0.9\n", encoding="utf-8")
    RunLog(path).add(dict.fromkeys(FIELDS, 2))
    assert path.read_text(encoding="utf-8").splitlines()[1:] == ["1,0.5,0.9", "2,2,2"]
