"""A temporary place beside an export's own, from which finished files are moved into place all together."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from vosapp.core.errors import ExportError
from vosapp.export.place.earlier import Earlier, Place, PlaceTakenError, sha256_of
from vosapp.export.place.leftovers import PREFIX, Note, left_behind, remove_left_behind, remove_tree

_NAME_BYTES = 6
_TRIES = 100


class Staging:
    """Folder in which an export grows. Nothing bears its own name before `publish`; `discard` leaves no trace.

    The folder has a random name that nobody had, is for its owner only while files grow, and lies on the drive of the
    place, so that moving is a rename.

    Attributes:
        files: the folder to write to; names in it are those of the place.
    """

    def __init__(self, place: Place, *, resume: bool = False) -> None:
        """Makes the folder, or takes over the one that a stopped export to the same place left.

        Args:
            place: where the export goes.
            resume: whether to take one over, and to leave this one when the export stops.

        Raises:
            ExportError: it cannot be made.
        """
        self._place, self._resume = place, resume and place.is_folder
        self._made: list[Path] = []
        self._note: Note | None = None
        fresh: Path | None = None
        try:
            near = place.path if place.is_folder and place.path.is_dir() else place.path.parent
            self._make_parents(near)
            taken_over = next(left_behind(place), None) if self._resume else None
            fresh = _new_folder(near) if taken_over is None else None
            self._root = taken_over or fresh or near
            self.files = self._root / "new"
            self.files.mkdir(exist_ok=self._resume)
            self._note = Note(self._root, place)
        except OSError as error:
            if fresh is not None:
                remove_tree(fresh)
            self._forget_parents()
            raise _cannot_write(place.path, error) from error

    def publish(self, names: Sequence[str], manifest: Mapping[str, Any], earlier: Earlier, *, overwrite: bool) -> Path:
        """Moves the files into their place and writes the manifest; the files of an earlier export go, and what killed
        exports to the same place left.

        If something fails on the way, everything is put back as it was. If the program dies on the way, the manifest
        in the place names the files of both exports, so that the export can be repeated.

        Args:
            names: of the files, relative to the place's folder.
            manifest: what to say about them; their SHA-256 is added.
            earlier: what may be replaced.
            overwrite: whether anything else may be replaced too.

        Raises:
            PlaceTakenError: a file of another origin has come into the way.
            ExportError: files cannot be moved; the place is as before.
        """
        if self._resume:
            _remove_others(self.files, names)
        said = {**manifest, "files": {name: sha256_of(self.files / name) for name in names}}
        try:
            if self._place.is_folder and not os.path.lexists(self._place.path):
                self._publish_folder(said)
            else:
                self._publish_files(names, said, earlier, overwrite)
        except OSError as error:
            raise _cannot_write(self._place.path, error) from error
        self.discard()
        remove_left_behind(self._place)
        return self._place.manifest

    def _publish_folder(self, said: Mapping[str, Any]) -> None:
        _write_json(self.files / self._place.manifest.name, said)
        self.files.rename(self._place.path)
        self._made.clear()

    def _publish_files(self, names: Sequence[str], said: Mapping[str, Any], earlier: Earlier, overwrite: bool) -> None:
        place, undo = self._place, _Undo()
        aside = self._root / "old"
        old = [name for name in earlier.files if earlier.still_holds(place, name)]
        try:
            before = place.manifest.read_bytes() if place.manifest.is_file() else None
            undo.add(self._restore_manifest, before)
            replacing = {name: sha256_of(place.folder / name) for name in old}
            self._write_manifest({**said, "complete": False, "replacing": replacing})
            for name in old:
                undo.move(place.folder / name, aside / name)
            for name in names:
                goal = place.folder / name
                if os.path.lexists(goal):
                    if not overwrite:
                        raise PlaceTakenError(f"{goal} came into being during the export.", "Choose another place.")
                    undo.move(goal, aside / name)
                undo.move(self.files / name, goal)
            self._write_manifest(said)
        except BaseException:
            undo.all()
            raise
        self._made.clear()
        _remove_empty({(place.folder / name).parent for name in old} - {place.folder})

    def _write_manifest(self, content: Mapping[str, Any]) -> None:
        fresh = self._root / "manifest"
        _write_json(fresh, content)
        fresh.replace(self._place.manifest)

    def _restore_manifest(self, content: bytes | None) -> None:
        if content is None:
            self._place.manifest.unlink(missing_ok=True)
            return
        fresh = self._root / "manifest"
        fresh.write_bytes(content)
        fresh.replace(self._place.manifest)

    def discard(self, *, unless_resumable: bool = False) -> None:
        """Removes the folder with what is in it. May be called twice; a drive that is gone is no error.

        Args:
            unless_resumable: leaves it where the export can go on from it.
        """
        if self._note is not None:
            self._note.release()
        if unless_resumable and self._resume and _holds_files(self.files):
            return
        remove_tree(self._root)
        self._forget_parents()

    def _make_parents(self, folder: Path) -> None:
        missing = []
        while not folder.exists():
            missing.append(folder)
            folder = folder.parent
        for path in reversed(missing):
            path.mkdir(exist_ok=True)
            self._made.append(path)

    def _forget_parents(self) -> None:
        with suppress(OSError):  # somebody uses them now
            while self._made:
                self._made.pop().rmdir()


class _Undo:
    """Steps that were done, to be taken back in reverse order."""

    def __init__(self) -> None:
        self._steps: list[tuple[Callable[..., object], tuple[object, ...]]] = []

    def add(self, step: Callable[..., object], *arguments: object) -> None:
        self._steps.append((step, arguments))

    def move(self, source: Path, goal: Path) -> None:
        """Renames a file, folders being made for it."""
        made = [path for path in (goal.parent, *goal.parent.parents) if not path.exists()]
        goal.parent.mkdir(parents=True, exist_ok=True)
        for path in reversed(made):
            self.add(path.rmdir)
        source.rename(goal)
        self.add(goal.rename, source)

    def all(self) -> None:
        """Takes every step back as far as the drive allows."""
        while self._steps:
            step, arguments = self._steps.pop()
            with suppress(OSError):
                step(*arguments)


def _remove_others(folder: Path, names: Sequence[str]) -> None:
    """Removes what a stopped export left and this one does not write."""
    wanted = set(names)
    for path in folder.rglob("*"):
        if not path.is_dir() and path.relative_to(folder).as_posix() not in wanted:
            path.unlink()


def _holds_files(folder: Path) -> bool:
    with suppress(OSError):
        return any(path.is_file() for path in folder.rglob("*"))
    return False


def _new_folder(near: Path) -> Path:
    """A folder that did not exist before. Raises OSError."""
    for _ in range(_TRIES):
        path = near / f"{PREFIX}{secrets.token_hex(_NAME_BYTES)}"
        with suppress(FileExistsError):
            path.mkdir(mode=0o700)
            return path
    raise FileExistsError(f"no free name in {near}")


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    with path.open("w", encoding="utf-8") as file:
        json.dump(content, file, indent=1, ensure_ascii=False)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())


def _remove_empty(folders: Iterable[Path]) -> None:
    for folder in sorted(folders, key=lambda path: len(path.parts), reverse=True):
        with suppress(OSError):  # something else is in it
            folder.rmdir()


def _cannot_write(path: Path, error: OSError) -> ExportError:
    return ExportError(f"{path} cannot be written ({error.strerror or error}).", "Choose another folder.")
