"""Opens the files in which authors publish weights, and trusts none of them.

Such files are pickles, and a pickle is a program. Only torch's restricted reader is used, which builds tensors and
plain containers and refuses everything else. One harmless class that A-GAME's file needs is allowed by its name; a
class of ours without behaviour takes its place. Sizes are checked before anything is unpacked.
"""

from __future__ import annotations

import pickle
import re
import struct
import tempfile
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from vosapp.core.errors import WeightsError
from vosapp.models.registry import NETWORKS

MAX_FILE_BYTES = 8 * 2**30  # the largest published file, S2S++ with its optimizer, has about 5 GB
_SUFFIXES = (".pt", ".pth", ".tar", ".safetensors")
_REFUSED = re.compile(r"GLOBAL ([\w.]+)")
# What torch's reader raises on files that are damaged, cut short or made up.
_DAMAGED = (
    RuntimeError,
    EOFError,
    LookupError,
    ValueError,
    AttributeError,
    TypeError,
    AssertionError,
    OverflowError,
    MemoryError,
    struct.error,
    zipfile.BadZipFile,
    SafetensorError,
)


class PlainRecord:
    """Takes the place of a class whose instances lie in a published file beside the weights. It does nothing."""


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """Content of a file.

    Attributes:
        name: of the file, with the archive's name before it if it came out of one.
        content: tensors in dicts and lists, as the authors arranged them.
    """

    name: str
    content: Any


def open_checkpoints(paths: list[Path]) -> Iterator[OpenedFile]:
    """Opens files, folders and zip archives of files, one after the other.

    Args:
        paths: of files as published. Of folders and archives the files are taken that some network's authors
            publish by that name, so that optimizer states and options in them are never opened.

    Raises:
        WeightsError: a file is missing, too large, damaged, not weights, or holds code.
    """
    for path in paths:
        if not path.exists():
            raise WeightsError(f"There is no file {path}.")
        if path.is_dir():
            for inner in sorted(p for p in path.iterdir() if p.name in _published_names() and p.is_file()):
                yield OpenedFile(f"{path.name}/{inner.name}", _open(inner))
        elif not path.is_file():
            raise WeightsError(f"{path} is no ordinary file.", "Give the file that the authors publish.")
        elif _is_archive(path):
            yield from _open_archive(path)
        else:
            yield OpenedFile(path.name, _open(path))


def _published_names() -> set[str]:
    return {file for spec in NETWORKS if spec.checkpoint for file in spec.checkpoint.files}


def _is_archive(path: Path) -> bool:
    """Whether it is a zip of files; torch's own format is a zip as well, with the pickle as `data.pkl` in it."""
    if not zipfile.is_zipfile(path):
        return False
    with _reading(path.name), zipfile.ZipFile(path) as archive:
        return not any(Path(name).name == "data.pkl" for name in archive.namelist())


def _open_archive(path: Path) -> Iterator[OpenedFile]:
    with tempfile.TemporaryDirectory(prefix="vosapp-") as folder:
        for name in _unpack_weights(path, Path(folder)):
            yield OpenedFile(f"{path.name}/{name}", _open(Path(folder) / name, f"{name} in {path.name}", mapped=False))


def _unpack_weights(path: Path, folder: Path) -> list[str]:
    """Writes the weights files of an archive into a folder and returns their names."""
    with _reading(path.name), zipfile.ZipFile(path) as archive:
        members = [m for m in archive.infolist() if Path(m.filename).name in _published_names()]
        members = members or [m for m in archive.infolist() if m.filename.endswith(_SUFFIXES)]
        if not members:
            raise WeightsError(f"{path.name} holds no weights file.", "Give the file that the authors publish.")
        for member in members:
            _unpack(archive, member, folder / Path(member.filename).name, path.name)
        return [Path(member.filename).name for member in members]


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, archive_name: str) -> None:
    """Writes a member of an archive to a file, never more than its size in the archive makes believable."""
    left = min(MAX_FILE_BYTES, 20 * member.compress_size + 2**20)
    with archive.open(member) as packed, target.open("wb") as unpacked:
        while block := packed.read(2**22):
            left -= len(block)
            if left < 0:
                raise WeightsError(f"{member.filename} in {archive_name} unpacks to more than weights ever do.")
            unpacked.write(block)


def _open(path: Path, name: str = "", *, mapped: bool = True) -> Any:
    name = name or path.name
    with _reading(name):
        _check_size(path, name)
        if path.suffix == ".safetensors":
            return load_file(path)
        return _restricted_load(path, mapped=mapped)


@contextmanager
def _reading(name: str) -> Iterator[None]:
    """Turns what the readers raise on a bad file into a sentence about the file `name`."""
    try:
        yield
    except pickle.UnpicklingError as error:
        raise _refusal(name, str(error)) from error
    except (*_DAMAGED, OSError) as error:
        raise WeightsError(f"{name} is damaged, cut short or no weights file.", "Download it again.") from error


def _check_size(path: Path, name: str) -> None:
    """Refuses what would fill the memory. torch never compresses its zips, so one that grows is made to harm."""
    size = path.stat().st_size
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > size + 2**24:
            raise WeightsError(f"{name} unpacks to more than it is, which weights never do; it is refused.")
    if size > MAX_FILE_BYTES:
        raise WeightsError(f"{name} is larger than any weights published, so it is not opened.")


def _restricted_load(path: Path, *, mapped: bool) -> Any:
    names = [name for spec in NETWORKS if spec.checkpoint for name in spec.checkpoint.plain_classes]
    allowed: list[Any] = [(PlainRecord, name) for name in names]
    with torch.serialization.safe_globals(allowed), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about pickles of other programs, which are refused anyway
        return torch.load(path, map_location="cpu", weights_only=True, mmap=mapped and zipfile.is_zipfile(path))


def _refusal(name: str, reason: str) -> WeightsError:
    """The sentence for a file that the restricted reader refused."""
    found = _REFUSED.search(reason)
    if found:
        return WeightsError(
            f"{name} holds code ({found.group(1)}) besides weights; none of it was run and the file is refused.",
            "Get the file again from its authors.",
        )
    return WeightsError(f"{name} is damaged, cut short or no weights file.", "Download it again.")


def is_state(content: Any) -> bool:
    """Whether it is a state dict: texts to tensors, at least one."""
    return (
        isinstance(content, Mapping)
        and bool(content)
        and all(isinstance(key, str) for key in content)
        and all(isinstance(value, torch.Tensor) for value in content.values())
    )
