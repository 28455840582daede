"""Hair and fur along an outline, drawn strand by strand at twice the size."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_OVER = 2  # times the size at which strands are drawn
_POINTS = 6  # of a strand
_SHADES = 6  # groups of strands with a brightness of their own
_SHIFT = 4  # binary digits after the point in OpenCV's coordinates


@dataclass(frozen=True, slots=True)
class Coat:
    """Hairs on an outline.

    Attributes:
        spacing_px: between two strands along the outline.
        length_px: of a strand, in the mean.
        spread: how much directions differ, in radians.
        comb: common turn of all strands away from the outline's normal, in radians.
        curl: turn from root to tip, in radians.
        thick: share of a strand from the root that is twice as thick.
        opacity: smallest and largest of a strand.
        variety: how much lengths differ, as the deviation of their logarithm.
        soft_px: width of the blur of the outline that it grows on: fine down.
        width_px: of a strand at its root; hairs are half a pixel wide, tufts several.
        taper: width at the tip as a share of that at the root.
        blur_px: width of the blur of all of it.
    """

    spacing_px: float
    length_px: float
    spread: float
    comb: float
    curl: float
    thick: float
    opacity: tuple[float, float]
    variety: float = 0.4
    soft_px: float = 0.0
    width_px: float = 0.5
    taper: float = 1.0
    blur_px: float = 0.0


def draw_coat(random: np.random.Generator) -> Coat:
    """Fur and tufts two times in five each, mostly short, else a few long hairs."""
    luck = random.random()
    if luck < 0.4:
        return Coat(
            spacing_px=random.uniform(1.5, 8),
            length_px=float(np.exp(random.uniform(np.log(3), np.log(18)))),
            spread=random.uniform(0.05, 0.6),
            comb=random.uniform(-1.0, 1.0),
            curl=random.uniform(-0.6, 0.6),
            thick=0.0,
            opacity=(random.uniform(0.7, 1.0), 1.0),
            variety=random.uniform(0.1, 0.6),
            width_px=random.uniform(1.5, 6),
            taper=random.uniform(0.0, 1.0),
            blur_px=float(np.exp(random.uniform(np.log(0.3), np.log(1.5)))),
        )
    if luck < 0.8:
        return Coat(
            spacing_px=random.uniform(0.12, 0.8),
            length_px=float(np.exp(random.uniform(np.log(2), np.log(16)))),
            spread=random.uniform(0.1, 0.7),
            comb=random.uniform(-1.2, 1.2),
            curl=random.uniform(-0.8, 0.8),
            thick=random.uniform(0.2, 0.8),
            opacity=(random.uniform(0.1, 0.5), random.uniform(0.5, 1.0)),
            variety=random.uniform(0.3, 0.9),
            soft_px=float(np.exp(random.uniform(np.log(0.5), np.log(3)))) if random.random() < 0.6 else 0.0,
        )
    return Coat(
        spacing_px=random.uniform(2, 15),
        length_px=random.uniform(10, 45),
        spread=random.uniform(0.3, 1.0),
        comb=random.uniform(-1.0, 1.0),
        curl=random.uniform(-2, 2),
        thick=random.uniform(0.0, 0.3),
        opacity=(random.uniform(0.3, 0.6), 1.0),
    )


def grown(alpha: Floats, coat: Coat, random: np.random.Generator) -> tuple[Floats, Floats]:
    """An outline with a coat.

    Returns:
        Alpha (H, W) 0..1, and a factor (H, W) on the brightness of the object's colours, other for other strands.
    """
    if coat.soft_px > 0:
        alpha = np.asarray(cv2.GaussianBlur(alpha, (0, 0), coat.soft_px), np.float32)
    strands = _strands(alpha, coat, random)
    height, width = alpha.shape
    size = (width, height)
    bare = 1 - alpha  # what light falls through
    shade = np.full((_OVER * height, _OVER * width), 128, np.uint8)
    for group in range(_SHADES):
        covered = np.zeros_like(shade)
        lines = list(strands[group::_SHADES])
        opacity = int(255 * random.uniform(*coat.opacity))
        tone = int(np.clip(random.normal(128, 28), 40, 220))
        cv2.polylines(shade, lines, False, tone, 2, cv2.LINE_8, _SHIFT)
        _draw(covered, lines, opacity, coat)
        roots = [line[: max(2, round(coat.thick * _POINTS))] for line in lines]
        if coat.thick > 0:
            cv2.polylines(covered, roots, False, opacity, 2, cv2.LINE_AA, _SHIFT)
        # Strands of one group hide one another, those of other groups let through what is left: dense fur is solid.
        hair = cv2.resize(covered, size, interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255)
        bare = np.asarray(bare * (1 - hair), np.float32)
    tones = cv2.resize(shade, size, interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(128)
    grown_alpha = np.asarray(1 - bare, np.float32)
    if coat.blur_px > 0:
        grown_alpha = np.asarray(cv2.GaussianBlur(grown_alpha, (0, 0), coat.blur_px), np.float32)
    return grown_alpha, np.asarray(tones, np.float32)


def _draw(canvas: NDArray[np.uint8], lines: list[NDArray[np.int32]], opacity: int, coat: Coat) -> None:
    """Draws strands at the drawing size, narrower piece by piece from root to tip."""
    for piece in range(_POINTS - 1):
        share = 1 - (1 - coat.taper) * piece / (_POINTS - 2)
        thickness = max(1, round(_OVER * coat.width_px * share))
        cv2.polylines(
            canvas, [line[piece : piece + 2] for line in lines], False, opacity, thickness, cv2.LINE_AA, _SHIFT
        )


def _strands(alpha: Floats, coat: Coat, random: np.random.Generator) -> NDArray[np.int32]:
    """(count, points, 2) in OpenCV's fixed-point coordinates at the drawing size."""
    smooth = cv2.GaussianBlur(alpha, (0, 0), 2.0)
    edge = np.argwhere((alpha > 0.3) & (alpha < 0.9))
    if not len(edge):
        return np.zeros((0, _POINTS, 2), np.int32)
    count = int(min(3000, max(1, len(edge) / coat.spacing_px)))
    roots = edge[random.integers(len(edge), size=count)]
    slope_y, slope_x = np.gradient(smooth)
    outward = np.arctan2(-slope_y, -slope_x)[roots[:, 0], roots[:, 1]]
    start = outward + coat.comb + random.normal(0, coat.spread, count)
    lengths = coat.length_px * np.exp(random.normal(0, coat.variety, count))
    curl = coat.curl + random.normal(0, 0.3, count)
    along = np.linspace(0, 1, _POINTS)
    angle = start[:, None] + curl[:, None] * along[None]
    steps = np.stack([np.cos(angle), np.sin(angle)], axis=-1) * (lengths[:, None] / (_POINTS - 1))[..., None]
    points = roots[:, None, ::-1] + random.uniform(-0.5, 0.5, (count, 1, 2)) + np.cumsum(steps, axis=1)
    return np.asarray(np.rint((points + 0.5) * _OVER * 2**_SHIFT), np.int32)
