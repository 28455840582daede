"""Which selectors there are, and which one the window uses. Loads neither torch nor OpenCV until one is built."""

from __future__ import annotations

from functools import partial

from vosapp.core.errors import EngineError
from vosapp.engine.select.marks import BuildSelector
from vosapp.models.picture_networks import SELECT
from vosapp.models.weights import WeightsState, weights_state

NETWORK, GRAB_CUT = "network", "grab-cut"


def default_selector() -> str:
    """The network where its weights are, else GrabCut."""
    return NETWORK if weights_state(SELECT) is WeightsState.PRESENT else GRAB_CUT


def selector_builder(name: str, *, device: str = "auto") -> BuildSelector:
    """Makes selectors by name; the network is loaded once.

    Raises:
        EngineError: there is none of this name, or no such device.
        WeightsError: the network has no weights here.
    """
    if name == GRAB_CUT:
        from vosapp.engine.select.grab_cut import GrabCutSelector

        return GrabCutSelector
    if name == NETWORK:
        from vosapp.engine.select.network_selector import NetworkSelector, load_select_network

        return partial(NetworkSelector, load_select_network(device))
    raise EngineError(f"There is no selector {name}.", f"Choose {NETWORK} or {GRAB_CUT}.")
