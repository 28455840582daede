"""OpenEXR files: which layers they hold, and the picture of one, placed by data window and display window."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import OpenEXR
from numpy.typing import NDArray

from vosapp.core.errors import MediaError
from vosapp.video.source import Windows
from vosapp.video.stills.exr_reading import read_exr

_READER_ERRORS = (RuntimeError, ValueError, TypeError, LookupError, OSError, ArithmeticError, AttributeError,
                  MemoryError, AssertionError, EOFError, struct.error, UnicodeError)  # fmt: skip
_MOST_PIXELS = 1 << 27
_DEEP = ("deepscanline", "deeptile")
_BEAUTY = ("rgba", "rgb", "beauty", "combined", "main", "final")
# Shares of red and blue in the luminance of BT.709 primaries, which a file without chromaticities has.
_RED, _BLUE = 0.2126, 0.0722


@dataclass(frozen=True, slots=True)
class ExrLayer:
    """Channels that make one picture.

    Attributes:
        name: what a user chooses it by; "" for the plain channels of a file with one part.
        part: number of its part.
        channels: channel names by what they are: R, G, B, A, Y, RY, BY, or the one channel as Y.
    """

    name: str
    part: int
    channels: dict[str, str]

    @property
    def is_colour(self) -> bool:
        """Whether it has red, green and blue, or luminance and chroma."""
        return {"R", "G", "B"} <= self.channels.keys() or {"Y", "RY", "BY"} <= self.channels.keys()


@dataclass(frozen=True, slots=True)
class ExrPicture:
    """One layer of a file.

    Attributes:
        samples: (height, width, 3 or 4) float32, the size of the display window with square pixels.
        stored: the same with the file's own pixels.
        bit_depth: 16 for half, 32 for float.
        has_alpha: whether a fourth channel is there.
        layer: the name of the layer.
        layers: the names of all layers.
        rate: frames a second from the header, or None.
        timecode: from the header, or "".
        windows: display and data window where they differ or do not begin at 0, else None.
    """

    samples: NDArray[np.float32]
    stored: NDArray[np.float32]
    bit_depth: int
    has_alpha: bool
    layer: str
    layers: tuple[str, ...]
    rate: Fraction | None
    timecode: str
    windows: Windows | None = None


@dataclass(frozen=True, slots=True)
class ExrPlanes:
    """One flat part of a file.

    Attributes:
        name: of the part.
        header: as OpenEXR gives it.
        planes: (height, width) of the display window by the name of the channel, 0 where there is no data.
    """

    name: str
    header: dict[str, Any]
    planes: dict[str, NDArray[Any]]


def read_planes(path: Path, data: bytes) -> list[ExrPlanes]:
    """The channels of all flat parts, as they are.

    Raises:
        MediaError: it is no EXR, or is cut off.
    """
    try:
        with OpenEXR.File(io.BytesIO(data), header_only=True) as file:
            _require_size(path, [(part.name(), dict(part.header)) for part in file.parts])
        with read_exr(data) as file:
            parts = []
            for part in file.parts:
                header = dict(part.header)
                if str(header.get("type", "")).rpartition(".")[2] in _DEEP:
                    continue
                planes = {name: np.asarray(channel.pixels) for name, channel in part.channels.items()}
                size = max((plane.shape for plane in planes.values()), default=(0, 0))
                whole = {name: plane for name, plane in planes.items() if plane.shape == size}
                placed = {name: _placed(plane[..., None], header)[..., 0] for name, plane in whole.items()}
                parts.append(ExrPlanes(part.name(), header, placed))
            return parts
    except _READER_ERRORS as error:
        raise MediaError(f"{path} is not a readable EXR image ({error}).", "Write or copy it again.") from error


def decode_exr(path: Path, data: bytes, layer: str | None = None) -> ExrPicture:
    """The picture of a layer; without a name of the likeliest one: plain colour first, then a layer of beauty.

    Raises:
        MediaError: it is no EXR, is cut off, holds deep data alone, or has no such layer.
    """
    try:
        with OpenEXR.File(io.BytesIO(data), header_only=True) as file:
            parts = [(part.name(), dict(part.header)) for part in file.parts]
        _require_size(path, parts)
        layers = _layers(parts)
        if not layers:
            raise MediaError(f"{path} is a deep EXR, which is not supported.", "Render or convert it to a flat one.")
        chosen = _chosen(path, layers, layer)
        with read_exr(data) as file:
            part = file.parts[chosen.part]
            planes = {kind: np.asarray(part.channels[name].pixels) for kind, name in chosen.channels.items()}
        header = parts[chosen.part][1]
        stored = np.ascontiguousarray(_placed(_colours(planes), header))
        samples = _stretched(stored, float(header.get("pixelAspectRatio", 1.0)))
    except _READER_ERRORS as error:
        raise MediaError(f"{path} is not a readable EXR image ({error}).", "Write or copy it again.") from error
    depth = max(16 if plane.dtype == np.float16 else 32 for plane in planes.values())
    names = tuple(one.name for one in layers)
    return ExrPicture(
        samples,
        stored,
        depth,
        samples.shape[2] == 4,
        chosen.name,
        names,
        _rate(header),
        _timecode(header),
        _windows(header),
    )


def _require_size(path: Path, parts: list[tuple[str, dict[str, Any]]]) -> None:
    for _, header in parts:
        for window in ("dataWindow", "displayWindow"):
            (left, top), (right, bottom) = _corners(header[window])
            if not 0 < (right - left + 1) * (bottom - top + 1) <= _MOST_PIXELS or right < left:
                raise MediaError(f"{path} claims a picture of an impossible size.", "Write or copy it again.")


def _corners(window: Any) -> tuple[tuple[int, int], tuple[int, int]]:
    low, high = window
    return (int(low[0]), int(low[1])), (int(high[0]), int(high[1]))


def _windows(header: dict[str, Any]) -> Windows | None:
    display, data = _corners(header["displayWindow"]), _corners(header["dataWindow"])
    return None if display == data and display[0] == (0, 0) else (display, data)


def _layers(parts: list[tuple[str, dict[str, Any]]]) -> list[ExrLayer]:
    layers = []
    for number, (part_name, header) in enumerate(parts):
        if str(header.get("type", "")).rpartition(".")[2] in _DEEP:
            continue
        groups: dict[str, dict[str, str]] = {}
        for channel in header["channels"]:
            prefix, _, last = channel.name.rpartition(".")
            groups.setdefault(prefix, {})[last] = channel.name
        for prefix, names in groups.items():
            title = prefix if len(parts) == 1 else ".".join(word for word in (part_name, prefix) if word)
            layers += _pictures_of(title, number, names)
    return layers


def _pictures_of(title: str, part: int, names: dict[str, str]) -> list[ExrLayer]:
    """The layer of a group of channels; channels that are no colours are layers of their own beside one that is."""
    upper = {last.upper(): name for last, name in names.items()}
    long = {"RED": "R", "GREEN": "G", "BLUE": "B", "ALPHA": "A"}
    kinds = {long.get(last, last): name for last, name in upper.items()}
    colour: dict[str, str] = {kind: kinds[kind] for kind in ("R", "G", "B", "A") if kind in kinds}
    luminance: dict[str, str] = {kind: kinds[kind] for kind in ("Y", "RY", "BY", "A") if kind in kinds}
    found: list[ExrLayer] = []
    if {"R", "G", "B"} <= colour.keys():
        found.append(ExrLayer(title, part, colour))
    elif "Y" in luminance:
        found.append(ExrLayer(title, part, luminance))
    used = set(found[0].channels.values()) if found else set()
    for last, name in names.items():
        if name not in used:
            alone = title if not found and len(names) == 1 and title else ".".join(w for w in (title, last) if w)
            found.append(ExrLayer(alone, part, {"Y": name}))
    return found


def _chosen(path: Path, layers: list[ExrLayer], wanted: str | None) -> ExrLayer:
    if wanted is not None:
        for layer in layers:
            if layer.name == wanted:
                return layer
        names = ", ".join(repr(layer.name) for layer in layers)
        raise MediaError(f"{path} has no layer {wanted!r}.", f"It has {names}.")

    def likeness(layer: ExrLayer) -> tuple[bool, bool, bool]:
        words = layer.name.lower().split(".")
        return layer.is_colour, not layer.name, any(word in _BEAUTY for word in words)

    return max(layers, key=likeness)  # the first of equals


def _colours(planes: dict[str, NDArray[Any]]) -> NDArray[np.float32]:
    """(height, width, 3 or 4) of channels by kind."""
    size = max(plane.shape for plane in planes.values())
    full = {kind: _enlarged(plane.astype(np.float32), size) for kind, plane in planes.items()}
    if "R" in full:
        colours = [full["R"], full["G"], full["B"]]
    elif {"RY", "BY"} <= full.keys():
        # Luminance/chroma as OpenEXR defines it: RY = (R - Y) / Y, BY = (B - Y) / Y.
        luminance = full["Y"]
        red, blue = (full["RY"] + 1) * luminance, (full["BY"] + 1) * luminance
        colours = [red, (luminance - _RED * red - _BLUE * blue) / (1 - _RED - _BLUE), blue]
    else:
        colours = [full["Y"]] * 3
    return np.stack([*colours, *([full["A"]] if "A" in full else [])], axis=-1)


def _enlarged(plane: NDArray[np.float32], size: tuple[int, ...]) -> NDArray[np.float32]:
    if plane.shape == size:
        return plane
    return np.asarray(cv2.resize(plane, (size[1], size[0]), interpolation=cv2.INTER_LINEAR), np.float32)


def _placed(samples: NDArray[Any], header: dict[str, Any]) -> NDArray[Any]:
    """The part of the data window that lies in the display window, black and clear around it."""
    (left, top), _ = _corners(header["dataWindow"])
    (x0, y0), (x1, y1) = _corners(header["displayWindow"])
    height, width = samples.shape[:2]
    if (left, top) == (x0, y0) and (height, width) == (y1 - y0 + 1, x1 - x0 + 1):
        return samples
    out = np.zeros((y1 - y0 + 1, x1 - x0 + 1, samples.shape[2]), samples.dtype)
    first_x, last_x = max(left, x0), min(left + width, x1 + 1)
    first_y, last_y = max(top, y0), min(top + height, y1 + 1)
    if first_x < last_x and first_y < last_y:
        inside = samples[first_y - top : last_y - top, first_x - left : last_x - left]
        out[first_y - y0 : last_y - y0, first_x - x0 : last_x - x0] = inside
    return out


def _stretched(samples: NDArray[np.float32], aspect: float) -> NDArray[np.float32]:
    if not 0.125 <= aspect <= 8 or abs(aspect - 1) < 1e-3:
        return samples
    height, width = samples.shape[:2]
    size = (round(width * aspect), height) if aspect > 1 else (width, round(height / aspect))
    return np.asarray(cv2.resize(samples, size, interpolation=cv2.INTER_LINEAR), np.float32)


def _rate(header: dict[str, Any]) -> Fraction | None:
    rate = header.get("framesPerSecond")
    top, bottom = int(getattr(rate, "n", 0)), int(getattr(rate, "d", 0))
    return Fraction(top, bottom) if top > 0 and bottom > 0 else None


def _timecode(header: dict[str, Any]) -> str:
    code = header.get("timeCode")
    if code is None:
        return ""
    numbers = [_number(getattr(code, word)) for word in ("hours", "minutes", "seconds", "frame")]
    divider = ";" if _number(code.dropFrame) else ":"
    hours, minutes, seconds, frame = numbers
    return f"{hours:02}:{minutes:02}:{seconds:02}{divider}{frame:02}"


def _number(value: Any) -> int:
    return int(value() if callable(value) else value)
