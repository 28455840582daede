"""Imports the authors' published files as weights: recognised by their keys, checked to the last tensor."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from safetensors.torch import save_file
from torch import Tensor

from vosapp.core.errors import WeightsError
from vosapp.models.checkpoints import OpenedFile, is_state, open_checkpoints
from vosapp.models.registry import NETWORKS, network
from vosapp.models.spec import NetworkSpec, PublishedCheckpoint, resolve
from vosapp.models.weights import (
    SourceFile,
    WeightsFile,
    WeightsNote,
    find_weights,
    sha256_of,
    weights_path,
    write_note,
)

State = dict[str, Tensor]
_WRAPPER = "module."  # what data-parallel training puts before every key
_COUNTER = "num_batches_tracked"  # missing in files of torch before 0.4; inference never reads it
_FLOATS = (torch.float32, torch.float16, torch.bfloat16)
_RECOGNISED = 0.5  # share of a network's entries that must fit for a file to be taken for its file
_SHOWN = 4


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A file read as if it were of one network."""

    spec: NetworkSpec
    expected: Mapping[str, torch.Size]
    state: State

    @property
    def fit(self) -> float:
        """Share of the network's entries that are there with the right shape."""
        fitting = sum(key in self.state and self.state[key].shape == shape for key, shape in self.expected.items())
        return fitting / len(self.expected)


def _go_on() -> None:
    """The check of an import that nobody wants to stop."""


def import_weights(
    paths: list[Path],
    *,
    name: str | None = None,
    replace: bool = False,
    check: Callable[[], None] = _go_on,
) -> WeightsFile:
    """Imports published weights into the user's data folder.

    Args:
        paths: the file or files as the authors publish them, a folder or a zip archive with them.
        name: of the network, where the keys of several fit or none is recognised.
        replace: whether weights that are there already may be replaced.
        check: called between the steps; what it raises ends the import, and nothing of it stays.

    Raises:
        WeightsError: the files are not weights of a network that is known, hold code, are damaged, or lack entries.
    """
    spec, state, names = read_published(paths, name)
    check()
    existing = find_weights(spec.name)
    if existing is not None and existing.path == weights_path(spec.name) and not replace:
        raise WeightsError(f"{spec.title} already has weights: {existing.path}.", "Add --replace to import these.")
    converted: State = {}
    for key in expected_shapes(spec):
        check()
        converted[key] = _converted(key, state.get(key), names)
    sources = _named(paths)
    check()
    return _write(spec, converted, sources)


def read_published(paths: list[Path], name: str | None = None) -> tuple[NetworkSpec, State, str]:
    """Opens published files and checks that they are the weights of a network, complete and of the right shapes.

    Returns:
        The network, its entries under our names as they lie in the files, and the names of the files.

    Raises:
        WeightsError: as `import_weights`.
    """
    opened = list(open_checkpoints(paths))
    chosen = _recognise(opened, _candidates(name))
    names = ", ".join(file.name for file in opened)
    _check(chosen, names)
    return chosen.spec, chosen.state, names


def _candidates(name: str | None) -> list[NetworkSpec]:
    """The network of a name, or all that have published weights and whose code is here."""
    if name is None:
        return [spec for spec in NETWORKS if spec.checkpoint and spec.is_installed]
    spec = network(name)
    if not spec.is_installed:
        raise WeightsError(f"{spec.title} is not installed, so its weights cannot be checked.", spec.way_to_install)
    return [spec]


def _named(paths: Iterable[Path]) -> tuple[SourceFile, ...]:
    files = [p for path in paths for p in (sorted(path.iterdir()) if path.is_dir() else [path]) if p.is_file()]
    return tuple(SourceFile(path.name, sha256_of(path)) for path in files)


def _recognise(opened: list[OpenedFile], specs: list[NetworkSpec]) -> _Candidate:
    if not opened:
        raise WeightsError("There is no weights file there.", "Give the file or files that the authors publish.")
    best: _Candidate | None = None
    for spec in sorted(specs, key=lambda spec: bool(spec.extra)):  # loading the code of others takes seconds
        if best is not None and not best.spec.extra and spec.extra and best.fit >= _RECOGNISED:
            break
        candidate = _Candidate(spec, expected_shapes(spec), _read_as(opened, spec))
        best = candidate if best is None or candidate.fit > best.fit else best
    if best is None or best.fit == 0 or (best.fit < _RECOGNISED and len(specs) > 1):
        raise _unknown(", ".join(file.name for file in opened), specs)
    return best


def _unknown(names: str, specs: list[NetworkSpec]) -> WeightsError:
    if len(specs) == 1:
        return WeightsError(f"{names}: these are no weights of {specs[0].title}.")
    absent = sorted({spec.extra for spec in NETWORKS if not spec.is_installed})
    hint = f"It knows {', '.join(spec.name for spec in specs)}."
    if absent:
        extras = ",".join(absent)
        hint += f" It knows more once their code is installed: pip install 'vosapp[{extras}]'"
    return WeightsError(f"{names}: these are no weights of a network that vosapp knows.", hint)


@functools.cache
def _shapes(builder: str, options: tuple[tuple[str, Any], ...]) -> dict[str, torch.Size]:
    with torch.device("meta"):
        module = resolve(builder)(**dict(options))
    return {key: value.shape for key, value in module.state_dict().items()}


def expected_shapes(spec: NetworkSpec) -> Mapping[str, torch.Size]:
    """Every entry of a network's state dict and its shape, without making any weights."""
    return _shapes(spec.builder, spec.options)


def _read_as(opened: list[OpenedFile], spec: NetworkSpec) -> State:
    """The entries of files under the names that a network would give them."""
    form = spec.checkpoint or PublishedCheckpoint(source="", files=())
    expected = expected_shapes(spec)
    state: State = {}
    for file in opened:
        for section, piece in _pieces(file.content, form):
            plain = _without_prefixes(piece, (_WRAPPER, form.prefix))
            place = section or _place(plain, form.sections, expected)
            for key, value in plain.items():
                if not any((place + key).startswith(unused) or key.startswith(unused) for unused in form.unused):
                    state[place + key] = value
    return cast(State, resolve(spec.convert)(state)) if spec.convert else state


def _pieces(content: Any, form: PublishedCheckpoint) -> list[tuple[str, State]]:
    """The state dicts of a file, each with the beginning that its place in the file gives its keys."""
    for key in form.container:
        if isinstance(content, Mapping) and key in content:
            content = content[key]
    if is_state(content):
        return [("", dict(content))]
    if not isinstance(content, Mapping):
        return []
    return [(f"{name}.", dict(content[name])) for name in form.sections if is_state(content.get(name))]


def _without_prefixes(state: State, prefixes: Iterable[str]) -> State:
    for prefix in prefixes:
        if prefix and all(key.startswith(prefix) for key in state):
            state = {key[len(prefix) :]: value for key, value in state.items()}
    return state


def _place(state: State, sections: Iterable[str], expected: Mapping[str, torch.Size]) -> str:
    """Which section of a network a file of its own is: the one whose keys it has."""
    places = ["", *(f"{section}." for section in sections)]
    return max(places, key=lambda place: sum(place + key in expected for key in state))


def _check(candidate: _Candidate, names: str) -> None:
    """Raises WeightsError where entries are missing, too many, or of the wrong shape or type, and names them."""
    state, expected, title = candidate.state, candidate.expected, candidate.spec.title
    missing = [key for key in expected if key not in state and not key.endswith(_COUNTER)]
    if missing:
        form = candidate.spec.checkpoint
        together = f"Its weights are {' and '.join(form.files)} together." if form and len(form.files) > 1 else ""
        raise WeightsError(f"{names}: {title} needs {_count(missing)} that are not there: {_some(missing)}.", together)
    surplus = [key for key in state if key not in expected]
    if surplus:
        raise WeightsError(f"{names}: {title} has no place for {_count(surplus)}: {_some(surplus)}.")
    wrong = [key for key, shape in expected.items() if key in state and state[key].shape != shape]
    if wrong:
        shapes = [f"{key} is {list(state[key].shape)} instead of {list(expected[key])}" for key in wrong]
        raise WeightsError(f"{names}: {_count(wrong)} of {title} have the wrong shape: {_some(shapes)}.")
    for key, value in state.items():
        if not key.endswith(_COUNTER) and (value.dtype not in _FLOATS or value.layout is not torch.strided):
            kind = str(value.dtype).removeprefix("torch.")
            raise WeightsError(f"{names}: {key} has the type {kind} instead of float32.")


def _converted(key: str, value: Tensor | None, names: str) -> Tensor:
    """One entry as it is stored: float32, contiguous, of its own memory; counters start at zero."""
    if value is None or key.endswith(_COUNTER):
        return torch.zeros((), dtype=torch.int64)
    converted = value.detach().to(torch.float32, copy=True, memory_format=torch.contiguous_format)
    if not torch.isfinite(converted).all():
        raise WeightsError(f"{names}: {key} holds values that are not numbers.", "Get the file again.")
    return converted


def _count(keys: list[str]) -> str:
    return "one entry" if len(keys) == 1 else f"{len(keys)} entries"


def _some(texts: list[str]) -> str:
    rest = f" and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else ""
    return ", ".join(texts[:_SHOWN]) + rest


def _write(spec: NetworkSpec, state: State, sources: tuple[SourceFile, ...]) -> WeightsFile:
    path = weights_path(spec.name)
    partial = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file(state, partial, metadata={"network": spec.name})
        today = datetime.datetime.now(datetime.UTC).date().isoformat()
        note = WeightsNote(spec.name, sha256_of(partial), sources, spec.licence, today)
        write_note(path, note)
        partial.replace(path)
    except OSError as error:
        raise WeightsError(
            f"{path} cannot be written: {error.strerror}.", "Free some space or choose a folder with VOSAPP_DATA_DIR."
        ) from error
    finally:
        partial.unlink(missing_ok=True)
    return WeightsFile(path, note, path.stat().st_size)
