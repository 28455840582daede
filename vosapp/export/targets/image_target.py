"""One image a frame, or one for each object: named, written, and read back. A family says what is in them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from numpy.typing import NDArray

from vosapp.core.document import ObjectId
from vosapp.core.errors import ExportError, UserError
from vosapp.export.place.names import FileNames
from vosapp.export.targets.target import FrameToWrite

Picture = tuple[ObjectId | None, Any]


class ImageFamily(Protocol):
    """A kind of image file."""

    def pictures(self, frame: FrameToWrite) -> Sequence[Picture]:
        """What the files of a frame hold, each with the object it belongs to; None for all objects."""

    def write(self, path: Path, picture: Any) -> None:
        """Writes a file. Raises OSError, ExportError or MediaError."""

    def is_same(self, path: Path, picture: Any) -> bool:
        """Whether a file reads back as it was written. Raises MediaError or ExportError when it cannot be read."""


class ImageTarget:
    """A folder of images."""

    def __init__(self, folder: Path, names: FileNames, family: ImageFamily, *, keeps_earlier: bool = False) -> None:
        """Makes nothing yet.

        Args:
            folder: where files go.
            names: of the files, relative to it.
            family: what is in them.
            keeps_earlier: whether files that are there already stay, if they turn out to be the right ones.
        """
        self._folder, self._names, self._family, self._keeps_earlier = folder, names, family, keeps_earlier
        self._files: list[str] = []

    def write(self, frame: FrameToWrite) -> None:
        """Writes the frame's file or files."""
        for object_id, picture in self._family.pictures(frame):
            name = self._names.of(frame.number, object_id)
            path = self._folder / name
            if not (self._keeps_earlier and self._is_right(path, picture)):
                self._write(path, name, picture)
            self._files.append(name)

    def _write(self, path: Path, name: str, picture: Any) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._family.write(path, picture)
        except OSError as error:
            raise ExportError(
                f"{name} cannot be written ({error.strerror or error}).", "Choose another folder, or free space."
            ) from error

    def _is_right(self, path: Path, picture: Any) -> bool:
        """Whether a stopped export left the file as it is to be; one that was cut off is not."""
        try:
            return path.is_file() and self._family.is_same(path, picture)
        except UserError:
            return False

    def finish(self) -> None:
        """Nothing is left to do: every file is whole when it is written."""

    def check(self, frame: FrameToWrite) -> None:
        """Reads the frame's files back and compares them."""
        for object_id, picture in self._family.pictures(frame):
            name = self._names.of(frame.number, object_id)
            if not self._family.is_same(self._folder / name, picture):
                raise ExportError(f"{name} does not read back as it was written.", "Check the disk and export again.")

    def end_check(self) -> None:
        """Nothing is left to do: every file was compared."""

    def abandon(self) -> None:
        """Nothing is open."""

    def files(self) -> list[str]:
        """The files written."""
        return list(self._files)


def same_samples(read: NDArray[Any], written: NDArray[Any]) -> bool:
    """Whether two pictures have the same shape, type and samples."""
    return read.dtype == written.dtype and read.shape == written.shape and bool((read == written).all())
