"""Weights on this computer: which networks have them, whether they are intact, and how to get those that miss.

The user's weights lie in their data folder as `weights/<network>.safetensors`, each with a note beside it of where
they came from and what they must hash to. Weights that come with the program are looked for after those. Nothing
here loads torch; `vosapp.models.loading` turns weights into a network.
"""

from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vosapp.core.errors import WeightsError
from vosapp.core.paths import own_weights_dir, user_data_dir
from vosapp.core.untrusted import open_regular, read_regular
from vosapp.models.spec import NetworkSpec

_BLOCK_BYTES = 2**22
_MAX_NOTE_BYTES = 2**20


class WeightsState(enum.Enum):
    """Whether a network can be used, and if not, whether its authors' weights could make it usable."""

    PRESENT = "present"
    IMPORTABLE = "can be imported"
    UNPUBLISHED = "never published"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that weights were imported from: its name and what it hashed to."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class WeightsNote:
    """Note beside a weights file.

    Attributes:
        network: name of the network that the weights are for.
        sha256: of the weights file, in hexadecimal.
        sources: the files that it was made from.
        licence: what may be done with it.
        imported: date of the import, or of the shipping of weights of our own, as YYYY-MM-DD.
    """

    network: str
    sha256: str
    sources: tuple[SourceFile, ...] = ()
    licence: str = ""
    imported: str = ""


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """Weights of a network on this computer.

    Attributes:
        path: the safetensors file.
        note: what was written down about it; None where there is no note, or none that can be read.
        size_bytes: of the file.
    """

    path: Path
    note: WeightsNote | None
    size_bytes: int


def weights_path(name: str) -> Path:
    """Where the user's weights of a network lie, or would lie."""
    return user_data_dir() / "weights" / f"{name}.safetensors"


def find_weights(name: str) -> WeightsFile | None:
    """The weights of a network, the user's before those that come with the program; None where there are none."""
    for path in (weights_path(name), own_weights_dir() / f"{name}.safetensors"):
        if path.is_file():
            return WeightsFile(path, _read_note(path), path.stat().st_size)
    return None


def weights_state(spec: NetworkSpec) -> WeightsState:
    """Whether a network has weights here, or could have."""
    if find_weights(spec.name) is not None:
        return WeightsState.PRESENT
    return WeightsState.UNPUBLISHED if spec.checkpoint is None else WeightsState.IMPORTABLE


def way_to_get(spec: NetworkSpec) -> str:
    """One sentence: how a user gets weights for a network."""
    if spec.checkpoint is None:
        return "Nobody published weights for it: train it with: vosapp train."
    if spec.download is not None:
        return f"Run: vosapp weights get {spec.name}, which shows size and licence and asks first."
    offered = spec.checkpoint.archives or spec.checkpoint.files
    return (
        f"Its authors offer {' or '.join(offered)} in the README of {spec.checkpoint.source} on GitHub; "
        f"then run: vosapp weights import {offered[0]}"
    )


def require_weights(spec: NetworkSpec) -> WeightsFile:
    """The weights of a network.

    Raises:
        WeightsError: there are none; the hint says how to get them.
    """
    found = find_weights(spec.name)
    if found is None:
        raise WeightsError(f"{spec.title} has no weights on this computer.", way_to_get(spec))
    return found


def verify_weights(found: WeightsFile) -> None:
    """Checks that a weights file is what was imported. Reads it whole.

    Raises:
        WeightsError: it changed since, or nothing is known of what it should be.
    """
    if found.note is None:
        raise WeightsError(
            f"Nothing is written down about {found.path}, so it cannot be verified.",
            "Import the authors' file again, or ship your own weights again.",
        )
    if sha256_of(found.path) != found.note.sha256:
        raise WeightsError(f"{found.path} changed since it was imported.", "Remove it and import it again.")


def remove_weights(spec: NetworkSpec) -> Path:
    """Deletes the user's weights of a network and returns where they were.

    Raises:
        WeightsError: there are none, or they cannot be deleted.
    """
    path = weights_path(spec.name)
    if not path.is_file():
        raise WeightsError(f"There are no imported weights of {spec.title} to remove.")
    try:
        path.unlink()
        note_path(path).unlink(missing_ok=True)
    except OSError as error:
        raise WeightsError(f"{path} cannot be removed: {error.strerror}.") from error
    return path


def note_path(path: Path) -> Path:
    """Where the note of a weights file lies."""
    return path.with_suffix(".json")


def write_note(path: Path, note: WeightsNote) -> None:
    """Writes the note of a weights file, whole or not at all."""
    target = note_path(path)
    partial = target.with_suffix(".json.part")
    partial.write_text(json.dumps(asdict(note), indent=1) + "\n", encoding="utf-8")
    partial.replace(target)


def sha256_of(path: Path) -> str:
    """Digest of a file's content, in hexadecimal.

    Raises:
        WeightsError: it cannot be read.
    """
    digest = hashlib.sha256()
    try:
        with open_regular(path) as file:
            while block := file.read(_BLOCK_BYTES):
                digest.update(block)
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror}.") from error
    return digest.hexdigest()


def _read_note(path: Path) -> WeightsNote | None:
    try:
        content = json.loads(read_regular(note_path(path), limit_bytes=_MAX_NOTE_BYTES))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or not isinstance(content.get("sha256"), str):
        return None
    texts = {key: str(content.get(key, "")) for key in ("network", "sha256", "licence", "imported")}
    return WeightsNote(sources=_sources(content.get("sources", ())), **texts)


def _sources(content: Any) -> tuple[SourceFile, ...]:
    entries: Iterable[Any] = content if isinstance(content, list) else ()
    return tuple(
        SourceFile(str(entry.get("name", "")), str(entry.get("sha256", "")))
        for entry in entries
        if isinstance(entry, dict)
    )
