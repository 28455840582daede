"""Networks with their weights, ready to run. The last one stays in memory, so that a second run begins at once."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import torch
from torch import nn

from vosapp.core.errors import EngineError
from vosapp.models.loading import load_spec
from vosapp.models.preparing import Precision, can_compute, prepare
from vosapp.models.registry import network
from vosapp.models.spec import NetworkSpec
from vosapp.models.weights import find_weights


@dataclass(frozen=True, slots=True)
class _Key:
    """Key under which a network is used again."""

    spec: NetworkSpec
    device: torch.device
    precision: Precision
    weights: tuple[str, int]


class _LastOne:
    """Holds one network. Networks of the papers take up to 1.7 GB, so there is never a second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key: _Key | None = None
        self._network: nn.Module | None = None

    def get(self, key: _Key) -> nn.Module:
        with self._lock:
            if self._network is None or self._key != key:
                self._key = self._network = None  # lets the last one go before the next is read
                self._network = _ready(key)
                self._key = key
            return self._network

    def release(self) -> None:
        with self._lock:
            self._key = self._network = None


def _ready(key: _Key) -> nn.Module:
    loaded = load_spec(key.spec)
    # What `prepare` changes was measured on networks of ours only.
    return loaded.to(key.device) if key.spec.extra else prepare(loaded, key.device, key.precision)


_last = _LastOne()


def prepared_network(name: str, device: torch.device, precision: str = "float32") -> nn.Module:
    """The network of a name, prepared for inference. Shared by those who ask for the same one: do not change it.

    Args:
        name: in `vosapp.models.registry`.
        device: where it runs.
        precision: "float32" or "bfloat16".

    Raises:
        WeightsError: it has no weights here, or they are damaged.
        EngineError: no such precision, or not on this device.
    """
    return _last.get(_Key(network(name), device, precision_of(precision, device), weights_stamp(name)))


def network_of_others(spec: NetworkSpec, device: torch.device) -> nn.Module:
    """A network whose code comes in a package of others, with its weights, as the package builds it. Shared as well.

    Args:
        spec: of the registry; its options may have been added to.
        device: where it runs.

    Raises:
        WeightsError: it is not installed, has no weights here, or they are damaged.
    """
    return _last.get(_Key(spec, device, Precision.FLOAT32, weights_stamp(spec.name)))


def weights_stamp(name: str) -> tuple[str, int]:
    """What changes when a network gets other weights: their path, and when the file was written."""
    found = find_weights(name)
    return ("", 0) if found is None else (str(found.path), found.path.stat().st_mtime_ns)


def precision_of(name: str, device: torch.device) -> Precision:
    """The precision of a name, to be computed in on a device.

    Raises:
        EngineError: there is none, or the device cannot compute in it.
    """
    try:
        precision = Precision(name)
    except ValueError as error:
        known = ", ".join(precision.value for precision in Precision)
        raise EngineError(f'There is no precision "{name}".', f"Choose one of: {known}.") from error
    if not can_compute(precision, device):
        raise EngineError(
            f"This computer's processor cannot compute in {name}.", "Choose the engine without the variant bf16."
        )
    return precision


def release() -> None:
    """Lets the last network go."""
    _last.release()
