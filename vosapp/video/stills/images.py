"""Single images: reading and writing pictures and masks under any path."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vosapp.core.errors import MediaError
from vosapp.core.paths import FILM_SUFFIXES
from vosapp.core.untrusted import read_regular

TIFF_SUFFIXES = frozenset({".tif", ".tiff"})
MAX_PICTURE_BYTES = 2**30  # of a file


def read_bytes(path: Path) -> bytes:
    """The content of a file.

    Raises:
        MediaError: it is missing, empty, no plain file, too large, or may not be read.
    """
    try:
        data = read_regular(path, limit_bytes=MAX_PICTURE_BYTES)
    except FileNotFoundError as error:
        raise MediaError(f"There is no file {path}.", "Check the path.") from error
    except OSError as error:
        raise MediaError(f"{path} cannot be read ({error.strerror}).", "Check its permissions.") from error
    if not data:
        raise MediaError(f"{path} is empty (0 bytes).", "Write or copy it again.")
    return data


def read_image(path: Path, *, colours: bool = False) -> NDArray[Any]:
    """An image as it is stored.

    Args:
        path: the file.
        colours: whether the colours of an indexed PNG are wanted and not its numbers.

    Returns:
        (height, width) for grey images and for indexed PNGs, whose numbers are given, not their colours;
        (height, width, 3 or 4) RGB(A) otherwise. uint8, uint16 or float32.

    Raises:
        MediaError: the file is missing, empty or no image.
    """
    data = read_bytes(path)
    if not colours and _is_indexed_png(data):
        from vosapp.video.stills.label_png import read_labels

        return read_labels(path)
    return decode_picture(path, data)


def read_indexed(path: Path) -> NDArray[np.uint8] | None:
    """The numbers (height, width) of an indexed image of any kind whose table holds colours; None for all others.

    Raises:
        MediaError: the file is missing, empty or may not be read.
    """
    from vosapp.video.stills.pillow_stills import indexed_numbers

    return indexed_numbers(read_bytes(path)) if path.suffix.lower() not in FILM_SUFFIXES else None


def read_wide_numbers(path: Path) -> NDArray[np.int64] | None:
    """The numbers (height, width) of a TIFF of signed or wide whole numbers; None for all other images.

    Raises:
        MediaError: the file is missing, empty or cut off.
    """
    if path.suffix.lower() not in TIFF_SUFFIXES:
        return None
    from vosapp.video.stills.tiff import wide_numbers

    return wide_numbers(path, read_bytes(path))


def decode_picture(path: Path, data: bytes) -> NDArray[Any]:
    """The picture in a file's bytes: (height, width) or (height, width, 3 or 4) RGB(A), tables of colours applied.

    Raises:
        MediaError: it is no image, or is cut off.
    """
    picture = _decoded(path, data)
    if not (picture.size and (picture.ndim == 2 or (picture.ndim == 3 and picture.shape[2] in (3, 4)))):
        raise MediaError(f"{path} is damaged: what it holds is no picture.", "Write or copy it again.")
    return picture


def _decoded(path: Path, data: bytes) -> NDArray[Any]:
    suffix = path.suffix.lower()
    if suffix == ".exr":
        from vosapp.video.stills.exr import decode_exr

        return decode_exr(path, data).samples
    if suffix == ".dpx":
        from vosapp.video.av.stills import decode_still

        return decode_still(path, data).native
    if suffix in TIFF_SUFFIXES:
        from vosapp.video.stills.tiff import decode_tiff

        return decode_tiff(path, data)
    return _decoded_by_opencv(path, data)


def _decoded_by_opencv(path: Path, data: bytes) -> NDArray[Any]:
    import cv2

    # Only this mode turns a JPEG as its camera held it; the others keep their alpha.
    is_jpeg = path.suffix.lower() in (".jpg", ".jpeg")
    mode = cv2.IMREAD_ANYCOLOR | cv2.IMREAD_ANYDEPTH if is_jpeg else cv2.IMREAD_UNCHANGED
    try:
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), mode)
        if picture is not None and picture.ndim == 3:
            picture = cv2.cvtColor(picture, cv2.COLOR_BGRA2RGBA if picture.shape[2] == 4 else cv2.COLOR_BGR2RGB)
    except (cv2.error, MemoryError, ValueError):
        picture = None
    if picture is None:
        raise MediaError(f"{path} is not an image, or is cut off.", "Write or copy it again.")
    if not is_jpeg and (b"eXIf" in data or b"EXIF" in data):
        from vosapp.video.stills.pillow_stills import exif_orientation

        picture = exif_orientation(data).apply(picture)
    return np.asarray(picture)


def write_png(
    path: Path, array: NDArray[Any], palette: NDArray[np.uint8] | None = None, *, pixel_aspect: Fraction = Fraction(1)
) -> None:
    """Writes a PNG.

    Args:
        path: any path; folders are not made.
        array: (height, width) grey or (height, width, 3 or 4) RGB(A), uint8 or uint16; with `palette`
            (height, width) uint8 numbers.
        palette: (up to 256, 3) uint8 RGB colours of the numbers; makes an indexed PNG.
        pixel_aspect: width of a pixel over its height.

    Raises:
        ValueError: the array is none of these.
        MediaError: the file cannot be written.
    """
    data = _encoded_indexed(array, palette) if palette is not None else _encoded(array)
    if pixel_aspect != 1:
        from vosapp.video.stills.label_png import with_pixel_aspect

        data = with_pixel_aspect(data, pixel_aspect)
    try:
        path.write_bytes(data)
    except OSError as error:
        raise MediaError(f"{path} cannot be written ({error.strerror}).", "Choose another folder.") from error


def _is_indexed_png(data: bytes) -> bool:
    return data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) > 25 and data[25] == 3


def _encoded_indexed(array: NDArray[Any], palette: NDArray[np.uint8]) -> bytes:
    from vosapp.video.stills.label_png import encode_labels

    if array.ndim != 2 or array.dtype != np.uint8:
        raise ValueError(f"an indexed PNG takes (height, width) uint8, not {array.shape} {array.dtype}")
    if palette.ndim != 2 or palette.shape[1] != 3 or not 1 <= len(palette) <= 256:
        raise ValueError(f"a palette is (1 to 256, 3), not {palette.shape}")
    if array.size and int(array.max()) >= len(palette):
        raise ValueError(f"the palette has {len(palette)} colours, the picture uses number {int(array.max())}")
    return encode_labels(array, [(int(r), int(g), int(b)) for r, g, b in palette])


def _encoded(array: NDArray[Any]) -> bytes:
    import cv2

    if array.dtype not in (np.uint8, np.uint16) or array.ndim not in (2, 3):
        raise ValueError(f"a PNG takes uint8 or uint16 pictures, not {array.shape} {array.dtype}")
    if array.ndim == 3 and array.shape[2] not in (3, 4):
        raise ValueError(f"a PNG takes 1, 3 or 4 channels, not {array.shape[2]}")
    if array.ndim == 3:
        array = cv2.cvtColor(array, cv2.COLOR_RGBA2BGRA if array.shape[2] == 4 else cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".png", array)
    if not done:
        raise ValueError(f"OpenCV could not encode a picture of shape {array.shape}")
    return bytes(data)
