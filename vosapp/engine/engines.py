"""Lists and builds the engines to propagate with. The list alone loads no network and no torch."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import cast

from vosapp.core.errors import EngineError
from vosapp.engine.propagator import Propagator
from vosapp.engine.run_context import RunContext
from vosapp.engine.variants import options_of, split_name, title_of, wrapped
from vosapp.models.registry import network
from vosapp.models.spec import NetworkSpec
from vosapp.models.weights import find_weights, way_to_get

# What measures best: on ten DAVIS shots in one run J&F 85.2 against 75.6 of flow (weights/hybrid.md has the table).
DEFAULT_ENGINE = "hybrid"


@dataclass(frozen=True, slots=True)
class EngineSpec:
    """One entry of the list of engines.

    Attributes:
        name: as on the command line and in project files.
        title: as shown to the user.
        summary: one sentence: what it is good at, what it needs.
        build: "module:function" that makes a propagator; called with `device`, `context` and the engine's own options.
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
    build="vosapp.engine.flow.propagator:build",
)

_PLAIN_FLOW = EngineSpec(
    name="plain-dis",
    title="Plain flow warping",
    summary="The previous mask moved by optical flow and nothing else: what every engine has to beat.",
    build="vosapp.engine.flow.warp_baseline:build_plain_flow",
)


_HYBRID_LITE = EngineSpec(
    name="hybrid-lite",
    title="Hybrid, second design",
    summary="One network on a pretrained backbone, without a second tracker beside it. Still in training.",
    build="vosapp.engine.hybrid_lite.propagator:build_hybrid_lite",
)


def baselines() -> tuple[EngineSpec, ...]:
    """Engines that are only measured, never offered to the user."""
    missing = "" if find_weights(_HYBRID_LITE.name) else "its weights are not installed."
    return _PLAIN_FLOW, replace(_HYBRID_LITE, missing=missing)


_HYBRID = EngineSpec(
    name="hybrid",
    title="Hybrid",
    summary="Our own network and optical flow together: matches with all anchors. Comes with the program.",
    build="vosapp.engine.hybrid.propagator:build_hybrid",
)

# The adapter of each network of the papers, by its name in `vosapp.models.registry`.
_ADAPTERS = {
    "rgmp": "vosapp.engine.networks.rgmp:build",
    "rgmp-gru": "vosapp.engine.networks.rgmp:build_gru",
    "s2s": "vosapp.engine.networks.s2s:build",
    "s2s++": "vosapp.engine.networks.s2s:build_plus_plus",
    "hs2s": "vosapp.engine.networks.hs2s:build",
    "hs2s-0": "vosapp.engine.networks.hs2s:build_first",
    "hs2s-t1": "vosapp.engine.networks.hs2s:build_previous",
    "hs2s-sim": "vosapp.engine.networks.hs2s:build_similarity",
    "rvos": "vosapp.engine.networks.rvos:build",
    "agame": "vosapp.engine.networks.agame:build",
}

# Engines on networks of others, and the networks of which any one makes the engine ready.
_PACKAGED = (
    (
        EngineSpec(
            "cutie",
            "Cutie",
            "Many objects that touch and hide each other, long shots. Made for graphics cards.",
            "vosapp.engine.networks.cutie:build",
        ),
        ("cutie", "cutie-small"),
    ),
    (
        EngineSpec(
            "sam2",
            "SAM 2.1",
            "Almost anything that has an outline. Takes the largest network that is here. Made for graphics cards.",
            "vosapp.engine.networks.sam2:build",
        ),
        ("sam2-small", "sam2-large", "sam2-base-plus", "sam2-tiny"),
    ),
    (
        EngineSpec(
            "edgetam",
            "EdgeTAM",
            "What SAM 2.1 does with a small network. Made for weak graphics cards and telephones.",
            "vosapp.engine.networks.sam2:build_edgetam",
        ),
        ("edgetam",),
    ),
)


def engines() -> tuple[EngineSpec, ...]:
    """All engines, the ready ones first. Looks for weights on the disk, so ask again after an import."""
    own = _HYBRID if find_weights(_HYBRID.name) else replace(_HYBRID, missing="its weights are not installed.")
    listed = [own, _FLOW, *(_of_network(network(name), build) for name, build in _ADAPTERS.items())]
    listed += [_of_package(spec, [network(name) for name in names]) for spec, names in _PACKAGED]
    return tuple(sorted(listed, key=lambda spec: not spec.is_ready))


def _of_network(found: NetworkSpec, build: str) -> EngineSpec:
    missing = "" if find_weights(found.name) else f"it needs weights. {way_to_get(found)}"
    summary = f"Good at {found.strengths}. {found.speed[0].upper()}{found.speed[1:]}."
    return EngineSpec(found.name, found.title, summary, build, missing)


def _of_package(spec: EngineSpec, networks: list[NetworkSpec]) -> EngineSpec:
    if not networks[0].is_installed:
        return replace(spec, missing=f"it is not installed. {networks[0].way_to_install}")
    if not any(find_weights(found.name) for found in networks):
        return replace(spec, missing=f"it needs weights. {way_to_get(networks[0])}")
    return spec


def engine(name: str) -> EngineSpec:
    """The engine or baseline of a name, which may ask for variants: "rgmp/bf16/crf".

    Raises:
        EngineError: there is none, or it has no such variant.
    """
    base, asked = split_name(name)
    for spec in (*engines(), *baselines()):
        if spec.name == base:
            return spec if not asked else replace(spec, name=name, title=title_of(spec.title, base, asked))
    names = ", ".join(spec.name for spec in engines())
    raise EngineError(f'There is no engine "{name}".', f"Choose one of: {names}.")


def _needing_torch() -> set[str]:
    """Engines that compute with torch, and so on a graphics card where one computes."""
    return {_HYBRID.name, *_ADAPTERS, *(spec.name for spec, _ in _PACKAGED)}


def _tell_of_unusable_card(context: RunContext) -> None:
    from vosapp.engine.device import accelerator  # loads torch

    problem = accelerator().problem
    if problem:
        context.report(problem)


def build_propagator(
    name: str, device: str = "auto", *, context: RunContext | None = None, **options: object
) -> Propagator:
    """A fresh propagator of an engine. Loads what the engine needs: call it in the job, not in the window's thread.

    Args:
        name: of the engine.
        device: "auto", "cpu", "cuda" or "mps".
        context: of the run: the engine reports to it and asks it. None for a run that nobody follows.
        options: the engine's own.

    Raises:
        EngineError: no such engine, it is not ready, or the device is not there.
        WeightsError: its weights are missing or damaged.
    """
    spec = engine(name)
    if not spec.is_ready:
        raise EngineError(f"The engine {spec.title} cannot run: {spec.missing}")
    base, asked = split_name(name)
    module, _, function = spec.build.partition(":")
    build = cast(Callable[..., Propagator], getattr(importlib.import_module(module), function))
    context = context or RunContext()
    if device == "auto" and base in _needing_torch():
        _tell_of_unusable_card(context)
    propagator = build(device=device, context=context, **options_of(base, asked), **options)
    return wrapped(propagator, asked)
