"""Mask images made by other programs: what their numbers mean."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.core.errors import MaskError
from vosapp.core.mask_import import MaskMeaning
from vosapp.video.stills.images import read_image, read_indexed, read_wide_numbers
from vosapp.video.stills.label_png import davis_palette

MOST_OBJECTS = 1000
"""An image of more ids is none of objects, and each takes an array of the size of the picture."""
_LARGEST_ID = 1_000_000
"""Larger numbers are no counted objects but hashes or light."""
_LOSSY_LEVELS = 12
"""Channels of a grey picture that was compressed as colour differ by so much."""
_MOST_BRIGHT_IDS = 64
_FLAT_MIDDLE_SHARE = 0.01
_FLAT_SHARE = 0.2
_FEWEST_SHADES = 4
_STEP_PX = 16  # between pixels that are looked at first


@dataclass(frozen=True, slots=True)
class MaskImage:
    """The masks that an image holds.

    Attributes:
        masks: (height, width) by object id; none is empty.
        sentence: what was understood: "1 object, soft mask" or "60 objects, ids 1 to 60".
        meaning: what the numbers were taken for: IDS, ALPHA or LUMA.
        white: the number that was taken for white, where it is not the largest of its type.
    """

    masks: dict[int, NDArray[np.bool_]]
    sentence: str
    meaning: MaskMeaning = MaskMeaning.LUMA
    white: int | None = None


def read_object_masks(path: Path) -> dict[int, NDArray[np.bool_]]:
    """The masks of `read_mask_image`, read as the image itself suggests."""
    return read_mask_image(path).masks


def read_mask_image(path: Path, meaning: MaskMeaning = MaskMeaning.AUTO, *, white: int | None = None) -> MaskImage:
    """The masks in an image by object id.

    An indexed image in colours and a grey image of flat areas hold object ids, all of them, 0 being the background.
    Everything else is one soft mask, inside from half white or half opaque on: alpha where it varies, else the grey.

    Args:
        path: of the image.
        meaning: what its numbers mean.
        white: what an image of the same kind had for white; None finds it out.

    Raises:
        MediaError: the file is missing or no image.
        MaskError: it is a colour picture, nothing is inside, or it does not have what `meaning` asks for.
    """
    wide = read_wide_numbers(path)
    if wide is not None and meaning is not MaskMeaning.ALPHA:
        return _of_grey(path, wide, meaning, white)
    numbers = read_indexed(path)
    # An indexed image with a table of greys is meant as the greys.
    image = numbers if numbers is not None else read_image(path, colours=meaning is not MaskMeaning.IDS)
    if meaning is MaskMeaning.ALPHA:
        if image.ndim != 3 or image.shape[2] != 4:
            raise MaskError(f"{path} has no alpha channel.", "Read it as ids or luma.")
        return _soft(path, image[..., 3], MaskMeaning.ALPHA)
    if meaning is MaskMeaning.LUMA:
        picture = read_image(path, colours=True)
        return _soft(path, _luma(picture) if picture.ndim == 3 else picture, white=white)
    if numbers is not None:
        return _ids(path, numbers)
    if image.ndim == 3 and image.shape[2] == 4:
        if meaning is MaskMeaning.AUTO and np.ptp(image[..., 3]):
            return _soft(path, image[..., 3], MaskMeaning.ALPHA)
        image = image[..., :3]
    return _of_grey(path, image, meaning, white)


def _of_grey(path: Path, image: NDArray[Any], meaning: MaskMeaning, white: int | None) -> MaskImage:
    """The masks of a picture without alpha: ids, or shades between black and white."""
    grey = single_channel(path, image)
    if grey.dtype.kind == "f":
        is_whole = bool((grey == np.rint(grey)).all()) and float(grey.max(initial=0)) > 1
        if meaning is MaskMeaning.AUTO and not is_whole:
            return _soft(path, grey)
        grey = np.rint(np.nan_to_num(grey)).clip(0, 2**31).astype(np.int64)
    if int(grey.min(initial=0)) < 0:
        raise MaskError(f"{path} holds numbers below 0.", "Number the objects from 1 on.")
    # Channels that differ a little come from lossy compression, which keeps no ids.
    is_exact = image.ndim == 2 or _davis_numbers(image) is not None or _spread(image) == 0
    if meaning is MaskMeaning.IDS:
        return _ids(path, grey)
    top = _top_of_shades(grey) if is_exact and white is None else white
    if top is not None:
        return _soft(path, grey, white=top)
    return _ids(path, grey) if is_exact and _holds_ids(grey) else _soft(path, grey)


def _values(numbers: NDArray[Any]) -> NDArray[Any]:
    """The values that occur, ascending. Short whole numbers are counted, which is much faster than sorting."""
    if numbers.dtype not in (np.uint8, np.uint16):
        return np.unique(numbers)
    levels = int(np.iinfo(numbers.dtype).max) + 1
    counts = cv2.calcHist([np.ascontiguousarray(numbers)], [0], None, [levels], [0, levels])
    return np.flatnonzero(counts).astype(numbers.dtype)


def _flat(numbers: NDArray[Any]) -> NDArray[np.bool_]:
    """Where all neighbours have the same number."""
    if numbers.dtype not in (np.uint8, np.uint16):
        _, ranks = np.unique(numbers, return_inverse=True)
        numbers = ranks.reshape(numbers.shape).astype(np.float32)
    around = np.ones((3, 3), np.uint8)
    return np.asarray(cv2.erode(numbers, around) == cv2.dilate(numbers, around))


def _top_of_shades(grey: NDArray[Any]) -> int | None:
    """The value that stands for white in shades that do not reach the white of their type; None for other pictures.

    Such are 10 bits in a file of 16, percents, and whole numbers of 32 bits: one flat top, and between it and black
    only an edge.
    """
    top = int(grey.max(initial=0))
    if top >= (int(np.iinfo(grey.dtype).max) + 1) // 2:
        return None
    middle = (grey > top // 8) & (grey < top - top // 8)
    if len(_values(np.where(middle, grey, grey.dtype.type(0)))) <= _FEWEST_SHADES:
        return None
    flat = _flat(grey)
    has_area = float((flat & middle).sum()) > _FLAT_MIDDLE_SHARE * float((grey > 0).sum())
    return top if bool((flat & (grey == top)).any()) and not has_area else None


def _holds_ids(grey: NDArray[Any]) -> bool:
    """Whether the numbers of a grey image stand for objects and are not shades between black and white.

    Ids make flat areas; the shades of a soft edge or of lossy compression lie between black and white without an
    area of their own.
    """
    values = _values(grey)
    values = values[values > 0]
    white = int(np.iinfo(grey.dtype).max)
    half = (white + 1) // 2
    if len(values) == 0 or int(values[0]) >= half:
        return len(values) > 1 and len(values) <= _MOST_BRIGHT_IDS and not _is_lossy(grey, white)
    is_bright = int(values[-1]) >= half
    if is_bright and len(values) > _MOST_BRIGHT_IDS:
        return False
    if is_bright and int(grey.min()) > 0:
        return False  # black that is not 0, as of limited range: there is no background that is none
    flat = _flat(grey)
    inside = grey > 0
    if is_bright:
        middle = (grey > white // 8) & (grey < white - white // 8)
        dark = inside & (grey <= white // 8)
        own = flat & (middle | (dark & (len(values) <= _LOSSY_LEVELS)))
        return float(own.sum()) > _FLAT_MIDDLE_SHARE * float(inside.sum())
    return len(values) <= _MOST_BRIGHT_IDS or float((flat & inside).sum()) > _FLAT_SHARE * float(inside.sum())


def _is_lossy(grey: NDArray[Any], white: int) -> bool:
    """Whether all that is not background is white but for the rounding of lossy compression, or its edge."""
    shades = (grey > 0) & (grey < white - white // 8)
    flat = cv2.erode(shades.astype(np.uint8), np.ones((3, 3), np.uint8))
    return not bool(flat.any())


def _soft(
    path: Path, levels: NDArray[Any], meaning: MaskMeaning = MaskMeaning.LUMA, *, white: int | None = None
) -> MaskImage:
    inside = np.nan_to_num(levels) >= half_of(levels, white)
    if not inside.any():
        raise MaskError(
            f"{path} has nothing inside: no pixel is at least half white or half opaque.",
            "Choose another mask, or read its numbers as ids.",
        )
    shades = len(_values(levels)) > 2
    whole = ", which covers the whole frame" if inside.all() else ""
    scale = f", {white} taken for white" if white is not None else ""
    return MaskImage({1: inside}, f"1 object, {'soft' if shades else 'hard'} mask{scale}{whole}", meaning, white)


def half_of(levels: NDArray[Any], white: int | None = None) -> float:
    """The level from which on a pixel is inside a soft mask.

    Args:
        levels: of a picture.
        white: the level of white; None for 1 or the largest of whole numbers.
    """
    if white is None and levels.dtype.kind == "f":
        return 0.5
    return ((white or int(np.iinfo(levels.dtype).max)) + 1) // 2


def _ids(path: Path, numbers: NDArray[Any]) -> MaskImage:
    values = [int(value) for value in _values(numbers) if value]
    if len(values) > MOST_OBJECTS:
        raise MaskError(
            f"{path} would hold {len(values):,} objects; more than {MOST_OBJECTS:,} are not taken.",
            "If its numbers are shades, read it as luma or alpha.",
        )
    if not values:
        raise MaskError(f"{path} has nothing inside: every pixel is background.", "Choose another mask.")
    if values[-1] > _LARGEST_ID:
        raise MaskError(
            f"{path} holds the id {values[-1]:,}; ids are at most {_LARGEST_ID:,}.", "Number the objects from 1 on."
        )
    return MaskImage({value: numbers == value for value in values}, ids_sentence(values), MaskMeaning.IDS)


def ids_sentence(values: list[int]) -> str:
    """What is said of object ids, ascending: "60 objects, ids 1 to 60"."""
    if len(values) == 1:
        return f"1 object, id {values[0]}"
    if len(values) == values[-1] - values[0] + 1 > 2:
        return f"{len(values)} objects, ids {values[0]} to {values[-1]}"
    if len(values) > 8:
        return f"{len(values)} objects, ids {values[0]} to {values[-1]} with gaps"
    return f"{len(values)} objects, ids {', '.join(map(str, values[:-1]))} and {values[-1]}"


def _luma(picture: NDArray[Any]) -> NDArray[Any]:
    weights = np.array([0.2126, 0.7152, 0.0722])
    return np.asarray(picture[..., :3] @ weights).round(6).astype(picture.dtype)


def matte_of_picture(path: Path, picture: NDArray[Any]) -> NDArray[np.bool_]:
    """Where a picture (height, width, 3 or 4) of a movie is inside: by its alpha, else by its grey; may be empty.

    Raises:
        MaskError: it is a colour picture.
    """
    levels = picture[..., 3] if picture.shape[2] == 4 else single_channel(path, picture)
    return np.asarray(np.nan_to_num(levels) >= half_of(levels))


def single_channel(path: Path, image: NDArray[Any]) -> NDArray[Any]:
    """The one channel (height, width) of a picture in grey, also of one whose channels lossy compression set apart.

    Raises:
        MaskError: it is a colour picture.
    """
    if image.ndim == 2:
        return image
    top = 1.0 if image.dtype.kind == "f" else float(np.iinfo(image.dtype).max)
    if all(_spread(part) <= _LOSSY_LEVELS / 255 * top for part in (image[::_STEP_PX, ::_STEP_PX], image)):
        return image[..., 1]
    numbers = _davis_numbers(image)
    if numbers is None:
        raise MaskError(f"{path} is a colour picture, not a mask.", "Use a grey or indexed image, or one with alpha.")
    return numbers


def _spread(image: NDArray[Any]) -> float:
    """How far the channels of a pixel are apart at most."""
    red, green, blue = (np.ascontiguousarray(image[..., place]) for place in range(3))
    most, least = np.maximum(np.maximum(red, green), blue), np.minimum(np.minimum(red, green), blue)
    return float((most - least).max())


def _codes(image: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Each colour as one number."""
    return np.asarray(image.astype(np.int64) @ np.array([1 << 16, 1 << 8, 1]))


def _davis_numbers(image: NDArray[Any]) -> NDArray[np.uint8] | None:
    """The ids of a colour picture that uses only the colours of the PASCAL VOC and DAVIS annotations, else None."""
    if image.dtype != np.uint8:
        return None
    known = {(red << 16) + (green << 8) + blue: number for number, (red, green, blue) in enumerate(davis_palette())}
    if not set(_codes(image[::_STEP_PX, ::_STEP_PX]).ravel().tolist()) <= known.keys():
        return None  # as for most pictures, seen at once
    codes = _codes(image)
    used, where = np.unique(codes, return_inverse=True)
    if any(int(code) not in known for code in used):
        return None
    table = np.array([known[int(code)] for code in used], np.uint8)
    return table[where].reshape(codes.shape)
