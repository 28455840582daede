"""Masks in OpenEXR files: Cryptomatte, one alpha for each object, or the alpha of a picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vosapp.core.errors import MaskError
from vosapp.video.stills.exr import ExrPlanes, read_planes
from vosapp.video.stills.images import read_bytes

_HALF = 0.5
_CRYPTOMATTE = "cryptomatte/"


def read_exr_masks(path: Path) -> dict[str, NDArray[np.bool_]] | None:
    """The masks of an EXR by the name of the object; "" for the one alpha of a picture. None when it has neither.

    Objects without a pixel that is at least half covered are left out.

    Raises:
        MediaError: it is no readable EXR.
        MaskError: its Cryptomatte cannot be read.
    """
    parts = read_planes(path, read_bytes(path))
    for part in parts:
        covered = _cryptomatte(path, part)
        if covered is not None:
            return _inside(covered)
    named = {name: plane for part in parts for name, plane in _alphas(part, several=len(parts) > 1).items()}
    if any(named):
        named.pop("", None)
    return _inside(named) if named else None


def _inside(covered: dict[str, NDArray[Any]]) -> dict[str, NDArray[np.bool_]]:
    found = {name: np.asarray(np.nan_to_num(plane) >= _HALF) for name, plane in covered.items()}
    return {name: mask for name, mask in found.items() if mask.any()}


def _alphas(part: ExrPlanes, *, several: bool) -> dict[str, NDArray[Any]]:
    found = {}
    for channel, plane in part.planes.items():
        layer, _, last = channel.rpartition(".")
        if last.upper() in ("A", "ALPHA"):
            found[layer or (part.name if several else "")] = plane
    return found


def _cryptomatte(path: Path, part: ExrPlanes) -> dict[str, NDArray[Any]] | None:
    """Coverage by name, as the Cryptomatte specification 1.2 stores it; None when there is none."""
    layers = {key.split("/")[1] for key in part.header if str(key).startswith(_CRYPTOMATTE) and key.count("/") == 2}
    if not layers:
        return None
    prefix = f"{_CRYPTOMATTE}{min(layers)}/"
    try:
        names = {int(code, 16): name for name, code in json.loads(part.header[prefix + "manifest"]).items()}
        layer = str(part.header[prefix + "name"])
    except (KeyError, ValueError, AttributeError, TypeError) as error:
        raise MaskError(f"{path} has a Cryptomatte without a manifest.", "Write it with its manifest.") from error
    covered: dict[str, NDArray[Any]] = {}
    for channel, ids in part.planes.items():
        letter = channel[-1]
        if not channel.startswith(layer) or not channel[len(layer) : -2].isdigit() or letter not in "RB":
            continue
        amount = part.planes[channel[:-1] + ("G" if letter == "R" else "A")]
        numbers = np.ascontiguousarray(ids, np.float32).view(np.uint32)
        for code, name in names.items():
            here = np.where(numbers == code, amount, np.float32(0))
            covered[name] = here if name not in covered else covered[name] + here
    return covered
