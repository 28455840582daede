"""The only place that says cuda, mps or cpu."""

from __future__ import annotations

import sys
import warnings
from dataclasses import dataclass
from pathlib import Path

import torch

from vosapp.core.errors import EngineError

_PCI = Path("/sys/bus/pci/devices")
_NVIDIA, _DISPLAY_CLASS = "0x10de", "0x03"


@dataclass(frozen=True, slots=True)
class Accelerator:
    """Device that computes here besides the processor.

    Attributes:
        kind: "cuda" or "mps"; "cpu" when there is none that can be used.
        name: of the card, "" when there is none.
        problem: why a card that is there cannot be used, one sentence; "" when nothing is wrong.
    """

    kind: str
    name: str = ""
    problem: str = ""


def choose_device(name: str = "auto") -> torch.device:
    """The device of a name; "auto" takes the fastest one that computes.

    Raises:
        EngineError: no such device here.
    """
    if name == "auto":
        return torch.device(accelerator().kind)
    available = {"cpu": True, "cuda": _has_cuda()[0], "mps": torch.backends.mps.is_available()}
    if not available.get(name, False):
        raise EngineError(f'There is no device "{name}" here.', "Choose auto or cpu.")
    return torch.device(name)


def accelerator() -> Accelerator:
    """The graphics processor that computes here, found by letting it compute: a driver may be there and broken."""
    has_cuda, said = _has_cuda()
    if has_cuda:
        return _tried("cuda", torch.cuda.get_device_name(0))
    if torch.backends.mps.is_available():
        return _tried("mps", "Apple graphics")
    return Accelerator("cpu", problem=_absence(said))


def computes_on_cards() -> bool:
    """Whether this torch was built for graphics cards at all; a CPU build is smaller by choice."""
    return torch.version.cuda is not None or torch.version.hip is not None or torch.backends.mps.is_built()


def has_nvidia_card() -> bool:
    """Whether the machine has an NVIDIA card, with or without a driver. Only Linux says so without one."""
    if sys.platform != "linux":
        return False
    for device in _PCI.glob("*"):
        try:
            vendor, kind = ((device / name).read_text("ascii").strip() for name in ("vendor", "class"))
        except (OSError, UnicodeDecodeError):
            continue
        if vendor == _NVIDIA and kind.startswith(_DISPLAY_CLASS):
            return True
    return False


def _has_cuda() -> tuple[bool, list[str]]:
    """Whether CUDA answers, and what torch says in warnings when its driver does not."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        available = torch.cuda.is_available()
    return available, [str(warning.message) for warning in said]


def _tried(kind: str, name: str) -> Accelerator:
    try:
        ones = torch.ones(8, 8, device=kind)
        (ones @ ones).sum().item()
    except RuntimeError as error:
        return Accelerator("cpu", name, _unusable(str(error)))
    return Accelerator(kind, name)


def _absence(said: list[str]) -> str:
    """What is wrong when a torch that was built for cards finds none."""
    if torch.version.cuda is None:
        return ""
    if said:
        return _unusable(said[0])
    return _unusable("its driver does not answer") if has_nvidia_card() else ""


def _unusable(reason: str) -> str:
    first = reason.strip().partition("\n")[0].partition(" (Triggered internally")[0].rstrip(".")
    return f"The graphics card cannot be used ({first}), so the processor computes; renew its driver to use it."
