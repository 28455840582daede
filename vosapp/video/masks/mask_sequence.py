"""Masks of many frames made by other programs: a folder, a pattern, one folder for each object, EXR layers, a movie."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vosapp.core.errors import MaskError
from vosapp.core.mask_import import MaskKey, MaskMeaning
from vosapp.core.paths import IMAGE_SUFFIXES
from vosapp.video.masks.mask_image import half_of, matte_of_picture, read_mask_image
from vosapp.video.sequence_files import SequenceFiles, find_sequence, is_pattern
from vosapp.video.stills.images import read_image, read_wide_numbers

Found = Mapping[MaskKey, NDArray[np.bool_]]
_LOOKED_AT = 5  # images, to find out what all of them are


@dataclass(frozen=True, slots=True)
class Numbering:
    """Mapping of the numbers of masks to frames of the clip.

    Attributes:
        first_number: of the clip's frame 0.
        frame_count: of the clip.
        at: index of the frame that the first mask belongs to; None goes by the numbers in the names.
    """

    first_number: int
    frame_count: int
    at: int | None = None


def read_masks(
    path: Path,
    numbering: Numbering,
    meaning: MaskMeaning = MaskMeaning.AUTO,
    *,
    understood: Callable[[str], object] = lambda _: None,
) -> Iterator[tuple[int, int, Found]]:
    """Triples of how many frames there are, a frame's index and its masks by object: none where nothing is inside.

    The key of a mask is the number of its object, its name, or None for the one object of the whole.

    Args:
        path: what holds the masks.
        numbering: which frames they belong to.
        meaning: what the numbers of images mean.
        understood: told once what they were taken for.

    Raises:
        MediaError: nothing can be read there.
        MaskError: the masks are for other frames than the clip's, or no masks.
    """
    if path.is_dir() or is_pattern(path) or path.suffix.lower() in IMAGE_SUFFIXES:
        yield from _of_images(path, numbering, _ImageReader(meaning, understood))
    else:
        understood("1 object, from the alpha of the movie where it has some, else from its grey")
        yield from _of_movie(path, numbering)


def _of_images(path: Path, numbering: Numbering, reader: _ImageReader) -> Iterator[tuple[int, int, Found]]:
    files: dict[int, list[tuple[MaskKey, Path]]] = {}
    parts = [(name, part, find_sequence(part)) for name, part in _parts(path)]
    firsts = [_first_number(found) for _, _, found in parts]
    for (name, part, found), first in zip(parts, firsts, strict=True):
        # The first mask of all goes to the frame that was said; an object that comes later keeps its distance.
        own = numbering if numbering.at is None else replace(numbering, at=numbering.at + first - min(firsts))
        for frame, file in _frames_of(part, found, own, alone=path.suffix.lower() in IMAGE_SUFFIXES).items():
            files.setdefault(frame, []).append((name, file))
    reader.decide([file for frame in sorted(files) for _, file in files[frame]])
    for frame in sorted(files):
        masks: dict[MaskKey, NDArray[np.bool_]] = {}
        for name, file in files[frame]:
            inside = reader.read(file)
            masks |= {name if name is not None and len(inside) == 1 else key: mask for key, mask in inside.items()}
        yield len(files), frame, masks


def images_by_frame(path: Path, numbering: Numbering) -> dict[int, Path]:
    """The images of one object by frame index: of a folder, a pattern, or one image.

    Raises:
        MediaError: there are none.
        MaskError: they are for other frames than the clip's, or a folder holds more than the sequence.
    """
    return _frames_of(path, find_sequence(path), numbering, alone=path.suffix.lower() in IMAGE_SUFFIXES)


def _first_number(found: SequenceFiles) -> int:
    """The number of the first image, 0 where the names say none."""
    return found.numbers[0] if found.numbers else found.first_number


def _parts(path: Path) -> list[tuple[MaskKey, Path]]:
    """What holds the images: the path itself, or the folders in it by the name of their object."""
    if not path.is_dir() or any(_is_image(entry) for entry in path.iterdir()):
        return [(None, path)]
    folders = [p for p in sorted(path.iterdir()) if p.is_dir() and any(_is_image(entry) for entry in p.iterdir())]
    if not folders:
        raise MaskError(f"{path} holds no images.", "Choose a folder of masks, or one with a folder for each object.")
    return [(folder.name, folder) for folder in folders]


def _is_image(path: Path) -> bool:
    return path.suffix.lower() in IMAGE_SUFFIXES and not path.name.startswith(".")


def _frames_of(path: Path, found: SequenceFiles, numbering: Numbering, *, alone: bool) -> dict[int, Path]:
    """The images by frame index."""
    if path.is_dir():
        _require_all(path, [file for file in found.files if file is not None])
    if alone and numbering.at is not None and path.is_file():
        return {numbering.at: path}  # one image that was pointed at, on the frame that was said
    if found.numbers:
        move = numbering.at - found.numbers[0] if numbering.at is not None else -numbering.first_number
        frames = {
            number + move: file for number, file in zip(found.numbers, found.files, strict=True) if file is not None
        }
        if all(0 <= frame < numbering.frame_count for frame in frames):
            return frames
    if numbering.at is not None or not found.has_numbers:
        begin = numbering.at or 0
    else:
        begin = found.first_number - numbering.first_number
    last = begin + len(found.files) - 1
    if begin < 0 or last >= numbering.frame_count:
        first_number = numbering.first_number
        raise MaskError(
            f"The masks in {path} are for frames {begin + first_number} to {last + first_number}; the clip has "
            f"{first_number} to {first_number + numbering.frame_count - 1}.",
            "Say which frame the first mask belongs to, or number them as the clip's frames.",
        )
    return {begin + place: file for place, file in enumerate(found.files) if file is not None}


def _require_all(folder: Path, taken: list[Path]) -> None:
    """Refuses a folder with images beside the sequence: which of them belong to it would be a guess."""
    left = sorted({entry.name for entry in folder.iterdir() if _is_image(entry)} - {file.name for file in taken})
    if left:
        raise MaskError(
            f"{folder} holds images beside the sequence, such as {left[0]}.",
            "Give a pattern such as mask.%04d.png, or take them away.",
        )


class _ImageReader:
    """Reads images of one kind: what one that is not empty was taken for holds for all."""

    def __init__(self, meaning: MaskMeaning, understood: Callable[[str], object]) -> None:
        self._meaning = meaning
        self._white: int | None = None
        self._understood: Callable[[str], object] | None = understood

    def _tell(self, sentence: str) -> None:
        if self._understood is not None:
            self._understood(sentence)
        self._understood = None

    def decide(self, files: Sequence[Path]) -> None:
        """Looks at the brightest of a few: on the first a soft object may but come in, its shades like small ids."""
        if self._meaning is MaskMeaning.AUTO:
            few = [file for file in files[:: -(-len(files) // _LOOKED_AT)] if file.suffix.lower() != ".exr"]
            if few:
                self.read(max(few, key=_brightest))

    def read(self, path: Path) -> Found:
        if path.suffix.lower() == ".exr":
            from vosapp.video.masks.exr_masks import read_exr_masks

            layers = read_exr_masks(path)
            if layers is not None:
                self._tell(f"{len(layers)} object{'s' * (len(layers) != 1)}, from the layers of the EXR")
                return {name or None: mask for name, mask in layers.items()}
        if self._is_empty(path):
            return {}
        image = read_mask_image(path, self._meaning, white=self._white)
        self._meaning, self._white = image.meaning, image.white
        self._tell(image.sentence)
        if image.meaning is MaskMeaning.IDS:
            return {number: mask for number, mask in image.masks.items()}  # noqa: C416 - another type of key
        return {None: image.masks[1]}

    def _is_empty(self, path: Path) -> bool:
        """Whether nothing is inside, which `read_mask_image` would not take for a mask."""
        wide = read_wide_numbers(path)
        if wide is not None:
            return int(wide.max(initial=0)) < (1 if self._white is None else half_of(wide, self._white))
        samples = read_image(path, colours=True)
        is_rgba = samples.ndim == 3 and samples.shape[2] == 4
        if is_rgba and self._meaning in (MaskMeaning.AUTO, MaskMeaning.ALPHA):
            samples = samples[..., 3]
        elif is_rgba:
            samples = samples[..., :3]
        if self._meaning in (MaskMeaning.AUTO, MaskMeaning.IDS):
            return not samples.any()
        return float(samples.max(initial=0)) < half_of(samples, self._white)


def _brightest(path: Path) -> float:
    wide = read_wide_numbers(path)
    return float((read_image(path, colours=True) if wide is None else wide).max(initial=0))


class _MovieReader:
    """Reads the pictures of a movie: alpha from the first one on in which it is not full everywhere, until then grey.

    Formats that always have alpha also hold mattes in black and white.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._by_alpha = path, False

    def read(self, picture: NDArray[Any]) -> NDArray[np.bool_]:
        if picture.shape[2] == 4:
            alpha = picture[..., 3]
            full = 1.0 if alpha.dtype.kind == "f" else float(np.iinfo(alpha.dtype).max)
            self._by_alpha = self._by_alpha or bool((alpha < full).any())
        return matte_of_picture(self._path, picture if self._by_alpha else picture[..., :3])


def _of_movie(path: Path, numbering: Numbering) -> Iterator[tuple[int, int, Found]]:
    from vosapp.video.av.mask_movie import movie_mattes

    begin, reader = numbering.at or 0, _MovieReader(path)
    for count, place, picture in movie_mattes(path):
        if begin + count > numbering.frame_count:
            raise MaskError(
                f"{path} has {count} frames, the clip from there on {numbering.frame_count - begin}.",
                "Say which frame its first one belongs to, or cut it.",
            )
        mask = reader.read(picture)
        yield count, begin + place, {None: mask} if mask.any() else {}
