"""The only place that says cuda, mps or cpu."""

from __future__ import annotations

import torch

from vosapp.core.errors import EngineError


def choose_device(name: str = "auto") -> torch.device:
    """The device of a name; "auto" takes the fastest there is.

    Raises:
        EngineError: no such device here.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if not available.get(name, False):
        raise EngineError(f'There is no device "{name}" here.', "Choose auto or cpu.")
    return torch.device(name)
