"""Readout: position, colour and objects under the pointer, as text."""

from __future__ import annotations

import math
from collections.abc import Mapping

from vosapp.core.document import ObjectId
from vosapp.presentation.viewer.layers import LayerStack
from vosapp.presentation.viewer.raster import Point
from vosapp.video.source import RgbImage


def readout(frame: RgbImage | None, stack: LayerStack, point: Point | None, names: Mapping[ObjectId, str]) -> str:
    """Place, colour and objects of the pixel under the pointer, "" outside the picture.

    Args:
        frame: the picture, (height, width, 3) uint8.
        stack: its masks.
        point: in picture coordinates, None when the pointer is elsewhere.
        names: of the objects.
    """
    if frame is None or point is None:
        return ""
    x, y = math.floor(point[0]), math.floor(point[1])
    if not (0 <= y < frame.shape[0] and 0 <= x < frame.shape[1]):
        return ""
    red, green, blue = (int(value) for value in frame[y, x])
    inside = [
        names.get(layer.object_id, "")
        for layer in stack.layers
        if layer.mask.shape == frame.shape[:2] and layer.mask[y, x]
    ]
    place = f"x {x}  y {y}    RGB {red} {green} {blue}"
    return f"{place}    {', '.join(inside)}" if inside else place
