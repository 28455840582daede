"""Entries of the lists of engines, of networks that suggest objects and of what selects, as frozen values."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Speed(enum.Enum):
    """Speed class of an engine on a processor, for one object at 480x854."""

    FAST = "fast"
    MEDIUM = "medium"
    SLOW = "slow"


@dataclass(frozen=True, slots=True)
class VariantChoice:
    """Variant of an engine that can be ticked: name, title and effect."""

    name: str
    title: str
    summary: str


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """Engine in the list.

    Attributes:
        name: of the registry.
        title, summary: for the user.
        ready: can run now.
        reason: why not, when it cannot.
        speed: its class, None while nobody measured it.
        facts: (what, value) for the user: speed, memory, licence.
        variants: ways to run it besides the usual one.
        importable: its authors publish weights that can be imported.
        downloadable: they let everybody pass them on, so that vosapp can fetch them.
        measured: time for a frame in the open project's newest run with it, "0.42 s"; "" while there was none.
    """

    name: str
    title: str
    summary: str = ""
    ready: bool = True
    reason: str = ""
    speed: Speed | None = None
    facts: tuple[tuple[str, str], ...] = ()
    variants: tuple[VariantChoice, ...] = ()
    importable: bool = False
    downloadable: bool = False
    measured: str = ""


@dataclass(frozen=True, slots=True)
class NetworkHelp:
    """Says how to get a network that is not here.

    Attributes:
        title, strengths: what it is.
        instructions: how to get its weights, in one sentence.
        licence: what may be done with them.
    """

    title: str
    strengths: str
    instructions: str
    licence: str


@dataclass(frozen=True, slots=True)
class SelectorChoice:
    """What can propose masks from marks: name, title and what speaks for it."""

    name: str
    title: str
    summary: str = ""


@dataclass(frozen=True, slots=True)
class SuggestChoice:
    """Network that suggests objects, with a variant perhaps, as "cosnet/crf"; "" for all."""

    name: str
    title: str
