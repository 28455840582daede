"""alpha_of: makes the alpha of a matte from a mask, by the operations of an object's settings in their order.

The mask is cleaned, its outline smoothed; what the user painted over the edge is put in; the edge is drawn (a feather)
or refined from the picture; then it is grown, feathered and its levels are set. Every neutral value leaves what it gets
as it is. Window, export and command line all come here, so they agree to the level.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.core.document import MatteSettings
from vosapp.core.errors import MaskError
from vosapp.core.mask import BoolImage
from vosapp.core.trimap import TrimapKind
from vosapp.core.trimap_edits import TrimapImage
from vosapp.matte.mask_cleaning import fill_holes, remove_specks
from vosapp.matte.outline import distance_to_outline
from vosapp.matte.settings_facts import QUALITY, is_neutral, needs_picture
from vosapp.matte.soft_edge import feathered, grown, levelled, ramp
from vosapp.matte.trimap import distance_with_trimap, with_sure, with_trimap

Alpha: TypeAlias = NDArray[np.uint8]
Rgb: TypeAlias = NDArray[np.uint8]
Floats: TypeAlias = NDArray[np.float32]

_REFINED_REACH_PX = 80  # how far from a mask the picture still counts for a refined edge


def alpha_of(
    mask: BoolImage, settings: MatteSettings, picture: Rgb | None = None, *, trimap: TrimapImage | None = None
) -> Alpha:
    """The alpha (height, width) uint8 of a mask, 255 inside; exactly 0 and 255 with neutral settings.

    As `fine_alpha_of`, rounded.
    """
    if is_neutral(settings) and trimap is None:
        return mask.astype(np.uint8) * np.uint8(255)
    return np.asarray(np.round(255 * fine_alpha_of(mask, settings, picture, trimap=trimap)), np.uint8)


def fine_alpha_of(
    mask: BoolImage, settings: MatteSettings, picture: Rgb | None = None, *, trimap: TrimapImage | None = None
) -> Floats:
    """The alpha (height, width) float32 of a mask, 0 to 1; exactly 0 and 1 with neutral settings.

    An empty mask stays empty, and a full one full where nothing is painted over its edge.

    Args:
        mask: (height, width).
        settings: of the stack.
        picture: (height, width, 3) uint8; needed where `needs_picture` says so.
        trimap: what the user painted over the edge, (height, width); None where nothing is. It is part of the edge:
            grown, feathered and levelled with it.

    Raises:
        MaskError: the picture is missing or of another size.
        WeightsError: the edge is *quality*, and the refiner has no weights here.
    """
    if not mask.any() or (trimap is None and (is_neutral(settings) or mask.all())):
        return mask.astype(np.float32)
    if needs_picture(settings) and (picture is None or picture.shape[:2] != mask.shape):
        raise MaskError("An edge can be refined only with the picture that the mask belongs to.")
    painted = None if trimap is None else trimap > 0
    part = _surroundings(mask if painted is None else mask | painted, _reach_px(settings))
    alpha = np.zeros(mask.shape, np.float32)
    cut = None if picture is None else picture[part]
    alpha[part] = np.clip(_edge(mask[part], settings, cut, None if trimap is None else trimap[part]), 0, 1)
    return alpha


def _reach_px(settings: MatteSettings) -> int:
    """How far from the mask something may change, or be looked at."""
    feather = settings.feather_px / 2 + max(settings.feather_in_px, settings.feather_out_px, 0.0)
    drawn = max(settings.grow_px, 0.0) + feather + 3 * settings.smooth_px
    if needs_picture(settings):
        # A feather on a soft edge is a blur: it reaches further than a ramp.
        return math.ceil(drawn + feather + settings.band_px) + _REFINED_REACH_PX
    return math.ceil(drawn) + 2


def _surroundings(mask: BoolImage, margin_px: int) -> tuple[slice, slice]:
    """Rows and columns of a mask that is not empty, with a margin: nothing beyond them changes what is within."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    top, left = max(0, int(rows[0]) - margin_px), max(0, int(columns[0]) - margin_px)
    return slice(top, int(rows[-1]) + margin_px + 1), slice(left, int(columns[-1]) + margin_px + 1)


def _edge(mask: BoolImage, settings: MatteSettings, picture: Rgb | None, trimap: TrimapImage | None) -> Floats:
    cleaned = remove_specks(fill_holes(mask, settings.holes_px), settings.specks_px)
    within, beyond = (
        settings.feather_px / 2 + max(side, 0.0) for side in (settings.feather_in_px, settings.feather_out_px)
    )
    if picture is not None and needs_picture(settings):
        refined = _refined(_smoothed_mask(cleaned, settings.smooth_px), settings, picture, trimap)
        alpha = feathered(grown(refined, settings.grow_px), within, beyond)
    else:
        inside_px = _smoothed(distance_to_outline(cleaned), settings.smooth_px)
        if trimap is not None:
            inside_px = distance_with_trimap(inside_px, trimap)
        alpha = ramp(inside_px + np.float32(settings.grow_px), within, beyond)
    return levelled(alpha, settings.black, settings.white, settings.gamma)


def _refined(mask: BoolImage, settings: MatteSettings, picture: Rgb, trimap: TrimapImage | None) -> Floats:
    unknown = None
    if trimap is not None:
        mask, unknown = with_trimap(mask, trimap), trimap == TrimapKind.UNKNOWN
    if not mask.any() or mask.all():
        return mask.astype(np.float32)
    from vosapp.matte.fast_edge import measured_edge

    rgb = picture.astype(np.float32) / np.float32(255)
    fast = measured_edge(rgb, mask, settings.band_px, unknown=unknown)
    if settings.edge == QUALITY:
        from vosapp.matte.refiner import loaded_refiner

        network = loaded_refiner()
        from vosapp.matte.quality_edge import quality_edge

        found = quality_edge(network, rgb, mask, fast, band_px=settings.band_px, unknown=unknown)
        return with_sure(found.alpha, trimap)
    return with_sure(fast.alpha, trimap)


def _smoothed_mask(mask: BoolImage, smooth_px: float) -> BoolImage:
    if smooth_px <= 0 or not mask.any() or mask.all():
        return mask
    return np.asarray(_smoothed(distance_to_outline(mask), smooth_px) > 0, np.bool_)


def _smoothed(inside_px: Floats, smooth_px: float) -> Floats:
    """Distances whose outline has lost its bends shorter than a few times `smooth_px`."""
    if smooth_px <= 0:
        return inside_px
    # Beyond some distance all is alike: a far part of the outline does not pull at this one.
    near = np.clip(inside_px, -4 * smooth_px - 4, 4 * smooth_px + 4)
    blurred = cv2.GaussianBlur(near, (0, 0), smooth_px, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(np.where(np.abs(inside_px) > 4 * smooth_px + 4, inside_px, blurred), np.float32)
