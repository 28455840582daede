"""The list of engines as the window shows it."""

from __future__ import annotations

from vosapp.engine.engines import engines
from vosapp.ui.view_state import EngineChoice


def engine_choices() -> tuple[EngineChoice, ...]:
    """All engines with their state; loads no network."""
    return tuple(EngineChoice(spec.name, spec.title, spec.summary, spec.is_ready, spec.missing) for spec in engines())
