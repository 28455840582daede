"""The steps of `OomFallback` for a network: from the asked size and device to what needs the least memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

from vosapp.engine.oom_fallback import Step
from vosapp.engine.propagator import Propagator

SMALLER_SIDES = (360, 240)


def fallback_steps(
    device: torch.device,
    short_side: int,
    build: Callable[[torch.device, int], Propagator],
    *,
    smaller: Sequence[int] = SMALLER_SIDES,
) -> list[Step]:
    """The asked size on the asked device, then smaller ones, then all of them with the processor.

    Args:
        device: where it should run.
        short_side: pixels of the shorter side that larger frames are shrunk to; 0 for no shrinking.
        build: makes the propagator for a device and a shorter side.
        smaller: shorter sides to go down to; none for a network that knows one size only.
    """
    sides = [short_side, *(side for side in smaller if short_side == 0 or side < short_side)]
    devices = [device] if device.type == "cpu" else [device, torch.device("cpu")]
    return [
        Step(_name(where, side), lambda where=where, side=side: build(where, side))  # type: ignore[misc]
        for where in devices
        for side in sides
    ]


def _name(device: torch.device, short_side: int) -> str:
    size = f"at {short_side} pixels" if short_side else "at full size"
    return f"with the processor {size}" if device.type == "cpu" else size
