"""contact_sheet: one picture of many training tiles, each with its exact alpha and the mask that is given."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from vosapp.data.mattes.tile import MatteTile
from vosapp.data.photographs.bank import Rgb

_GAP_PX = 2
_COLUMNS = 4


def contact_sheet(tiles: Sequence[MatteTile]) -> Rgb:
    """(H, W, 3): four tiles a row, each as picture, alpha, mask; all of one size, at least one."""
    cells = [_cell(tile) for tile in tiles]
    cells += [np.zeros_like(cells[0])] * (-len(cells) % _COLUMNS)
    rows = [np.hstack(cells[first : first + _COLUMNS]) for first in range(0, len(cells), _COLUMNS)]
    return np.asarray(np.vstack(rows), np.uint8)


def _cell(tile: MatteTile) -> Rgb:
    grey = (tile.alpha, tile.mask.astype(np.uint8) * 255)
    pieces = [tile.rgb, *(np.repeat(image[..., None], 3, axis=2) for image in grey)]
    framed = cv2.copyMakeBorder(
        np.hstack(pieces), _GAP_PX, _GAP_PX, _GAP_PX, _GAP_PX, cv2.BORDER_CONSTANT, value=(40, 40, 40)
    )
    return np.asarray(framed, np.uint8)
