"""Which engines there are to propagate with. Reading this list loads no network and no torch."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from vosapp.core.errors import EngineError
from vosapp.engine.propagator import Propagator

DEFAULT_ENGINE = "flow"


@dataclass(frozen=True, slots=True)
class EngineSpec:
    """One entry of the list of engines.

    Attributes:
        name: as on the command line and in project files.
        title: as shown to the user.
        summary: one sentence: what it is good at, what it needs.
        build: "module:function" that makes a propagator; called with `device` and the engine's own options.
        missing: why it cannot run here and what to do about it; "" when it is ready.
    """

    name: str
    title: str
    summary: str
    build: str
    missing: str = ""

    @property
    def is_ready(self) -> bool:
        """Whether it can run now."""
        return not self.missing


_FLOW = EngineSpec(
    name="flow",
    title="Optical flow",
    summary="Moves the mask with the picture and repairs it by colour. Needs no weights, runs on every computer.",
    build="vosapp.engine.flow:build",
)

_PLAIN_FLOW = EngineSpec(
    name="plain-dis",
    title="Plain flow warping",
    summary="The previous mask moved by optical flow and nothing else: what every engine has to beat.",
    build="vosapp.engine.plain_flow:build_plain_flow",
)


def baselines() -> tuple[EngineSpec, ...]:
    """Engines that are only measured against, never offered to the user."""
    return (_PLAIN_FLOW,)


def engines() -> tuple[EngineSpec, ...]:
    """All engines, the ready ones first."""
    return (_FLOW,)


def engine(name: str) -> EngineSpec:
    """The engine or baseline of a name.

    Raises:
        EngineError: there is none.
    """
    for spec in (*engines(), *baselines()):
        if spec.name == name:
            return spec
    names = ", ".join(spec.name for spec in engines())
    raise EngineError(f'There is no engine "{name}".', f"Choose one of: {names}.")


def build_propagator(name: str, device: str = "auto", **options: object) -> Propagator:
    """A fresh propagator of an engine. Loads what the engine needs: call it in the job, not in the window's thread.

    Args:
        name: of the engine.
        device: "auto", "cpu", "cuda" or "mps".
        options: the engine's own.

    Raises:
        EngineError: no such engine, it is not ready, or the device is not there.
        WeightsError: its weights are missing or damaged.
    """
    spec = engine(name)
    if not spec.is_ready:
        raise EngineError(f"The engine {spec.title} cannot run: {spec.missing}")
    module, _, function = spec.build.partition(":")
    build = cast(Callable[..., Propagator], getattr(importlib.import_module(module), function))
    return build(device=device, **options)
