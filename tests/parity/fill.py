"""Weights by rule: every network of the papers filled exactly as its authors' code was when the arrays were recorded.

Each `state_dict.json` lists all entries of a network and writes the same rule down: a generator for each entry,
seeded with the CRC-32 of its key; one standard normal draw; scaled by what kind of entry it is. The files differ only
in their gains, offsets and constants.
"""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tests.shared import shared_dir

CHUNK = 1 << 20  # values drawn at once, so that a tensor of 100 M values needs no 800 MB beside it
WORKERS = 2


@dataclass(frozen=True)
class Entry:
    """One line of a state dict: its key, shape and whether it is a whole number (a batch counter)."""

    key: str
    shape: tuple[int, ...]
    is_counter: bool

    @property
    def leaf(self) -> str:
        return self.key.rpartition(".")[2]


@dataclass(frozen=True)
class FillRule:
    """What a file adds to the common rule."""

    gain: Callable[[Entry], float]
    offsets: Mapping[str, float] = field(default_factory=dict)
    channel_gains: Mapping[str, Sequence[Sequence[float]]] = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Description:
    """A `state_dict.json`, or one section of it."""

    entries: tuple[Entry, ...]
    rule: FillRule
    first_values: Mapping[str, Sequence[float]]
    sums: Mapping[str, float]


def shapes(network: str, section: str | None = None) -> dict[str, tuple[int, ...]]:
    """Keys and shapes of the authors' state dict. `network` is the folder's name, `section` RVOS's parts."""
    return {entry.key: entry.shape for entry in describe(network, section).entries}


def filled(network: str, section: str | None = None, *, keys: Callable[[str], bool] | None = None) -> dict[str, Tensor]:
    """The authors' state dict, filled by the rule. `keys` chooses which entries are made."""
    description = describe(network, section)
    entries = [entry for entry in description.entries if keys is None or keys(entry.key)]
    with ThreadPoolExecutor(WORKERS) as pool:
        values = list(pool.map(lambda entry: _values(entry, description.rule), entries))
    state = {entry.key: torch.from_numpy(value) for entry, value in zip(entries, values, strict=True)}
    _check(state, description)
    return state


def without_initialising(build: Callable[[], nn.Module], state: Mapping[str, Tensor]) -> nn.Module:
    """Builds a network that takes its tensors from `state`: nothing is initialised, nothing copied."""
    with torch.device("meta"):
        module = build()
    module.load_state_dict(state, strict=True, assign=True)
    return module.eval().requires_grad_(False)


@cache
def describe(network: str, section: str | None = None) -> Description:
    """Reads a network's `state_dict.json`; skips the test where it is absent."""
    path = shared_dir("parity", network) / "state_dict.json"
    content = json.loads(path.read_text())
    entries = content["entries"] if section is None else content["entries"][section]
    first, sums = _spot_values(content, section)
    return Description(
        tuple(Entry(key, tuple(shape), "int" in dtype) for key, shape, dtype in entries),
        _rule(content.get("fill") or content["fill_rule"]),
        first,
        sums,
    )


def _rule(written: Mapping[str, Any]) -> FillRule:
    return FillRule(
        gain=_gain(written.get("gain", written.get("gains", {}))),
        offsets=written.get("offset", {}),
        channel_gains=written.get("input_channel_gain", {}),
        constants=written.get("keep_default") or written.get("kept_at_constructor_default") or {},
    )


def _gain(written: Any) -> Callable[[Entry], float]:
    """Gains are written as one variance gain, as variance gains of HS2S's two groups, or as factors by key."""
    if isinstance(written, float):
        return lambda entry: math.sqrt(written) if len(entry.shape) >= 2 else 1.0
    if any(text.startswith("keys starting with 'encoder'") for text in written):
        encoders, others = (math.sqrt(value) for value in written.values())
        return lambda entry: 1.0 if len(entry.shape) < 2 else encoders if entry.key.startswith("encoder") else others
    return lambda entry: float(written.get(entry.key, 1.0))


def _values(entry: Entry, rule: FillRule) -> NDArray[Any]:
    if entry.key in rule.constants:
        constant = np.asarray(rule.constants[entry.key], np.float32)
        return np.broadcast_to(constant.reshape(-1), (math.prod(entry.shape),)).reshape(entry.shape).copy()
    if entry.is_counter:
        return np.zeros(entry.shape, np.int64)
    out = np.empty(math.prod(entry.shape), np.float32)
    generator = np.random.Generator(np.random.PCG64(zlib.crc32(entry.key.encode())))
    factor, shift = _scale(entry)
    gain, offset = rule.gain(entry), rule.offsets.get(entry.key, 0.0)
    for start in range(0, out.size, CHUNK):
        draw = generator.standard_normal(min(CHUNK, out.size - start))
        if entry.leaf == "running_var":
            np.abs(draw, out=draw)
        out[start : start + CHUNK] = (draw * factor + shift) * gain + offset
    value = out.reshape(entry.shape)
    for first, last, gain in rule.channel_gains.get(entry.key, ()):
        value[:, int(first) : int(last)] *= gain  # a power of two: exact in float32 as well
    return value


def _scale(entry: Entry) -> tuple[float, float]:
    """Factor and shift of the draw, by what kind of entry it is."""
    if len(entry.shape) >= 2:
        return math.sqrt(1 / math.prod(entry.shape[1:])), 0.0
    kinds = {"running_var": (0.1, 1.0), "running_mean": (0.1, 0.0), "bias": (0.1, 0.0), "weight": (0.1, 1.0)}
    return kinds[entry.leaf]


def _spot_values(content: Mapping[str, Any], section: str | None) -> tuple[dict[str, list[float]], dict[str, float]]:
    if "fill_spot_check" in content:
        spots = content["fill_spot_check"]
        return {k: v["first4"] for k, v in spots.items()}, {k: v["sum_float64"] for k, v in spots.items()}
    first = content.get("first_three_values") or content["fill_rule"]["first_values"]
    if section is not None:
        first = first[section]
    return dict(first), {}


def _check(state: Mapping[str, Tensor], description: Description) -> None:
    """Compares the filled tensors with the values written down beside the rule."""
    for key, expected in description.first_values.items():
        if key in state:
            got = state[key].flatten()[: len(expected)].double().numpy()
            np.testing.assert_allclose(got, expected, rtol=1e-6, atol=1e-9, err_msg=key)
    for key, expected_sum in description.sums.items():
        if key in state:
            np.testing.assert_allclose(state[key].double().sum().item(), expected_sum, rtol=1e-6, err_msg=key)
