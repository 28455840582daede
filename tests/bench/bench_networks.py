"""Milliseconds a frame of 480x854 on one thread: as users run a network, against the same network run plainly.

Plain is eager float32 as built from its layers. Both are built from the same random weights and take turns; of each
the best round counts. Zero-shot networks have no objects: RVOS fills its ten slots, COSNet compares a frame with five
references that are encoded already.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from tests.networks import random_network
from vosapp.engine.networks.agame import AGamePropagator
from vosapp.engine.networks.cosnet import REFERENCES, PrimaryObject
from vosapp.engine.networks.hs2s import HS2SPropagator
from vosapp.engine.networks.rgmp import RgmpPropagator
from vosapp.engine.networks.rvos import SIZE as RVOS_SIZE
from vosapp.engine.networks.rvos import RvosPropagator, normalised
from vosapp.engine.networks.s2s import S2SPropagator
from vosapp.models.preparing import Precision, prepare
from vosapp.models.rvos.network import SLOTS

CPU = torch.device("cpu")
SIZE = (480, 854)
OBJECTS = (1, 3)
ROUNDS = 2
Frame = Callable[[], Any]

PROPAGATORS: dict[str, Callable[[Any], Any]] = {
    "rgmp": lambda network: RgmpPropagator(network, device=CPU),
    "s2s++": lambda network: S2SPropagator(network, device=CPU),
    "hs2s": lambda network: HS2SPropagator(network, device=CPU),
    "agame": lambda network: AGamePropagator(network, device=CPU),
    "rvos": lambda network: RvosPropagator(network, device=CPU),
}


def run() -> list[tuple[str, str]]:
    """Figures of every network that has an adapter."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return [row for name in (*PROPAGATORS, "rvos-zero", "cosnet") for row in _rows(name)]
    finally:
        torch.set_num_threads(threads)
        random_network.cache_clear()


def _rows(name: str) -> Iterator[tuple[str, str]]:
    random_network.cache_clear()  # one large network at a time
    plain = random_network(name)
    forms = [plain, *(prepare(copy.deepcopy(plain), CPU, precision) for precision in Precision)]
    for label, frame_of in _ways_of_use(name):
        usual, exact, fast = _best([frame_of(form) for form in forms])
        yield (
            f"{name}, {label}",
            f"{exact:.0f} ms ({usual / exact:.2f} times as fast as plain); "
            f"bfloat16 {fast:.0f} ms ({usual / fast:.2f} times)",
        )


def _ways_of_use(name: str) -> Iterator[tuple[str, Callable[[nn.Module], Frame]]]:
    """A label and, for a form of the network, what computes one frame."""
    if name == "rvos-zero":
        yield f"{SLOTS} slots", _slots
    elif name == "cosnet":
        yield f"{REFERENCES} cached references", _comparison
    else:
        for count in OBJECTS:
            yield f"{count} object{'s' if count > 1 else ''}", lambda form, count=count: _step(name, form, count)  # type: ignore[misc]


def _step(name: str, form: nn.Module, count: int) -> Frame:
    propagator = PROPAGATORS[name](form)
    masks = {}
    for i in range(count):
        masks[i + 1] = np.zeros(SIZE, np.float32)
        masks[i + 1][100:300, 50 + 250 * i : 250 + 250 * i] = 1
    propagator.step(0, _picture(0), masks)
    picture = _picture(1)
    return lambda: propagator.step(1, picture)


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
    return np.random.default_rng(index).integers(0, 255, (*SIZE, 3), np.uint8)


def _best(frames: list[Frame]) -> list[float]:
    """Milliseconds of each, the best of some rounds in which they take turns after one that does not count."""
    best = [float("inf")] * len(frames)
    for counted in range(ROUNDS + 1):
        for i, frame in enumerate(frames):
            start = time.perf_counter()
            frame()
            if counted:
                best[i] = min(best[i], 1000 * (time.perf_counter() - start))
    return best
