"""Lists what can propose masks from marks, in plain words; loads none of it."""

from __future__ import annotations

from vosapp.engine.select.selectors import GRAB_CUT, NETWORK, ready_selectors, selecting_networks
from vosapp.presentation.choices import SelectorChoice

_OURS = {
    NETWORK: SelectorChoice(NETWORK, "Built-in network", "Comes with the program, and is quick on any computer"),
    GRAB_CUT: SelectorChoice(GRAB_CUT, "Colours alone", "No network: follows colours from the marks (GrabCut)"),
}
_OTHERS = "Often better outlines; made for graphics cards, it looks at a frame for seconds on a processor"


def selector_choices() -> tuple[SelectorChoice, ...]:
    """What can be asked on this computer now, ours first."""
    titles = {spec.name: spec.title for spec in selecting_networks()}
    return tuple(_OURS.get(name) or SelectorChoice(name, titles[name], _OTHERS) for name in ready_selectors())
