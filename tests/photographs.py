"""A small bank of generated photographs with masks, and a short clip, for tests of generator and trainer."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.data.photographs.bank import PhotographBank


def textured(random: np.random.Generator, height: int = 90, width: int = 110) -> NDArray[np.uint8]:
    """A picture of coloured cells: something that flow can hold on to."""
    coarse = random.integers(0, 256, (7, 8, 3), dtype=np.uint8)
    picture = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(picture + random.normal(0, 6, picture.shape), 0, 255), np.uint8)


def small_bank(photographs: int = 6) -> PhotographBank:
    """Photographs with an ellipse as labelled object, as many without, and one clip with masks."""
    random = np.random.default_rng(5)
    files: dict[str, bytes] = {}
    for k in range(photographs):
        labels = np.zeros((90, 110), np.uint8)
        cv2.ellipse(labels, (50, 45), (int(random.integers(15, 30)), 25), 20.0 * k, 0, 360, 1, -1)
        picture = textured(random)
        picture[labels > 0] = (picture[labels > 0] // 3 + random.integers(0, 160, 3)).astype(np.uint8)
        files[f"with_masks/test/images/{k}.png"] = _png(picture)
        files[f"with_masks/test/masks/{k}.png"] = _png(labels)
        files[f"unlabelled/test/images/{k}.png"] = _png(textured(random))
    still = textured(random)
    for k in range(6):
        labels = np.zeros((90, 110), np.uint8)
        cv2.circle(labels, (30 + 5 * k, 40), 16, 1, -1)
        files[f"video/test/clip/{k:05d}.jpg"] = _png(np.where(labels[..., None] > 0, 200, still).astype(np.uint8))
        files[f"video/test/clip/{k:05d}.png"] = _png(labels)
    return PhotographBank(files)


def _png(picture: NDArray[np.uint8]) -> bytes:
    return cv2.imencode(".png", picture)[1].tobytes()
