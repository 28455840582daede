"""Colour tables of the view modes and of objects' own styles, and outlines of label images.

Every view mode is a colour table over the same label image; the picture itself is never touched, so a mode costs the
same at 4K as at 480p and nothing is blended in numpy.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vosapp.core.document import Colour
from vosapp.presentation.view_state import Backdrop, ObjectStyle, ViewMode
from vosapp.presentation.viewer.layers import Labels

BACKDROPS: dict[Backdrop, Colour] = {
    Backdrop.BLACK: (0, 0, 0),
    Backdrop.GREY: (119, 119, 119),
    Backdrop.WHITE: (255, 255, 255),
    Backdrop.GREEN: (0, 177, 64),
    Backdrop.MAGENTA: (214, 40, 180),
    Backdrop.CHECKER: (0, 0, 0),  # these two are painted with a texture of this table's alpha
    Backdrop.PICTURE: (0, 0, 0),
}
AREA_MODES = (ViewMode.OVERLAY, ViewMode.OUTLINE)  # which draw objects in styles of their own
_BAND_COLOUR, _BAND_OPACITY, _AROUND_OPACITY = (255, 170, 0), 0.72, 0.5

TRANSPARENT = 0
EDGE = 128  # added to the label of a pixel on an object's outline
MOST_OUTLINED = EDGE - 1  # layers on one frame; where there are more, areas are drawn alone


def argb(colour: Colour, alpha: float = 1.0) -> int:
    """A colour as Qt packs it: 0xAARRGGBB with straight alpha."""
    red, green, blue = colour
    return round(alpha * 255) << 24 | red << 16 | green << 8 | blue


def colour_table(colours: Sequence[Colour], mode: ViewMode, *, opacity: float, backdrop: Backdrop) -> list[int]:
    """256 packed colours by slot.

    Args:
        colours: of slots 1, 2, ...
        mode: of the viewer.
        opacity: of the overlay, 0 to 1.
        backdrop: what the cutout shows around the objects.
    """
    if mode is ViewMode.MATTE:
        around, inside = argb((0, 0, 0)), [argb((255, 255, 255))] * len(colours)
    elif mode is ViewMode.CUTOUT:
        around, inside = argb(BACKDROPS[backdrop]), [TRANSPARENT] * len(colours)
    elif mode is ViewMode.BAND:
        around, inside = argb((0, 0, 0), _AROUND_OPACITY), [TRANSPARENT] * len(colours)
    elif mode in AREA_MODES:
        around, inside = TRANSPARENT, [argb(colour, opacity) for colour in colours]
    else:
        around, inside = TRANSPARENT, [TRANSPARENT] * len(colours)
    table = [around, *inside[:255]]
    return table + [TRANSPARENT] * (256 - len(table))


def outlined_table(objects: Sequence[tuple[Colour, ObjectStyle]], opacity: float) -> list[int]:
    """256 packed colours of labels `with_edges`: areas as transparent as asked, outlines opaque.

    Args:
        objects: colour and style of slots 1, 2, ..., at most `MOST_OUTLINED`.
        opacity: of areas, 0 to 1.
    """
    areas = [TRANSPARENT if style is ObjectStyle.OUTLINE else argb(colour, opacity) for colour, style in objects]
    edges = [
        area if style is ObjectStyle.OVERLAY else argb(one) for area, (one, style) in zip(areas, objects, strict=True)
    ]
    return [TRANSPARENT, *_padded(areas), TRANSPARENT, *_padded(edges)]


def _padded(colours: list[int]) -> list[int]:
    return colours + [TRANSPARENT] * (MOST_OUTLINED - len(colours))


def alpha_table(mode: ViewMode, backdrop: Backdrop) -> list[int]:
    """256 packed colours by alpha, for mattes with a soft edge.

    Greys; or the band that is neither in nor out; or the backdrop where the object is not.
    """
    if mode is ViewMode.MATTE:
        return [argb((alpha, alpha, alpha)) for alpha in range(256)]
    if mode is ViewMode.BAND:
        return [argb((0, 0, 0), _AROUND_OPACITY), *[argb(_BAND_COLOUR, _BAND_OPACITY)] * 254, TRANSPARENT]
    return [argb(BACKDROPS[backdrop], 1 - alpha / 255) for alpha in range(256)]


def with_edges(labels: Labels, width_px: int) -> Labels:
    """The labels, with `EDGE` added within `width_px` pixels of where the label changes.

    The picture's own border is no edge: an object that leaves the picture has no outline there.

    Args:
        labels: (height, width), of at most `MOST_OUTLINED` layers.
        width_px: at least 1; counted along rows and columns.
    """
    import cv2  # not at the start of the window

    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    least = cv2.erode(labels, cross, iterations=max(1, width_px))
    greatest = cv2.dilate(labels, cross, iterations=max(1, width_px))
    changes = np.asarray(cv2.compare(least, greatest, cv2.CMP_NE), np.uint8)
    return labels | changes & np.uint8(EDGE)
