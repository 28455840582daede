"""How much bfloat16 changes: `python -m tests.parity.precision`; `--write` puts its table into docs/networks.md.

Each network runs on the clip of its recorded arrays twice, in float32 and in bfloat16, as users run it.
"""

from __future__ import annotations

import argparse
import copy
import gc
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from tests.parity.case import Case
from tests.parity.fill import filled, without_initialising
from tests.shared import REPOSITORY
from vosapp.core.errors import EngineError
from vosapp.engine.networks.agame import AGamePropagator
from vosapp.engine.networks.cosnet import PrimaryObject
from vosapp.engine.networks.hs2s import HS2SPropagator
from vosapp.engine.networks.rgmp import RgmpPropagator
from vosapp.engine.networks.rvos import RvosPropagator
from vosapp.engine.networks.s2s import S2SPropagator
from vosapp.engine.variants import options_of
from vosapp.models.preparing import Precision, prepare
from vosapp.models.registry import network

CPU = torch.device("cpu")
PAGE = REPOSITORY / "docs" / "networks.md"
BEGIN, END = "<!-- precision table: begin -->", "<!-- precision table: end -->"
HEAD = """| network | offered | mean difference | largest | pixels within 0.02 of one half | pixels that change sides |
|---|---|---|---|---|---|"""
NEAR = 0.02  # of one half

Run = Callable[[Any, NDArray[np.uint8], NDArray[np.uint8]], NDArray[np.float32]]


@dataclass(frozen=True)
class Difference:
    """What a faster form of a network changes.

    Attributes:
        mean, largest: of the probabilities.
        near: share of the exact form's probabilities close to one half, 0..1.
        flipped: share of the pixels that belong to another object, or to none, or to one at last, 0..1.
    """

    mean: float
    largest: float
    near: float
    flipped: float


def difference(exact: NDArray[np.float32], fast: NDArray[np.float32]) -> Difference:
    """Compares probabilities (frames, objects, height, width)."""
    apart = np.abs(exact - fast)
    near = np.abs(exact - 0.5) < NEAR
    flipped = _labels(exact) != _labels(fast)
    return Difference(float(apart.mean()), float(apart.max()), float(near.mean()), float(flipped.mean()))


def of_bfloat16(module: nn.Module, run: Callable[[Any], NDArray[np.float32]]) -> Difference:
    """What bfloat16 changes in what `run` finds with a network, which stays as it is."""
    exact = run(prepare(copy.deepcopy(module), CPU))
    return difference(exact, run(prepare(copy.deepcopy(module), CPU, Precision.BFLOAT16)))


@torch.inference_mode()
def follow(propagator: Any, frames: NDArray[np.uint8], labels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Probabilities (frames, objects, height, width) of the objects of the first frame's labels on the others."""
    ids = [int(i) for i in np.unique(labels) if i]
    propagator.step(0, frames[0], {i: (labels == i).astype(np.float32) for i in ids})
    found = (propagator.step(index, frames[index]).probabilities for index in range(1, len(frames)))
    return np.stack([np.stack([probabilities[i] for i in ids]) for probabilities in found])


def _labels(probabilities: NDArray[np.float32]) -> NDArray[np.intp]:
    return np.where(probabilities.max(axis=1) >= 0.5, probabilities.argmax(axis=1) + 1, 0)


def _at_own_size(make: Callable[..., Any]) -> Run:
    """For networks that bring every frame to one size: that of the recorded clip."""
    return lambda form, frames, labels: follow(make(form, device=CPU, size=frames.shape[1:3]), frames, labels)


def _at_any_size(make: Callable[..., Any]) -> Run:
    return lambda form, frames, labels: follow(make(form, device=CPU), frames, labels)


def _compared(form: Any, frames: NDArray[np.uint8], _labels: NDArray[np.uint8]) -> NDArray[np.float32]:
    size = (frames.shape[1], frames.shape[2])
    finder = PrimaryObject(form, device=CPU, size=size)
    finder.refer([frames[0], frames[3]])
    return finder.find(frames[1])[None, None]


RUNS: dict[str, tuple[str, Run]] = {  # by network: the name of the first frame's labels, and how it runs
    "rgmp": ("label_mo", _at_any_size(RgmpPropagator)),
    "s2s++": ("labels", _at_own_size(S2SPropagator)),
    "hs2s": ("labels", _at_own_size(HS2SPropagator)),
    "agame": ("label_mo", _at_any_size(AGamePropagator)),
    "rvos": ("labels_u8", _at_own_size(RvosPropagator)),
    "cosnet": ("labels_u8", _compared),
}


def clip(name: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The recorded clip of a network: frames (4, H, W, 3), and the labels (H, W) of the first one."""
    case = Case(_folder(name))
    labels = case[RUNS[name][0]]
    return case["frames" if "frames" in case else "frames_u8"], labels if labels.ndim == 2 else labels[0]


def filled_network(name: str) -> nn.Module:
    """A network filled by the rule of its recorded arrays."""
    folder = _folder(name)
    if name == "rvos":
        parts = {"encoder": "encoder", "decoder": "decoder_one_shot"}
        state = {f"{to}.{key}": value for to, of in parts.items() for key, value in filled(folder, of).items()}
    else:
        state = filled(folder)
    checkpoint = network(name).checkpoint
    prefix, unused = ("", ()) if checkpoint is None else (checkpoint.prefix, checkpoint.unused)
    named = {key.removeprefix(prefix): value for key, value in state.items()}
    return without_initialising(
        network(name).build, {key: value for key, value in named.items() if not _is_unused(key, unused)}
    )


def _is_unused(key: str, unused: tuple[str, ...]) -> bool:
    return any(key.startswith(start) or f".{start}" in key for start in unused)


def _folder(name: str) -> str:
    return {"s2s++": "s2s_plus_plus"}.get(name, name)


def row(name: str, found: Difference) -> str:
    """One line of the table."""
    numbers = f"{found.mean:.4f} | {found.largest:.3f} | {100 * found.near:.2f} % | {100 * found.flipped:.3f} %"
    return f"| {network(name).title} | {'yes' if is_offered(name) else 'no'} | {numbers} |"


def is_offered(name: str) -> bool:
    """Whether users may choose bfloat16 for a network."""
    try:
        return bool(options_of(name, ("bf16",)))
    except EngineError:
        return False


def measured(name: str) -> Difference:
    """What bfloat16 changes for a network of the papers under filled weights."""
    frames, labels = clip(name)
    found = of_bfloat16(filled_network(name), lambda form: RUNS[name][1](form, frames, labels))
    gc.collect()  # one large network at a time
    return found


def write(rows: Mapping[str, str]) -> None:
    """Renews lines of the table between the marks of the page; those of other networks stay."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    old, _, after = rest.partition(END)
    lines = {line.split(" | ", 1)[0]: line for line in old.strip().splitlines()[2:]}
    lines |= {line.split(" | ", 1)[0]: line for line in rows.values()}
    kept = [lines[key] for name in RUNS if (key := f"| {network(name).title}") in lines]
    table = "\n".join([HEAD, *kept])
    PAGE.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")


def main() -> int:
    """Measures, prints, and writes if it is to."""
    parser = argparse.ArgumentParser("python -m tests.parity.precision", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(RUNS)}; all without a name")
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE.name}")
    arguments = parser.parse_args()
    print(HEAD)
    for name in arguments.names or RUNS:
        line = row(name, measured(name))
        print(line, flush=True)
        if arguments.write:
            write({name: line})
    return 0


if __name__ == "__main__":
    sys.exit(main())
