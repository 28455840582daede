"""Which selectors there are, and which one the window uses. Loads neither torch nor OpenCV until one is built."""

from __future__ import annotations

from functools import partial

from vosapp.core.errors import EngineError
from vosapp.engine.select.marks import BuildSelector
from vosapp.models.packaged.specs import PACKAGED
from vosapp.models.picture_networks import SELECT
from vosapp.models.spec import NetworkSpec
from vosapp.models.weights import WeightsState, weights_state

NETWORK, GRAB_CUT = "network", "grab-cut"


def default_selector() -> str:
    """The network where its weights are, else GrabCut."""
    return NETWORK if weights_state(SELECT) is WeightsState.PRESENT else GRAB_CUT


def selecting_networks() -> tuple[NetworkSpec, ...]:
    """The networks of others that can turn marks into a mask, whether they are here or not: SAM 2.1 and EdgeTAM."""
    return tuple(spec for spec in PACKAGED if spec.extra in ("sam2", "edgetam"))


def ready_selectors() -> tuple[str, ...]:
    """Names of the selectors that can be used now: ours, then the networks whose package and weights are here."""
    ours = (NETWORK, GRAB_CUT) if weights_state(SELECT) is WeightsState.PRESENT else (GRAB_CUT,)
    ready = (spec for spec in selecting_networks() if weights_state(spec) is WeightsState.PRESENT and spec.is_installed)
    return (*ours, *(spec.name for spec in ready))


def usable_selector(name: str) -> str:
    """The selector of a name where it can be used now, else the default one; "" for the default."""
    return name if name in ready_selectors() else default_selector()


def selector_builder(name: str, *, device: str = "auto") -> BuildSelector:
    """Makes selectors by name; the network is loaded once.

    Raises:
        EngineError: there is none of this name, or no such device.
        WeightsError: the network has no weights here, or its package is not installed.
    """
    if name == GRAB_CUT:
        from vosapp.engine.select.grab_cut import GrabCutSelector

        return GrabCutSelector
    if name == NETWORK:
        from vosapp.engine.select.network_selector import NetworkSelector, load_select_network

        return partial(NetworkSelector, load_select_network(device))
    known = {spec.name: spec for spec in selecting_networks()}
    if name in known:
        from vosapp.engine.select.sam_selector import SamSelectors

        return SamSelectors(known[name], device)
    raise EngineError(f"There is no selector {name}.", f"Choose {NETWORK}, {GRAB_CUT} or {', '.join(known)}.")
