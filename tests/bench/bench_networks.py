"""What a frame of 480x854 costs each network on one thread: as users run it, and how much faster than run plainly.

Plain is eager float32 as built from its layers. All forms of a network have the same random weights and take turns, so
that other work on the machine meets them alike; the processor's time counts, of each form the best round.
Zero-shot networks have no objects: RVOS fills its ten slots, COSNet compares a frame with five references that are
encoded already. Hybrid runs with its own weights, flow and all, beside RGMP; objects are 200 pixels wide and high.

One network alone: `python -m tests.bench networks:rgmp`. With `--write` each is written as soon as it is measured, so
a run that was stopped goes on where it was.
"""

from __future__ import annotations

import copy
import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from tests.flops import gflop
from tests.networks import random_network
from tests.parity.cost import cost
from vosapp.core.errors import EngineError
from vosapp.engine.hybrid.propagator import HybridPropagator
from vosapp.engine.hybrid.settings import HybridOptions
from vosapp.engine.networks.agame import AGamePropagator
from vosapp.engine.networks.cosnet import REFERENCES, PrimaryObject
from vosapp.engine.networks.hs2s import HS2SPropagator
from vosapp.engine.networks.rgmp import RgmpPropagator
from vosapp.engine.networks.rvos import SIZE as RVOS_SIZE
from vosapp.engine.networks.rvos import RvosPropagator, normalised
from vosapp.engine.networks.s2s import S2SPropagator
from vosapp.engine.variants import options_of
from vosapp.models.loading import load_network
from vosapp.models.preparing import Precision, prepare
from vosapp.models.rvos.network import SLOTS

CPU = torch.device("cpu")
SIZE = (480, 854)
OBJECTS = (1, 3)
ROUNDS = 3
SETTLING = 8
NOTE = (
    "Milliseconds are the processor's time, which other work on the machine sways little; the machine was shared, and "
    "the forms of a network took turns. Plain is the same network in eager float32, as built from its layers."
)
Frame = Callable[[], Any]

PROPAGATORS: dict[str, Callable[[Any], Any]] = {
    "rgmp": lambda network: RgmpPropagator(network, device=CPU),
    "s2s++": lambda network: S2SPropagator(network, device=CPU),
    "hs2s": lambda network: HS2SPropagator(network, device=CPU),
    "agame": lambda network: AGamePropagator(network, device=CPU),
    "rvos": lambda network: RvosPropagator(network, device=CPU),
    "hybrid": lambda network: HybridPropagator(network, CPU, HybridOptions()),
}
PARTS = ("rgmp", "agame", "s2s++", "hs2s", "rvos", "rvos-zero", "cosnet", "hybrid", "hybrid-against-rgmp")


def run() -> list[tuple[str, str]]:
    """Figures of every network."""
    return [row for part in PARTS for row in run_part(part)]


def run_part(part: str) -> list[tuple[str, str]]:
    """Figures of one of `PARTS`."""
    with _one_thread():
        if part == "hybrid-against-rgmp":
            return [_against_rgmp()]
        return list(_rows(part))


@contextmanager
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads(), cv2.getNumThreads()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads[0])
        cv2.setNumThreads(threads[1])
        random_network.cache_clear()  # one large network at a time


def _rows(name: str) -> Iterator[tuple[str, str]]:
    forms = _forms(name)
    for label, frame_of in _ways_of_use(name):
        plain, exact, *fast = _best([frame_of(form) for form in forms])
        figure = f"{exact:.0f} ms, {plain / exact:.2f} times as fast as plain"
        if fast:
            figure += f"; bfloat16 {fast[0]:.0f} ms, {plain / fast[0]:.2f} times"
        yield f"{name}, {label}", figure


def _forms(name: str) -> list[nn.Module]:
    """Plain, as users run it, and in bfloat16 where that is offered."""
    plain = load_network(name) if name == "hybrid" else random_network(name)
    precisions = Precision if _has_bfloat16(name) else [Precision.FLOAT32]
    return [plain, *(prepare(copy.deepcopy(plain), CPU, precision) for precision in precisions)]


def _has_bfloat16(name: str) -> bool:
    if name == "hybrid":  # computes in it of itself
        return True
    try:
        return bool(options_of(name, ("bf16",)))
    except EngineError:
        return False


def _ways_of_use(name: str) -> Iterator[tuple[str, Callable[[nn.Module], Frame]]]:
    """A label and, for a form of the network, what computes one frame."""
    if name == "rvos-zero":
        yield f"{SLOTS} slots", _slots
    elif name == "cosnet":
        yield f"{REFERENCES} cached references", _comparison
    else:
        for count in OBJECTS:
            yield f"{count} object{'s' if count > 1 else ''}", lambda form, count=count: _step(name, form, count)  # type: ignore[misc]


def _against_rgmp() -> tuple[str, str]:
    """Frames a second and operations of hybrid against RGMP, one object, in turn."""
    plain, *ours = (_step("hybrid", form, 1) for form in _forms("hybrid"))
    own_gflop, gflops = gflop(plain), cost("rgmp").gflop
    own, own_fast, rgmp, fast = _best([*ours, *(_step("rgmp", form, 1) for form in _forms("rgmp")[1:])])
    return "hybrid against RGMP, 1 object", (
        f"{rgmp / own:.1f} times the frames a second in float32 ({own:.0f} ms against {rgmp:.0f} ms), "
        f"{fast / own_fast:.1f} times in bfloat16 ({own_fast:.0f} ms against {fast:.0f} ms); each as it runs by itself "
        f"(hybrid in bfloat16 where the processor has it) {rgmp / own_fast:.1f} times; {gflops / own_gflop:.1f} times "
        f"fewer GFLOP ({own_gflop:.0f} against {gflops:.0f})"
    )


def _step(name: str, form: nn.Module, count: int) -> Frame:
    propagator = PROPAGATORS[name](form)
    masks = {}
    for i in range(count):
        masks[i + 1] = np.zeros(SIZE, np.float32)
        masks[i + 1][100:300, 50 + 250 * i : 250 + 250 * i] = 1
    propagator.step(0, _picture(0), masks)
    pictures = [_picture(1), _picture(2)]
    turns = itertools.count(1)

    def frame() -> Any:
        turn = next(turns)
        return propagator.step(turn, pictures[turn % 2])

    if name == "hybrid":
        # Its window and memory settle within a few frames; their sizes, new until then, cost torch time of its own.
        for _ in range(SETTLING):
            frame()
    return frame


def _slots(form: nn.Module) -> Frame:
    picture = _picture(0)

    @torch.inference_mode()
    def frame() -> Any:
        return form(normalised(picture, RVOS_SIZE, CPU), SLOTS, hidden)

    hidden = None
    hidden = frame().hidden
    return frame


def _comparison(form: nn.Module) -> Frame:
    finder = PrimaryObject(form, device=CPU)  # type: ignore[arg-type]
    finder.refer([_picture(1)])
    finder._references *= REFERENCES
    picture = _picture(0)
    return lambda: finder.find(picture)


def _picture(index: int) -> NDArray[np.uint8]:
    """A texture that moves by three pixels a frame, as something to follow."""
    height, width = SIZE
    coarse = np.random.default_rng(0).integers(0, 255, (height // 8, width // 8 + 4, 3), np.uint8)
    texture = cv2.resize(coarse, (width + 32, height), interpolation=cv2.INTER_CUBIC)
    return np.ascontiguousarray(texture[:, 3 * index : 3 * index + width], np.uint8)


def _best(frames: list[Frame]) -> list[float]:
    """Milliseconds of each, the best of some rounds in which they take turns after one that does not count."""
    best = [float("inf")] * len(frames)
    for counted in range(ROUNDS + 1):
        for i, frame in enumerate(frames):
            start = time.process_time()
            frame()
            if counted:
                best[i] = min(best[i], 1000 * (time.process_time() - start))
    return best
