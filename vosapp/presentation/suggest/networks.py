"""Lists the networks that can suggest objects, and how to get the missing ones; loads none."""

from __future__ import annotations

from vosapp.engine.suggest.proposals import proposing_networks
from vosapp.engine.variants import title_of, variants
from vosapp.models.spec import NetworkSpec
from vosapp.models.weights import WeightsState, way_to_get, weights_state
from vosapp.presentation.choices import NetworkHelp, SuggestChoice

ALL = SuggestChoice("", "All networks")


def suggest_choices() -> tuple[SuggestChoice, ...]:
    """Lists what can be asked for objects, first all networks together; empty where none has weights."""
    ready = [spec for spec in proposing_networks() if weights_state(spec) is WeightsState.PRESENT]
    choices = []
    for spec in ready:
        choices.append(SuggestChoice(spec.name, spec.title))
        for way in variants(spec.name):
            choices.append(SuggestChoice(f"{spec.name}/{way.name}", title_of(spec.title, spec.name, (way.name,))))
    return (ALL, *choices) if choices else ()


def network_help() -> tuple[NetworkHelp, ...]:
    """Lists how to get each network whose authors publish weights."""
    return tuple(
        NetworkHelp(spec.title, spec.strengths, way_to_import(spec), spec.licence)
        for spec in proposing_networks()
        if spec.checkpoint is not None
    )


def way_to_import(spec: NetworkSpec) -> str:
    """One sentence: how to get a network's weights, for those who look at the window's own button."""
    if spec.checkpoint is None:
        return way_to_get(spec)
    offered = " or ".join(spec.checkpoint.archives or spec.checkpoint.files)
    return (
        f"Its authors offer {offered} in the README of {spec.checkpoint.source} on GitHub. Download it and press "
        "Import weights."
    )
