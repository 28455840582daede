"""All photographs and clips that training draws from, kept as the bytes of their files.

A few thousand small photographs take some 50 MB compressed and ten times that decoded, and decoding one takes about
a millisecond: so the bytes stay in memory, a picture is decoded when it is drawn, and forked workers share them.
The whole bank fits in one file, which travels to a training machine more easily than thousands.
"""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.core.errors import UserError
from vosapp.video.stills.label_png import decode_labels

Rgb = NDArray[np.uint8]
Labels = NDArray[np.uint8]

IGNORE = 255
_PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"}


class PhotographsError(UserError):
    """Training material that is missing or cannot be read."""


@dataclass(frozen=True, slots=True)
class Photograph:
    """One picture, and the label image of its objects where there is one (paths within the bank)."""

    picture: str
    labels: str | None = None


@dataclass(frozen=True, slots=True)
class PhotographedClip:
    """Consecutive frames of a real clip; `labels` is as long as `frames`, or empty."""

    frames: tuple[str, ...]
    labels: tuple[str, ...] = ()


class PhotographBank:
    """Photographs with masks, photographs without, and real clips.

    The folder layout is `with_masks/<source>/{images,masks}`, `unlabelled/<source>/images` and
    `video/<source>/<clip>/`; pictures anywhere else in the folder count as unlabelled photographs. Label images hold
    object ids, 255 where it is not known.
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """Sorts files (path with "/" -> content) into the three kinds.

        Raises:
            PhotographsError: there is not one picture.
        """
        self._files = dict(files)
        masked, plain, clips = _sort(sorted(self._files))
        self.masked: tuple[Photograph, ...] = masked
        self.plain: tuple[Photograph, ...] = plain
        self.clips: tuple[PhotographedClip, ...] = tuple(clip for clip in clips if len(clip.frames) >= 4)
        self.masked_clips: tuple[PhotographedClip, ...] = tuple(clip for clip in self.clips if clip.labels)
        if not (masked or plain):
            raise PhotographsError(
                "There are no photographs to train on.", "Give a folder that holds JPEG or PNG files."
            )

    @property
    def photographs(self) -> tuple[Photograph, ...]:
        """All photographs, with masks and without."""
        return self.masked + self.plain

    def split(self, share: float) -> tuple[PhotographBank, PhotographBank]:
        """Two banks without a common picture: the rest, and about this share, always the same. Clips stay whole.

        The second holds at least one photograph; a bank of a single photograph cannot be split and is both.
        """
        if len(self.photographs) < 2:
            return self, self
        least = min(_position(photograph.picture) for photograph in self.photographs)
        held = {name for name in self._files if _position(name) < share or _position(name) == least}
        return (
            PhotographBank({name: data for name, data in self._files.items() if name not in held}),
            PhotographBank({name: self._files[name] for name in sorted(held)}),
        )

    def rgb(self, path: str) -> Rgb:
        """A picture as (height, width, 3) uint8 RGB."""
        return np.asarray(cv2.cvtColor(self._decode(path, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB), np.uint8)

    def labels(self, path: str) -> Labels:
        """A label image (height, width) uint8: object ids, 0 background, 255 unknown."""
        return decode_labels(self._files[path])

    def pack(self, path: Path, *, quality: int | None = None) -> None:
        """Writes the whole bank into one file.

        Args:
            path: of the file.
            quality: encode JPEG pictures anew at this quality, 0..100, where that makes them smaller.
        """
        files = self._files if quality is None else {n: _smaller(n, d, quality) for n, d in self._files.items()}
        content = np.frombuffer(b"".join(files.values()), np.uint8)
        index = json.dumps({name: len(data) for name, data in files.items()})
        with path.open("wb") as file:
            np.savez(file, index=np.frombuffer(index.encode(), np.uint8), content=content)

    def _decode(self, path: str, flags: int) -> NDArray[np.uint8]:
        picture = cv2.imdecode(np.frombuffer(self._files[path], np.uint8), flags)
        if picture is None:
            raise PhotographsError(f"{path} is not a picture that can be read.", "Remove the file from the folder.")
        return np.asarray(picture, np.uint8)


def open_bank(path: Path, *, without: Sequence[str] = ()) -> PhotographBank:
    """Opens a folder of photographs, or a file that `PhotographBank.pack` wrote.

    Args:
        path: folder or packed file.
        without: beginnings of paths to leave out, as "video/tears_of_steel" (a licence that does not suit, say).

    Raises:
        PhotographsError: nothing is there, or no photographs.
    """
    if not path.exists():
        raise PhotographsError(f"{path} does not exist.", "Give the folder with the training photographs.")
    files = _read_folder(path) if path.is_dir() else _read_pack(path)
    kept = {name: data for name, data in files.items() if not name.startswith(tuple(without))}
    return PhotographBank(kept)


def _smaller(name: str, data: bytes, quality: int) -> bytes:
    picture = (
        cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if name.endswith((".jpg", ".jpeg")) else None
    )
    if picture is None:
        return data
    return min(data, cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes(), key=len)


def _position(name: str) -> float:
    """A number in 0..1 that belongs to a photograph and its labels, or to a clip."""
    path = PurePosixPath(name)
    unit = path.parent if path.parts[0] == "video" else (*path.parts[:2], path.stem)
    return zlib.crc32(str(unit).encode()) / 2**32


def _read_folder(folder: Path) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _PICTURES)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def _read_pack(path: Path) -> dict[str, bytes]:
    try:
        with np.load(io.BytesIO(path.read_bytes())) as pack:
            index, content = json.loads(pack["index"].tobytes()), pack["content"].tobytes()
    except (ValueError, KeyError, OSError) as error:
        raise PhotographsError(f"{path} is not a pack of photographs.", "Pack the folder again.") from error
    files, start = {}, 0
    for name, length in index.items():
        files[name] = content[start : start + length]
        start += length
    return files


def _sort(paths: Sequence[str]) -> tuple[tuple[Photograph, ...], tuple[Photograph, ...], tuple[PhotographedClip, ...]]:
    masked: list[Photograph] = []
    plain: list[Photograph] = []
    clips: dict[PurePosixPath, list[PurePosixPath]] = {}
    known = set(paths)
    for name in paths:
        path = PurePosixPath(name)
        if path.parts[0] == "video":
            clips.setdefault(path.parent, []).append(path)
        elif path.parts[0] == "with_masks":
            labels = path.parent.parent / "masks" / f"{path.stem}.png"
            if path.parent.name == "images" and str(labels) in known:
                masked.append(Photograph(name, str(labels)))
        else:
            plain.append(Photograph(name))
    return tuple(masked), tuple(plain), tuple(_clip_of(files) for _, files in sorted(clips.items()))


def _clip_of(files: Sequence[PurePosixPath]) -> PhotographedClip:
    """Frames are JPEG files, label images PNG files of the same stem."""
    frames = [path for path in files if path.suffix != ".png"]
    labels = {path.stem: path for path in files if path.suffix == ".png"}
    complete = bool(frames) and all(path.stem in labels for path in frames)
    return PhotographedClip(
        tuple(map(str, frames)), tuple(str(labels[path.stem]) for path in frames) if complete else ()
    )
