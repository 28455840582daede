"""Pictures for the report: a frame with the true outline and the engine's mask over it."""

from __future__ import annotations

import cv2
import numpy as np

from vosapp.data.truth import BoolImage
from vosapp.video.source import RgbImage

_WIDTH_PX = 480
_MISSED, _EXTRA, _RIGHT = (64, 156, 255), (255, 87, 77), (88, 214, 141)
_TINT = 0.55
_QUALITY = 82


def draw_comparison(rgb: RgbImage, truth: BoolImage, result: BoolImage) -> bytes:
    """A JPEG: right pixels green, missed ones blue, extra ones red, the true outline white.

    Args:
        rgb: (height, width, 3) uint8.
        truth, result: (height, width).
    """
    scale = min(1.0, _WIDTH_PX / rgb.shape[1])
    size = (round(rgb.shape[1] * scale), round(rgb.shape[0] * scale))
    picture = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    small_truth, small_result = (
        cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0 for mask in (truth, result)
    )
    regions = (
        (small_truth & small_result, _RIGHT),
        (small_truth & ~small_result, _MISSED),
        (small_result & ~small_truth, _EXTRA),
    )
    for region, colour in regions:
        picture[region] += _TINT * (np.array(colour, np.float32) - picture[region])
    outlines, _ = cv2.findContours(small_truth.astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    bgr = np.ascontiguousarray(picture[..., ::-1].astype(np.uint8))
    cv2.drawContours(bgr, outlines, -1, (255, 255, 255), 1, cv2.LINE_AA)
    _, content = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return bytes(content.tobytes())
