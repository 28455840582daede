"""Earlier: files that already lie where an export goes, its own by their content, and those of others."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from vosapp.core.errors import ExportError

KIND = "vosapp export"
_BLOCK_BYTES = 2**20
_LONGEST_MANIFEST = 256 * 2**20  # a manifest of a million files; what is longer is none of ours
_MANIFEST = "manifest.json"


class PlaceTakenError(ExportError):
    """Files of another origin lie where an export goes. `Recipe.overwrite` allows replacing them."""


@dataclass(frozen=True, slots=True)
class Place:
    """Folder and file of an export.

    Attributes:
        path: the folder of images, or the one file.
        is_folder: which of the two.
    """

    path: Path
    is_folder: bool

    @property
    def folder(self) -> Path:
        """The folder that names in the manifest are relative to."""
        return self.path if self.is_folder else self.path.parent

    @property
    def manifest(self) -> Path:
        """Where the manifest lies: in the folder of images, or beside the file."""
        return self.path / _MANIFEST if self.is_folder else self.path.with_name(f"{self.path.name}.{_MANIFEST}")


@dataclass(frozen=True, slots=True)
class Earlier:
    """Files of an earlier export that are as it wrote them.

    Attributes:
        files: their names relative to the folder, with what `os.lstat` says of each.
    """

    files: Mapping[str, os.stat_result]

    def still_holds(self, place: Place, name: str) -> bool:
        """Whether a file has not been touched since it was looked at."""
        try:
            now = os.lstat(place.folder / name)
        except OSError:
            return False
        then = self.files[name]
        return (now.st_ino, now.st_size, now.st_mtime_ns) == (then.st_ino, then.st_size, then.st_mtime_ns)


def look_over(place: Place, planned: Iterable[str], *, overwrite: bool) -> Earlier:
    """Makes sure that an export replaces nothing but files of an earlier export, unless it may.

    A file counts as ours only when a manifest of ours lists it, it is a plain file inside the folder, and its SHA-256
    is the listed one. The manifest itself is never replaced when another program wrote it.

    Args:
        place: where the export goes.
        planned: names of the files that it will write, relative to `place.folder`, with "/".
        overwrite: whether files of others may be replaced.

    Returns:
        What the new export takes the place of.

    Raises:
        PlaceTakenError: files of another origin are in the way.
        ExportError: the place cannot be used at all.
    """
    if place.is_folder and os.path.lexists(place.path) and not place.path.is_dir():
        raise ExportError(f"{place.path} is a file.", "Choose a folder.")
    if not place.is_folder and place.path.is_dir():
        raise ExportError(f"{place.path} is a folder.", "Choose a file.")
    earlier = Earlier(dict(_own_files(place)))
    if os.path.lexists(place.manifest) and _read_manifest(place.manifest) is None:
        raise ExportError(f"{place.manifest} was not written by vosapp.", "Choose another place.")
    _refuse_links(place, planned)
    if not overwrite:
        strangers = _strangers(place, planned, earlier)
        if strangers:
            raise PlaceTakenError(
                f"{place.path} holds other files already, such as {strangers[0]}.",
                "Choose another place, or allow overwriting.",
            )
    return earlier


def sha256_of(file: Path) -> str:
    """The SHA-256 of a file in hex digits. Raises ExportError when it cannot be read."""
    digest = hashlib.sha256()
    try:
        with file.open("rb") as stream:
            while block := stream.read(_BLOCK_BYTES):
                digest.update(block)
    except OSError as error:
        raise ExportError(f"{file} cannot be read back ({error.strerror}).", "Check the disk.") from error
    return digest.hexdigest()


def _own_files(place: Place) -> Iterable[tuple[str, os.stat_result]]:
    content = _read_manifest(place.manifest)
    if content is None:
        return
    # "replacing" is there when a program died while it put an export into the place of another.
    listed: dict[str, set[str]] = {}
    for part in ("files", "replacing"):
        for name, digest in content.get(part, {}).items():
            if isinstance(digest, str):
                listed.setdefault(name, set()).add(digest)
    for name, digests in listed.items():
        if not _is_plain_name(name) or not _is_within(place.folder, name):
            continue
        path = place.folder / name
        try:
            found = os.lstat(path)
        except OSError:
            continue
        if stat.S_ISREG(found.st_mode) and sha256_of(path) in digests:
            yield name, found


def _read_manifest(note: Path) -> dict[str, Any] | None:
    """What a manifest says, or None when it is missing, a link, or none of ours."""
    try:
        found = os.lstat(note)
        if not stat.S_ISREG(found.st_mode) or found.st_size > _LONGEST_MANIFEST:
            return None
        content: Any = json.loads(note.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or content.get("kind") != KIND:
        return None
    parts = (content.get("files"), content.get("replacing", {}))
    return content if all(isinstance(part, dict) for part in parts) else None


def _is_plain_name(name: str) -> bool:
    """Whether a name of a manifest leads downward: no root, no "..", no backslash."""
    path = PurePosixPath(name)
    return bool(name) and not path.is_absolute() and ".." not in path.parts and "\\" not in name and "\0" not in name


def _is_within(folder: Path, name: str) -> bool:
    """Whether no folder on the way to a file is a link."""
    path = folder
    for part in PurePosixPath(name).parts[:-1]:
        path /= part
        if path.is_symlink():
            return False
    return True


def _refuse_links(place: Place, planned: Iterable[str]) -> None:
    for parent in sorted({PurePosixPath(name).parent for name in planned}):
        way = place.folder
        for part in parent.parts:
            way /= part
            if way.is_symlink() or (os.path.lexists(way) and not way.is_dir()):
                raise ExportError(f"{way} is a link or a file where a folder is needed.", "Choose another place.")


def _strangers(place: Place, planned: Iterable[str], earlier: Earlier) -> list[str]:
    """Names that are taken: planned ones, and others of the same kind in the folders that are written to."""
    if not place.is_folder:
        name = place.path.name
        return [name] if os.path.lexists(place.path) and name not in earlier.files else []
    wanted = {name.casefold() for name in planned}
    kinds = {PurePosixPath(name).suffix.casefold() for name in wanted}
    found = []
    for parent in sorted({PurePosixPath(name).parent.as_posix() for name in planned}):
        for name in _names_in(place.folder / parent):
            relative = name if parent == "." else f"{parent}/{name}"
            alike = PurePosixPath(name).suffix.casefold() in kinds or relative.casefold() in wanted
            is_note = place.folder / relative == place.manifest  # which was found to be ours
            if alike and not is_note and relative not in earlier.files:
                found.append(relative)
    return sorted(found)


def _names_in(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in entries]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ExportError(f"{folder} cannot be read ({error.strerror}).", "Choose another folder.") from error
