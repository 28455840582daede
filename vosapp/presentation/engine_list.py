"""Builds the list of engines with their speed, memory, licence and variants."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from vosapp.engine.engines import DEFAULT_ENGINE, EngineSpec, engines
from vosapp.engine.variants import split_name, variants
from vosapp.models.registry import network
from vosapp.models.registry import networks as registered
from vosapp.models.spec import NetworkSpec, Task
from vosapp.presentation.choices import EngineChoice, Speed, VariantChoice
from vosapp.presentation.suggest.networks import way_to_import

FAST_MS, MEDIUM_MS = 400, 1000  # a frame; beyond the second a run over a shot is a coffee break
_FLOW_FACTS = (
    ("Speed", "60 ms a frame for one object, 25 ms more for each further one"),
    ("Memory", "about 200 MB"),
    ("Licence", "Apache-2.0, as the program"),
)


def engine_choices() -> tuple[EngineChoice, ...]:
    """All engines with their state; loads no network."""
    known = {spec.name for spec in registered(Task.ONE_SHOT)}
    return tuple(_choice(spec, network(spec.name) if spec.name in known else None) for spec in engines())


def _choice(spec: EngineSpec, net: NetworkSpec | None) -> EngineChoice:
    listed = tuple(VariantChoice(one.name, one.title, _sentence(one.summary)) for one in variants(spec.name))
    lack = f"It needs weights. {way_to_import(net)}" if spec.missing and net is not None else _sentence(spec.missing)
    choice = EngineChoice(spec.name, spec.title, spec.summary, spec.is_ready, lack, variants=listed)
    if net is None:
        return _with_facts(choice, Speed.FAST, _FLOW_FACTS)
    choice = replace(choice, summary=_sentence(net.strengths) if net.name != DEFAULT_ENGINE else spec.summary)
    facts = (("Speed", _sentence(net.speed)), ("Memory", memory_text(net.memory_mb)), ("Licence", net.licence))
    choice = replace(choice, downloadable=net.download is not None and net.is_installed)
    return _with_facts(choice, speed_class(net.speed), facts, importable=net.checkpoint is not None)


def _with_facts(
    choice: EngineChoice, speed: Speed | None, facts: tuple[tuple[str, str], ...], *, importable: bool = False
) -> EngineChoice:
    return replace(choice, speed=speed, facts=facts, importable=importable)


def speed_class(speed: str) -> Speed | None:
    """The class of a speed as the registry words it, "2200 ms per object ..." or "slow: ..."; else None."""
    found = re.match(r"(\d+) ms", speed)
    if found is None:
        return Speed.SLOW if speed.startswith("slow") else None
    milliseconds = int(found.group(1))
    if milliseconds <= FAST_MS:
        return Speed.FAST
    return Speed.MEDIUM if milliseconds <= MEDIUM_MS else Speed.SLOW


def memory_text(memory_mb: int) -> str:
    """An amount of memory as people say it."""
    return f"about {memory_mb / 1000:.1f} GB" if memory_mb >= 1000 else f"about {memory_mb} MB"


def _sentence(text: str) -> str:
    """With a capital letter and a full stop."""
    text = text.strip()
    return "" if not text else f"{text[0].upper()}{text[1:]}".rstrip(".") + "."


def known_choice(name: str, choices: Iterable[EngineChoice]) -> EngineChoice | None:
    """The entry of an engine's name, which may have variants behind it; None when there is none."""
    base = split_name(name)[0]
    return next((choice for choice in choices if choice.name == base), None)


def usable_name(name: str, choices: Iterable[EngineChoice]) -> str:
    """The name without variants that its engine lacks; of another engine where that one cannot run here.

    The usual engine comes first then, and after it the first one that is ready. "" when none is.
    """
    choices = tuple(choices)
    wanted = known_choice(name, choices)
    if wanted is None or not wanted.ready:
        usual = known_choice(DEFAULT_ENGINE, choices)
        ready = usual if usual is not None and usual.ready else next((c for c in choices if c.ready), None)
        return ready.name if ready is not None else ""
    has = {one.name for one in wanted.variants}
    return "/".join([wanted.name, *(one for one in split_name(name)[1] if one in has)])


def toggled(name: str, variant: str) -> str:
    """An engine's name with one variant more or less."""
    base, chosen = split_name(name)
    chosen = tuple(one for one in chosen if one != variant) if variant in chosen else (*chosen, variant)
    return "/".join([base, *chosen])


def title_of_choice(name: str, choices: Iterable[EngineChoice]) -> str:
    """The title of an engine with its variants: "RGMP, bfloat16"; the name itself where it is not known."""
    choice = known_choice(name, choices)
    if choice is None:
        return name
    titles = {one.name: one.title for one in choice.variants}
    return ", ".join([choice.title, *(titles.get(one, one) for one in split_name(name)[1])])
