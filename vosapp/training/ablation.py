"""Ablation of the hybrid network: the same small training with parts switched off."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import torch

from vosapp.data.photographs.bank import PhotographBank
from vosapp.training.batch import Batch, NumberedBatches
from vosapp.training.hybrid.task import HybridTask
from vosapp.training.recipe import Recipe, without_parts
from vosapp.training.trainer import RunSettings, Trainer
from vosapp.training.validation_clips import figures_of_clips


@dataclass(frozen=True, slots=True)
class Variant:
    """Difference of a training to the whole network's.

    Attributes:
        off: parts (fields of `Parts`) that are off, in training and when it is measured.
        border: weight of the border-distance task, which the whole network goes without.
    """

    off: tuple[str, ...] = ()
    border: float = 0.0

    def of(self, recipe: Recipe) -> Recipe:
        """The recipe of this variant."""
        return without_parts(replace(recipe, weights=replace(recipe.weights, border=self.border)), self.off)


FULL = Variant()
VARIANTS: Mapping[str, Variant] = {
    "full": FULL,
    "without the advice of flow": Variant(("advice",)),
    "matching only": Variant(("appearance", "guidance", "flow", "recurrence", "advice")),
    "guidance only": Variant(("matching", "appearance", "recurrence", "advice")),
    "without any flow": Variant(("flow", "advice")),
    "without recurrence": Variant(("recurrence",)),
    "without appearance": Variant(("appearance",)),
    "without matching": Variant(("matching",)),
    "with the border-distance task": Variant(border=0.2),
}
"""Variants by name."""

FLOW_ALONE = "flow alone"


@dataclass(frozen=True, slots=True)
class Row:
    """Result of one training.

    Attributes:
        variant: its name; `FLOW_ALONE` for what needs no training.
        seed: of weights and clips.
        photographs: mean J on clips from photographs of validation.
        validation_clips: mean J on each validation clip.
        minutes: of training.
    """

    variant: str
    seed: int
    photographs: float
    validation_clips: tuple[float, ...]
    minutes: float


class KeptBatches(NumberedBatches[Batch]):
    """Batches that are made once and used by every variant; after the last the first comes again."""

    def __init__(self, batches: Sequence[Batch]) -> None:
        super().__init__()
        self._batches = batches

    def batch(self, number: int) -> Batch:
        """One batch by its number."""
        return self._batches[number % len(self._batches)]


class _KeptTask(HybridTask):
    """The hybrid network on batches that are there already."""

    def __init__(self, recipe: Recipe, bank: PhotographBank, kept: Mapping[int, KeptBatches]) -> None:
        super().__init__(recipe, bank)
        self._kept = kept

    def batches(self, stage: int, seed: int) -> KeptBatches:  # type: ignore[override]  # noqa: ARG002 - see the class
        return self._kept[stage]


def run_ablation(
    recipe: Recipe,
    bank: PhotographBank,
    settings: RunSettings,
    *,
    validation_clips: Sequence[Batch] = (),
    seeds: Sequence[int] = (1,),
    variants: Mapping[str, Variant] = VARIANTS,
    progress: Callable[[str], None] = lambda _: None,
) -> Iterator[Row]:
    """Trains every variant with an equal budget on the very same clips, and measures each.

    Args:
        recipe: its budget must be in steps, else the budgets are not equal.
        bank: photographs.
        settings: where and how; each training gets a folder of its own in `folder`.
        validation_clips: real clips to measure on, see `validation_batch`.
        seeds: one training of each variant for each.
        variants: as `VARIANTS`.
        progress: told in words what happens.

    Raises:
        ValueError: the recipe's budget is not in steps alone.
    """
    if recipe.budget.steps is None or recipe.budget.minutes is not None:
        raise ValueError("an ablation needs a budget in steps")
    for seed in seeds:
        seeded = replace(recipe, seed=seed)
        progress(f"seed {seed}: making the clips")
        with_borders = replace(seeded, weights=replace(seeded.weights, border=1.0))
        kept = _made(HybridTask(with_borders, bank), recipe.budget.steps)
        for number, (name, variant) in enumerate(variants.items()):
            progress(f"seed {seed}: {name}")
            folder = settings.folder / f"{seed}-{number}"
            task = _KeptTask(variant.of(seeded), bank, kept)
            yield from _trained(name, task, replace(settings, folder=folder, workers=0), validation_clips)


def table(rows: Sequence[Row], clips: Sequence[str]) -> str:
    """The rows as a Markdown table, means over the seeds.

    Args:
        rows: of all variants and seeds.
        clips: names of the validation clips.
    """
    lines = [f"| variant | J photographs | J clips | {' | '.join(clips)} |", f"|---|{'---|' * (len(clips) + 2)}"]
    for variant in dict.fromkeys(row.variant for row in rows):
        own = [row for row in rows if row.variant == variant]
        photographs = sum(row.photographs for row in own) / len(own)
        each = [sum(row.validation_clips[k] for row in own) / len(own) for k in range(len(clips))]
        mean = sum(each) / len(each) if each else float("nan")
        lines.append(f"| {variant} | {photographs:.3f} | {mean:.3f} | {' | '.join(f'{value:.3f}' for value in each)} |")
    return "\n".join(lines) + "\n"


def _made(task: HybridTask, steps: int) -> dict[int, KeptBatches]:
    """As many batches of each stage as it has steps."""
    stages, begin, kept = task.recipe.stages, 0.0, {}
    for index, stage in enumerate(stages):
        count = max(1, round((stage.until - begin) * steps))
        data = task.batches(index, task.recipe.seed * 100 + index)
        kept[index] = KeptBatches([data.batch(number) for number in range(count)])
        begin = stage.until
    return kept


def _trained(variant: str, task: HybridTask, settings: RunSettings, validation_clips: Sequence[Batch]) -> list[Row]:
    """What a training reached; for the whole network also what the engine `flow` reaches on the same clips."""
    trainer = Trainer(task, settings)
    photographs: dict[str, float] = {}

    def listen(row: Mapping[str, float]) -> None:
        photographs.update({name: value for name, value in row.items() if name.startswith("val_")})

    position = trainer.run(listen)
    objective = task.objective(trainer.ema_network())
    found = figures_of_clips(objective, validation_clips, lambda: torch.autocast("cpu", enabled=False))
    minutes, seed = position.seconds / 60, task.recipe.seed
    row = Row(variant, seed, photographs["val_jaccard"], tuple(figures["jaccard"] for figures in found), minutes)
    if VARIANTS.get(variant) != FULL:
        return [row]
    flow = tuple(figures["advice"] for figures in found)
    return [Row(FLOW_ALONE, seed, photographs["val_advice"], flow, 0.0), row]
