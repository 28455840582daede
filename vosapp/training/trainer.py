"""The trainer: one loop for processors and graphics cards, one process or several."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor, distributed, nn
from torch.nn.parallel import DistributedDataParallel

from vosapp.training import checkpoint
from vosapp.training.batch import batches
from vosapp.training.checkpoint import Position, Trained
from vosapp.training.ema import WeightEma
from vosapp.training.log import RunLog
from vosapp.training.optimizer import set_rates
from vosapp.training.pretrained import begin_with
from vosapp.training.schedule import stage_at
from vosapp.training.task import Movable, Result, Task

LAST = "last"
Report = dict[str, float]
AnyModule = TypeVar("AnyModule", bound=nn.Module)


@dataclass(frozen=True, slots=True)
class RunSettings:
    """Place and resources of a run; nothing here changes what is learnt.

    Attributes:
        folder: for checkpoints and the log.
        device: "cpu", "cuda", ...
        workers: processes that make clips.
        half_precision: compute in bfloat16 where it is safe.
        stop_after_minutes: leave with a checkpoint after this time, before the recipe's budget is used up.
        report_steps: steps between two rows of the log.
    """

    folder: Path
    device: str = "cpu"
    workers: int = 1
    half_precision: bool = True
    stop_after_minutes: float | None = None
    report_steps: int = 50


class Trainer:
    """One run, or the next part of one: resumes by itself where the folder holds a checkpoint."""

    def __init__(self, task: Task, settings: RunSettings) -> None:
        recipe = task.recipe
        self.task, self.recipe, self.settings = task, recipe, settings
        self.rank, self.ranks = _join()
        self.device = torch.device(f"cuda:{self.rank}" if settings.device == "cuda" else settings.device)
        torch.manual_seed(recipe.seed)
        self.network = network = _on(task.network(), self.device)
        self._objective = task.objective(network).to(self.device)
        optimizer = recipe.optimizer.build(self._objective, recipe.own_rates)
        self.run_state = Trained(network, WeightEma(network, recipe.ema_decay), optimizer, Position())
        self._warm_since = 0
        if (settings.folder / LAST).exists() and not checkpoint.resume(settings.folder / LAST, self.run_state):
            self._warm_since = self.run_state.position.steps
        self._module: nn.Module = self._objective
        if self.ranks > 1:
            ids = [self.rank] if settings.device == "cuda" else None
            self._module = DistributedDataParallel(self._module, device_ids=ids, find_unused_parameters=True)
        self._log = RunLog(settings.folder / "log.csv") if self.rank == 0 else None

    @property
    def position(self) -> Position:
        """Where the run stands."""
        return self.run_state.position

    def begin_with(self, path: Path) -> None:
        """Takes weights from a file, see `vosapp.training.pretrained`. Raises WeightsError."""
        begin_with(self.network, path)
        self.run_state.ema.values = WeightEma(self.network, self.recipe.ema_decay).values

    def run(self, on_report: Callable[[Report], None] = lambda _: None) -> Position:
        """Trains until the budget or the time given is used up, and leaves a checkpoint."""
        started = saved = time.monotonic()
        before = self.position.seconds
        stream, stage, sums = self._stream(), self.position.stage, _Sums()
        while (progress := self._progress()) < 1 and not self._is_late(started):
            if stage_at(self.recipe.stages, progress) != stage:
                stage = self.position.stage = stage_at(self.recipe.stages, progress)
                self.position.batches = 0
                stream = self._stream()
            result = self.step(next(stream), progress)
            self.position.seconds = before + self._agreed(time.monotonic() - started)
            sums.add(result.figures(), self.recipe.stages[stage].batch * self.ranks)
            if self.position.steps % self.settings.report_steps == 0:
                self._report(sums, progress, on_report)
                sums = _Sums()
            if time.monotonic() - saved > 60 * self.recipe.checkpoint_minutes:
                self._save(on_report)
                saved = time.monotonic()
        self._save(on_report)
        return self.position

    def step(self, batch: Movable, progress: float) -> Result:
        """One optimizer step."""
        factors = self.task.begin(self._objective, progress, batch)
        self._module.train()
        optimizer = self.run_state.optimizer
        set_rates(optimizer, self._rate(progress), factors)
        optimizer.zero_grad(set_to_none=True)
        with self._precision():
            result: Result = self._module(batch.to(self.device))
        result.loss.backward()  # type: ignore[no-untyped-call]
        if self.recipe.clip:
            nn.utils.clip_grad_norm_(self._objective.parameters(), self.recipe.clip)
        optimizer.step()
        self.run_state.ema.update(self.network)
        self.position.steps += 1
        self.position.batches += 1
        return result

    def ema_network(self) -> nn.Module:
        """The network with the averaged weights, ready to be used."""
        network = _on(self.task.network(), self.device)
        network.load_state_dict(self.run_state.ema.values)
        network.eval()
        return network

    def _stream(self) -> Iterator[Any]:
        # Each stage has clips of its own; a resumed run goes on where it stopped.
        data = self.task.batches(self.position.stage, self.recipe.seed * 100 + self.position.stage)
        first = self.position.batches * self.ranks + self.rank
        return batches(data, workers=self.settings.workers, first=first, share=self.ranks)

    def _precision(self) -> contextlib.AbstractContextManager[None]:
        return torch.autocast(
            self.device.type, torch.bfloat16, enabled=self.settings.half_precision and self.recipe.half
        )

    def _progress(self) -> float:
        return self.recipe.budget.progress(self.position.steps, self.position.seconds)

    def _rate(self, progress: float) -> float:
        return self.recipe.rate.at(progress, self.position.steps - self._warm_since)

    def _is_late(self, started: float) -> bool:
        limit = self.settings.stop_after_minutes
        return limit is not None and self._agreed(time.monotonic() - started) > 60 * limit

    def _agreed(self, seconds: float) -> float:
        """The first process's clock: all must stop at the same step."""
        if self.ranks == 1:
            return seconds
        clock = torch.tensor(seconds, dtype=torch.float64, device=self.device)
        distributed.broadcast(clock, 0)
        return float(clock)

    def _report(self, sums: _Sums, progress: float, on_report: Callable[[Report], None]) -> None:
        if self._log is None:
            return
        position = self.position
        row = {"step": position.steps, "minutes": position.seconds / 60, "stage": position.stage}
        row |= {"rate": self._rate(progress)}
        row |= sums.means()
        self._log.add(row)
        on_report(row)

    def _save(self, on_report: Callable[[Report], None]) -> None:
        """Checkpoint, then the validation, by the first process."""
        if self._log is None:
            return
        checkpoint.save(self.settings.folder / LAST, self.run_state, moments=self.recipe.keep_moments)
        found = self.task.measure(self.ema_network(), self._precision)
        row: Report = {"step": self.position.steps, "minutes": self.position.seconds / 60, **found}
        self._log.add(row)
        on_report(row)


class _Sums:
    """Means over the steps between two reports."""

    def __init__(self) -> None:
        self._totals: dict[str, Tensor | float] = {}
        self._steps, self._clips, self._since = 0, 0, time.monotonic()

    def add(self, figures: Mapping[str, Tensor], clips: int) -> None:
        for name, value in figures.items():
            # Left on the device: reading a number would wait for the step to end.
            self._totals[name] = self._totals.get(name, 0.0) + value.detach()
        self._steps += 1
        self._clips += clips

    def means(self) -> dict[str, float]:
        found = {name: float(total) / self._steps for name, total in self._totals.items()}
        return {**found, "clips_per_s": self._clips / (time.monotonic() - self._since)}


def _on(network: AnyModule, device: torch.device) -> AnyModule:
    """The network on a device, its weights in the layout that convolutions are quickest in."""
    network.to(device)
    for parameter in network.parameters():
        if parameter.dim() == 4:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)
    return network


def _join() -> tuple[int, int]:
    """(rank, number) of the processes that train together, as torchrun says; (0, 1) without it."""
    if int(os.environ.get("WORLD_SIZE", "1")) < 2:
        return 0, 1
    if not distributed.is_initialized():
        distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    return distributed.get_rank(), distributed.get_world_size()
