"""Small pictures of frames with the masks over them, for the report."""

from __future__ import annotations

import numpy as np

from vosapp.core.document import Document, MaskStore
from vosapp.core.edits import composite
from vosapp.core.errors import MediaError
from vosapp.video.source import RgbImage

WIDTH_PX = 320
_STRENGTH = 0.45
_QUALITY = 80


def thumbnail(rgb: RgbImage, document: Document, store: MaskStore, frame_index: int) -> bytes:
    """A JPEG, `WIDTH_PX` wide at most, of a picture with every object in its colour and a light outline.

    Args:
        rgb: (height, width, 3) uint8.
        document, store: whose masks.
        frame_index: of the picture.
    """
    import cv2

    height, width = rgb.shape[:2]
    scale = min(1.0, WIDTH_PX / width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    for item in reversed(document.objects):
        cell = item.cells.get(frame_index)
        if cell is None or item.is_absent(frame_index):
            continue
        mask = composite(store, cell).array().astype(np.float32)
        cover = cv2.resize(mask, size, interpolation=cv2.INTER_AREA)
        inside = (cover >= 0.5).astype(np.uint8)
        small += _STRENGTH * cover[..., None] * (np.array(item.colour, np.float32) - small)
        outline = cv2.dilate(inside, np.ones((3, 3), np.uint8)) > inside
        small[outline] = 0.3 * small[outline] + 0.7 * np.array(item.colour, np.float32)
    bgr = np.clip(small, 0, 255).astype(np.uint8)[..., ::-1]
    done, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        raise MediaError("A thumbnail cannot be written as JPEG.")
    return bytes(data)
