"""Checkpoints: a folder with the weights, their average, the optimizer's moments and the position of the run.

Each part is a file of its own, so that a run can travel where files must stay small. Without the moments a run goes
on as well, after a short warm-up of the learning rate.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from vosapp.core.errors import UserError
from vosapp.training.ema import WeightEma

WEIGHTS, AVERAGE, MOMENTS, POSITION = (
    "weights.safetensors",
    "average.safetensors",
    "moments.safetensors",
    "position.json",
)


class CheckpointError(UserError):
    """A checkpoint that is damaged or belongs to another network."""


@dataclass(slots=True)
class Position:
    """Position of a run.

    Attributes:
        steps: optimizer steps done.
        seconds: of training so far.
        batches: batches used up in the current stage.
        stage: number of the stage.
        averaged: steps in the average.
    """

    steps: int = 0
    seconds: float = 0.0
    batches: int = 0
    stage: int = 0
    averaged: int = 0


@dataclass(frozen=True, slots=True)
class Trained:
    """Content of a checkpoint."""

    network: nn.Module
    ema: WeightEma
    optimizer: torch.optim.Optimizer
    position: Position


def _require_ours(folder: Path) -> None:
    """Makes sure that a folder that is to be replaced holds a checkpoint and nothing else. Raises CheckpointError."""
    if not os.path.lexists(folder):
        return
    found = {path.name for path in folder.iterdir()} if folder.is_dir() and not folder.is_symlink() else {""}
    if not found <= {WEIGHTS, AVERAGE, MOMENTS, POSITION}:
        raise CheckpointError(f"{folder} is no checkpoint and is left as it is.", "Train into another folder.")


def save(folder: Path, run: Trained, *, moments: bool = True) -> None:
    """Writes a checkpoint; the folder holds the old or the new one whole, whenever the machine stops.

    Raises:
        CheckpointError: something else has the name of the folder, or of those it is exchanged with.
    """
    new, old = folder.with_name(folder.name + ".new"), folder.with_name(folder.name + ".old")
    for there in (new, old, folder):
        _require_ours(there)
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    save_file(_contiguous(run.network.state_dict()), new / WEIGHTS)
    save_file(_contiguous(run.ema.values), new / AVERAGE)
    if moments:
        save_file(_moments(run.network, run.optimizer), new / MOMENTS)
    run.position.averaged = run.ema.steps
    (new / POSITION).write_text(json.dumps(asdict(run.position)), encoding="utf-8")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def resume(folder: Path, run: Trained) -> bool:
    """Takes weights, average, position and, where they are, moments from a checkpoint.

    Returns:
        Whether the moments were there; without them the learning rate should warm up again.

    Raises:
        CheckpointError: no checkpoint there, damaged, or of another network.
    """
    folder = folder if folder.exists() else folder.with_name(folder.name + ".old")
    try:
        run.network.load_state_dict(load_file(folder / WEIGHTS))
        average = load_file(folder / AVERAGE)
        position = json.loads((folder / POSITION).read_text(encoding="utf-8"))
        run.ema.values = {name: average[name] for name in run.ema.values}
        for name, value in position.items():
            setattr(run.position, name, value)
        run.ema.steps = run.position.averaged
        if not (folder / MOMENTS).exists():
            return False
        _take_moments(load_file(folder / MOMENTS), run.network, run.optimizer)
    except (OSError, SafetensorError, RuntimeError, KeyError, ValueError) as error:
        raise CheckpointError(f"The checkpoint in {folder} cannot be resumed: {error}", "Start a new run.") from error
    return True


def _contiguous(values: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: value.detach().cpu().contiguous() for name, value in values.items()}


def _moments(network: nn.Module, optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    found = {}
    for name, parameter in network.named_parameters():
        for kind, value in optimizer.state.get(parameter, {}).items():
            found[f"{kind}.{name}"] = torch.as_tensor(value)
    return _contiguous(found)


def _take_moments(moments: dict[str, Tensor], network: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    parameters = dict(network.named_parameters())
    for key, value in moments.items():
        kind, _, name = key.partition(".")
        parameter = parameters[name]
        moment = value if kind == "step" else value.to(parameter.device, memory_format=torch.preserve_format)
        if kind != "step":
            moment = torch.empty_like(parameter, dtype=value.dtype).copy_(moment)
        optimizer.state[parameter][kind] = moment
