"""Measures what changes of the engine `hybrid`'s constants cost or bring, against the engine as it is, in one run.

    nice -n 5 python packaging/ablate_engine.py ../shared/clips --only blackswan dog --change lean=0 --out table.md
    nice -n 5 python packaging/ablate_engine.py synthetic --change "lean=0,window.pace=1" --change advice=no

Every --change is a row: names and values of `vosapp.engine.hybrid.settings`, several with commas between them. With
--object N only this object is given and followed. J, F, J&F and J&F late (t > 20) as `vosapp evaluate` counts them.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import torch

from vosapp.core.document import ObjectId
from vosapp.data.truth import Truth, TruthClip, TruthObject
from vosapp.engine.hybrid.propagator import HybridPropagator
from vosapp.engine.hybrid.settings import HybridOptions
from vosapp.engine.networks.loaded_network import prepared_network
from vosapp.evaluation.analysis import early_late
from vosapp.evaluation.dataset import Dataset
from vosapp.evaluation.datasets import open_dataset
from vosapp.evaluation.evaluate import evaluate
from vosapp.evaluation.scores import ClipScore, totals
from vosapp.models.hybrid.network import Hybrid
from vosapp.models.preparing import quick_precision
from vosapp.video.source import RgbImage

_LOG = logging.getLogger("ablate_engine")
_CPU = torch.device("cpu")
_TRUTH = {"yes": True, "no": False}
AS_IT_IS = ""


@dataclass(frozen=True)
class Alone:
    """A clip of which one object is given and followed, and the others are not spoken of."""

    clip: TruthClip
    object_id: ObjectId

    def __getattr__(self, name: str) -> Any:
        return getattr(self.clip, name)

    @property
    def objects(self) -> tuple[TruthObject, ...]:
        """The one."""
        return tuple(one for one in self.clip.objects if one.id == self.object_id)

    def frame(self, index: int) -> RgbImage:
        """The clip's."""
        return self.clip.frame(index)

    def truth(self, index: int) -> Truth:
        """The true mask of the one."""
        return {self.object_id: self.clip.truth(index)[self.object_id]}


def changed(settings: Any, change: str) -> Any:
    """A frozen dataclass with some values changed.

    Args:
        settings: the dataclass; its values may be dataclasses themselves.
        change: as "lean=0,window.pace=1"; "" changes nothing.

    Raises:
        ValueError: a name or a value that it has not.
    """
    for part in filter(None, change.split(",")):
        name, _, value = part.strip().partition("=")
        settings = _with_value(settings, name.split("."), value)
    return settings


def _with_value(settings: Any, path: Sequence[str], value: str) -> Any:
    name, *rest = path
    if not is_dataclass(settings) or name not in {field.name for field in fields(settings)}:
        raise ValueError(f"There is no constant {name!r} in {type(settings).__name__}.")
    old = getattr(settings, name)
    if rest:
        return replace(settings, **{name: _with_value(old, rest, value)})  # type: ignore[type-var]
    new = _TRUTH[value] if isinstance(old, bool) else type(old)(value)
    return replace(settings, **{name: new})  # type: ignore[type-var]


def table(rows: dict[str, list[ClipScore]]) -> str:
    """Scores of every change as a Markdown table, as they are and against the first row."""
    names = [score.name for score in next(iter(rows.values()))]
    lines = [f"| change | J | F | J&F | late | ms a frame | {' | '.join(names)} |", f"|---|{'---|' * (5 + len(names))}"]
    for change, scores in rows.items():
        total = totals(scores)
        whole = (total.j.mean, total.f.mean, total.j_and_f, early_late(scores).late)
        shown = [f"{100 * value:.1f}" for value in whole] + [f"{1000 / total.frames_per_second:.0f}"]
        each = [f"{100 * score.j_and_f:.1f}" for score in scores]
        lines.append(f"| {change or 'as it is'} | {' | '.join(shown + each)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Runs what the command line says."""
    arguments = _arguments()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    network = prepared_network("hybrid", _CPU, quick_precision(_CPU).value)
    if not isinstance(network, Hybrid):
        raise TypeError("the registry's hybrid is not the hybrid network")
    dataset = _dataset(arguments.dataset, arguments.only, arguments.object)
    rows: dict[str, list[ClipScore]] = {}
    for change in (AS_IT_IS, *arguments.change):
        build = partial(HybridPropagator, network, _CPU, changed(HybridOptions(), change))
        rows[change] = list(evaluate(dataset, build))
        text = table(rows)
        _LOG.info("\n%s", text)
        if arguments.out is not None:
            arguments.out.write_text(text, encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", help="as `vosapp evaluate` takes it")
    parser.add_argument("--only", nargs="+", help="names of its clips")
    parser.add_argument("--object", type=int, help="follow only this object of every clip")
    parser.add_argument(
        "--change", action="append", default=[], help="as lean=0,window.pace=1; repeat it for more rows"
    )
    parser.add_argument("--out", type=Path, help="file for the table")
    return parser.parse_args()


def _dataset(where: str, names: Sequence[str] | None, object_id: int | None) -> Dataset:
    dataset = open_dataset(where)
    if names:
        dataset = dataset.only(names)
    if object_id is None:
        return dataset
    return replace(dataset, clips=[Alone(clip, ObjectId(object_id)) for clip in dataset.clips])


if __name__ == "__main__":
    main()
