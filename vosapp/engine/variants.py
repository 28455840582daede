"""Ways to run an engine other than its usual one, written behind its name: "rgmp/bf16/crf". Loads no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from vosapp.core.errors import EngineError
from vosapp.engine.propagator import Propagator

_THREE_SCALES = (0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Variant:
    """One way.

    Attributes:
        name: as written behind the engine's name.
        title: as shown to the user.
        summary: what it changes.
        options: what the engine is built with.
        engines: which engines, or networks that propose objects, have it; empty for all.
    """

    name: str
    title: str
    summary: str
    options: dict[str, Any] = field(default_factory=dict)
    engines: frozenset[str] = frozenset()


# bfloat16 is offered where it changes few labels; docs/networks.md has what was measured, of the others too.
_RGMP = frozenset({"rgmp", "rgmp-gru"})
_RECURRENT = frozenset({"s2s", "s2s++", "hs2s", "hs2s-0", "hs2s-t1", "hs2s-sim"})
_AGAME = frozenset({"agame"})
_RVOS = frozenset({"rvos", "rvos-zero"})
_COSNET = frozenset({"cosnet", "cosnet-sym", "cosnet-channel"})
_HYBRID = frozenset({"hybrid"})
_BFLOAT16 = {"precision": "bfloat16"}
_CUTIE = frozenset({"cutie"})
_SAM2 = frozenset({"sam2"})
_SQUARES = frozenset({"sam2", "edgetam"})
VARIANTS = (
    Variant(
        "bf16",
        "bfloat16",
        "computes in bfloat16: two to three times as fast on processors that have it; fewer than one pixel in a "
        "thousand changes",
        _BFLOAT16,
        _RGMP,
    ),
    Variant(
        "bf16",
        "bfloat16",
        "keeps its memories in bfloat16: less memory, and faster on processors that have it; fewer than one pixel in "
        "a thousand changes",
        _BFLOAT16,
        _RECURRENT,
    ),
    Variant(
        "f32",
        "float32",
        "computes in float32 on every processor, and not in bfloat16 where that is faster: about one pixel in ten "
        "thousand changes",
        {"precision": "float32"},
        _HYBRID,
    ),
    Variant(
        "3-scales",
        "three scales",
        "looks at every frame at 0.5, 0.75 and 1 of its size, as the authors do for their figures",
        {"scales": _THREE_SCALES},
        _RGMP,
    ),
    Variant(
        "full-size",
        "full size",
        "does not shrink frames of more than 480 lines: finer outlines, and time and memory that grow with the picture",
        {"short_side": 0},
        _RGMP | _AGAME | _CUTIE,
    ),
    Variant(
        "small",
        "small",
        "takes the smaller network: faster, its authors report a little less",
        {"size": "small"},
        _CUTIE,
    ),
    Variant(
        "short-memory",
        "short memory",
        "forgets what was seen longer ago than some 20 frames, given masks excepted: less memory, and no old looks",
        {"long_memory": False},
        _CUTIE,
    ),
    Variant("tiny", "tiny", "takes the smallest network", {"size": "tiny"}, _SAM2),
    Variant("small", "small", "takes the second smallest network", {"size": "small"}, _SAM2),
    Variant("base-plus", "base plus", "takes the second largest network", {"size": "base-plus"}, _SAM2),
    Variant("large", "large", "takes the largest network", {"size": "large"}, _SAM2),
    Variant(
        "half-size",
        "half size",
        "looks at every frame at 512 instead of 1024 pixels: several times as fast, and coarser outlines",
        {"side": 512},
        _SQUARES,
    ),
    Variant(
        "near-anchors",
        "near anchors",
        "looks at the four given masks nearest in time and not at all of them: many anchors cost no more time",
        {"anchors": 4},
        _SQUARES,
    ),
    Variant(
        "tuned",
        "fine-tuned",
        "learns the objects from their masks first, anew for every run: minutes, with a graphics card one or two",
        {"tuned": True},
        _RGMP,
    ),
    Variant(
        "single-target",
        "single target",
        "lets each object learn from its own answer alone, as the authors do for shots with one object",
        {"protocol": "single-target"},
        _AGAME,
    ),
    Variant(
        "spatial",
        "spatial recurrence alone",
        "forgets the frame before: an ablation of the paper",
        {"recurrence": "spatial"},
        _RVOS,
    ),
    Variant(
        "temporal",
        "temporal recurrence alone",
        "lets objects know nothing of each other: an ablation of the paper",
        {"recurrence": "temporal"},
        _RVOS,
    ),
    Variant(
        "head",
        "one softmax",
        "weighs the cells of a reference as the paper and the authors' later code do",
        {"form": "head"},
        _COSNET,
    ),
    Variant(
        "group",
        "references as a group",
        "looks for a cell's answer in all references at once, as the journal version does",
        {"form": "group"},
        _COSNET,
    ),
    Variant("crf", "dense CRF", "moves outlines to where the colours change, half a second a frame at 480p"),
)


def variants(engine: str) -> tuple[Variant, ...]:
    """The variants of an engine, or of a network that proposes objects."""
    return tuple(variant for variant in VARIANTS if not variant.engines or engine in variant.engines)


def split_name(name: str) -> tuple[str, tuple[str, ...]]:
    """The engine's own name, and the variants asked for."""
    base, *asked = name.split("/")
    return base, tuple(asked)


def title_of(title: str, engine: str, asked: Sequence[str]) -> str:
    """The title of an engine in some of its variants.

    Raises:
        EngineError: it does not have one of them.
    """
    return ", ".join([title, *(_variant(engine, name).title for name in asked)])


def options_of(engine: str, asked: Sequence[str]) -> dict[str, Any]:
    """What an engine is to be built with for some of its variants.

    Raises:
        EngineError: it does not have one of them.
    """
    options: dict[str, Any] = {}
    for name in asked:
        options |= _variant(engine, name).options
    return options


def wrapped(propagator: Propagator, asked: Sequence[str]) -> Propagator:
    """The propagator with what the variants put around it."""
    if "crf" not in asked:
        return propagator
    from vosapp.engine.crf_wrapper import CrfWrapper

    return CrfWrapper(propagator)


def _variant(engine: str, name: str) -> Variant:
    for variant in variants(engine):
        if variant.name == name:
            return variant
    known = ", ".join(variant.name for variant in variants(engine))
    raise EngineError(f'{engine} has no variant "{name}".', f"Its variants are: {known}.")
