"""A report: sections of one data set each, in them the results of every engine."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass, field

from vosapp import __version__
from vosapp.evaluation.clicks import ClickScore
from vosapp.evaluation.protocol import Protocol
from vosapp.evaluation.scores import ClipScore
from vosapp.evaluation.suggestions import SuggestionScore


@dataclass(frozen=True)
class EngineResult:
    """Scores of one engine on the clips of a section, in their order."""

    engine: str
    clips: tuple[ClipScore, ...]

    @property
    def measured(self) -> tuple[ClipScore, ...]:
        """The clips that could be measured."""
        return tuple(clip for clip in self.clips if not clip.failure)


@dataclass(frozen=True)
class SuggestionResult:
    """Scores of one network's proposals on the clips of a section."""

    network: str
    clips: tuple[SuggestionScore, ...]


@dataclass(frozen=True)
class ClickResult:
    """What a selector made of simulated clicks, at most `limit` on an object, on the clips of a section."""

    selector: str
    limit: int
    clips: tuple[ClickScore, ...]


@dataclass(frozen=True)
class Section:
    """One data set.

    Attributes:
        dataset: its name.
        protocol: how it was counted.
        results: one an engine, all with the same clips.
        notes: what was missing or odd in its files.
        suggestions: one a network that proposes masks.
        clicks: one a selector.
    """

    dataset: str
    protocol: Protocol
    results: tuple[EngineResult, ...]
    notes: tuple[str, ...] = ()
    suggestions: tuple[SuggestionResult, ...] = ()
    clicks: tuple[ClickResult, ...] = ()

    def failures(self) -> list[str]:
        """A sentence for every clip that could not be measured."""
        failed = {f"{clip.name}: {clip.failure}" for r in self.results for clip in r.clips if clip.failure}
        return sorted(failed | set(self.failures_on_frames()))

    def failures_on_frames(self) -> list[str]:
        """The same for what was measured on single frames."""
        proposed = {f"{c.name}: {c.failure}" for r in self.suggestions for c in r.clips if c.failure}
        return sorted(proposed | {f"{c.name}: {c.failure}" for r in self.clicks for c in r.clips if c.failure})


@dataclass(frozen=True)
class Report:
    """All sections and how to remake them.

    Attributes:
        sections: in order.
        command: what was typed.
        facts: program, system and device, by name.
    """

    sections: tuple[Section, ...]
    command: str
    facts: Mapping[str, str] = field(default_factory=dict)


def system_facts(device: str) -> dict[str, str]:
    """Program and system, without anything that names the user or the computer."""
    return {
        "program": f"vosapp {__version__}",
        "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "device": device,
    }
