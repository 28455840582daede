"""The steps that an engine takes when memory runs out."""

from __future__ import annotations

import torch

from tests.unit.engine.fakes import ShiftPropagator
from vosapp.engine.networks.fallback_steps import fallback_steps


def _names(device: str, short_side: int, **options: object) -> list[str]:
    steps = fallback_steps(torch.device(device), short_side, lambda *_: ShiftPropagator(), **options)  # type: ignore[arg-type]
    return [step.name for step in steps]


def test_smaller_sizes_come_first_and_the_processor_last() -> None:
    assert _names("cuda", 480) == [
        "at 480 pixels",
        "at 360 pixels",
        "at 240 pixels",
        "with the processor at 480 pixels",
        "with the processor at 360 pixels",
        "with the processor at 240 pixels",
    ]
    assert _names("cpu", 300) == ["with the processor at 300 pixels", "with the processor at 240 pixels"]
    assert _names("cuda", 0, smaller=()) == ["at full size", "with the processor at full size"]


def test_each_step_builds_for_its_device_and_size() -> None:
    built: list[tuple[str, int]] = []

    def build(device: torch.device, side: int) -> ShiftPropagator:
        built.append((device.type, side))
        return ShiftPropagator()

    for step in fallback_steps(torch.device("cuda"), 360, build):
        step.build()
    assert built == [("cuda", 360), ("cuda", 240), ("cpu", 360), ("cpu", 240)]
