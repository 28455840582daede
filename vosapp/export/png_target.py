"""Masks as PNG files named by frame number: grey ones of one object each, or indexed ones of object ids."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vosapp.core.document import RotoObject
from vosapp.core.errors import ExportError
from vosapp.core.mask import label_image
from vosapp.export.target import FrameToWrite
from vosapp.video.images import read_image, write_png
from vosapp.video.label_png import davis_palette

_PALETTE = np.array(davis_palette(), np.uint8)


class PngTarget:
    """A folder of PNG files. What is written when an export is cancelled stays: each file is whole."""

    needs_picture = False

    def __init__(self, folder: Path, objects: Sequence[RotoObject], *, indexed: bool) -> None:
        """Makes the folders.

        Args:
            folder: where the files go; of several objects, grey files go into a folder for each object.
            objects: all objects of the export.
            indexed: one file of object ids a frame, instead of a grey one for each object.

        Raises:
            ExportError: a folder cannot be made.
        """
        self._indexed = indexed
        apart = not indexed and len(objects) > 1
        names = _folder_names(objects) if apart else {}
        self._folders = {item.id: folder / names[item.id] if apart else folder for item in objects}
        self._files: list[Path] = []
        for path in {folder, *self._folders.values()}:
            try:
                path.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise ExportError(f"{path} cannot be made ({error.strerror}).", "Choose another folder.") from error

    def write(self, frame: FrameToWrite) -> None:
        """Writes the frame's file or files."""
        for path, pixels in self._images(frame):
            self._write_whole(path, pixels)
            self._files.append(path)

    def _write_whole(self, path: Path, pixels: NDArray[np.uint8]) -> None:
        """Writes a file beside its place and moves it there, so that no half of one ever bears its name."""
        partial = path.with_suffix(".part")
        try:
            write_png(partial, pixels, _PALETTE if self._indexed else None)
            partial.replace(path)
        except OSError as error:
            raise ExportError(f"{path} cannot be written ({error.strerror}).", "Choose another folder.") from error
        finally:
            partial.unlink(missing_ok=True)

    def finish(self) -> None:
        """Nothing is left to do: every file is whole when it is written."""

    def check(self, frame: FrameToWrite) -> None:
        """Reads the frame's files back and compares every pixel."""
        for path, pixels in self._images(frame):
            if not np.array_equal(read_image(path), pixels):
                raise ExportError(f"{path} does not read back as it was written.", "Check the disk and export again.")

    def publish(self) -> None:
        """Nothing is left to do: every file was written under its own name and read back."""

    def abandon(self) -> bool:
        """Keeps the files written so far."""
        return bool(self._files)

    def files(self) -> list[Path]:
        """The files written."""
        return list(self._files)

    def _images(self, frame: FrameToWrite) -> list[tuple[Path, NDArray[np.uint8]]]:
        name = f"{frame.number:05}.png"
        if self._indexed:
            shape = frame.layers[0].mask.shape
            labels = label_image([(layer.item.id, layer.mask) for layer in frame.layers], (shape[0], shape[1]))
            return [(self._folders[frame.layers[0].item.id] / name, labels)]
        return [(self._folders[layer.item.id] / name, layer.alpha()) for layer in frame.layers]


def _folder_names(objects: Sequence[RotoObject]) -> dict[int, str]:
    """A folder name for each object: its name as far as every file system takes it, and its id where names clash."""
    plain = {item.id: _plain(item.name) for item in objects}
    counts = [name.casefold() for name in plain.values()]
    return {
        object_id: name if name and counts.count(name.casefold()) == 1 else f"{name or 'object'}_{object_id}"
        for object_id, name in plain.items()
    }


def _plain(name: str) -> str:
    allowed = re.sub(r'[<>:"/\\|?*\x00-\x1f]', "_", unicodedata.normalize("NFC", name)).strip(" .")
    reserved = re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)", allowed)
    return "" if reserved else allowed[:80]
