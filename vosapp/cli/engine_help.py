"""engine_help: lists engines, networks and their variants for the help of commands. Loads no torch."""

from __future__ import annotations

from collections.abc import Iterable

from vosapp.engine.engines import engines
from vosapp.engine.suggest.proposals import proposing_networks
from vosapp.engine.variants import Variant, variants
from vosapp.models.weights import WeightsState, weights_state


def engine_help() -> str:
    """The engines, whether each is ready, and its variants; then what the variants mean."""
    entries = [(spec.name, "" if spec.is_ready else "needs weights") for spec in engines()]
    return _listed("engines", entries)


def proposer_help() -> str:
    """As `engine_help`, for the networks that propose objects."""
    ready = WeightsState.PRESENT
    entries = [(spec.name, "" if weights_state(spec) is ready else "needs weights") for spec in proposing_networks()]
    return _listed("networks", entries)


def _listed(kind: str, entries: list[tuple[str, str]]) -> str:
    lines = [f"{kind}, with the variants that may stand behind the name, as in {entries[0][0]}/crf:"]
    width = max(len(name) for name, _ in entries)
    for name, note in entries:
        ways = ", ".join(way.name for way in variants(name))
        lines.append(f"  {name:{width}}  {ways}{f'  ({note})' if note else ''}")
    lines.append("variants:")
    lines += _meanings(way for name, _ in entries for way in variants(name))
    return "\n".join(lines)


def _meanings(ways: Iterable[Variant]) -> list[str]:
    """One line for each variant; where engines mean different things by a name, one for each meaning."""
    distinct = {(way.name, way.summary): way for way in ways}
    width = max(len(way.name) for way in distinct.values())
    return [
        f"  {way.name:{width}}  {f'{_of(way)} ' if _is_shared(way, distinct.values()) else ''}{way.summary}"
        for way in distinct.values()
    ]


def _is_shared(way: Variant, others: Iterable[Variant]) -> bool:
    return sum(other.name == way.name for other in others) > 1


def _of(way: Variant) -> str:
    return f"({', '.join(sorted(way.engines))})"
