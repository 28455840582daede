"""Signs that a mask leaked into something else, seen from masks and pictures alone, whatever the engine.

A network that follows a look-alike is often sure of it. What then shows is a part that was not there before, an area,
centre or colour that jumps, or two directions that disagree. The constants are measured by
`python -m tests.bench.bench_leaks`; docs/quality.md has the table.
"""

from __future__ import annotations

import enum
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vosapp.core.document import ObjectId
from vosapp.core.mask import BoolImage, bounding_box
from vosapp.video.source import RgbImage

SIGN_DOUBT = 0.6  # doubt of a mask with a sign: above what counts as doubtful, below a lost object
_SIDE_PX = 256  # masks are looked at so large at most
_SMALLEST_PX = 60  # pixels under which an object says too little, as looked at
_PART = 0.12  # share of the usual area that a new part must have
_GROWTH = 1.45  # area over that of some frames before, beyond the growth that the object had already
_BEYOND = 1.15  # area over the largest of late: what comes out from behind something only regains its own
_LOSS = 0.4  # area over that of the last frame
_SHIFT = 0.3  # of the object's side that its centre may leave its course in a frame
_COLOUR = 0.35  # Hellinger distance of colour histograms from frame to frame
_DISAGREEMENT = 0.5  # doubt from which two directions are said to disagree
_LOOKED_BACK = 4  # frames that a growth of area is measured over
_KEPT_AREAS = 24  # frames
_BINS = 6


class Sign(enum.Enum):
    """Why a mask is doubtful. The words are made in `vosapp.presentation.text.doubt_words`."""

    NEW_PART = "new part"
    AREA = "area"
    CENTRE = "centre"
    COLOUR = "colour"
    DIRECTIONS = "directions"


@dataclass(slots=True)
class _Before:
    """One object on the frames before.

    Attributes:
        mask: (h, w) as looked at.
        centres: (x, y) of the last two frames, in pixels as looked at.
        areas: of the last frames, oldest first.
        colours: histogram of the last frame, sums to 1.
    """

    mask: BoolImage
    centres: list[NDArray[np.float64]]
    areas: deque[int] = field(default_factory=lambda: deque(maxlen=_KEPT_AREAS))
    colours: NDArray[np.float64] | None = None


class LeakSigns:
    """Follows the masks of one pass and names the signs of a leak on each. Keeps a small mask for each object."""

    def __init__(self) -> None:
        self._before: dict[ObjectId, _Before] = {}

    def forget(self, object_ids: Collection[ObjectId]) -> None:
        for object_id in object_ids:
            self._before.pop(object_id, None)

    def look(self, object_id: ObjectId, rgb: RgbImage, mask: BoolImage, *, is_given: bool) -> tuple[Sign, ...]:
        """The signs on the next frame of the pass; none on a given mask, from which the object is followed anew.

        Args:
            object_id: of the object.
            rgb: (height, width, 3) uint8.
            mask: (height, width).
            is_given: whether the mask is an anchor's.
        """
        small, picture = _small(mask, rgb)
        before = None if is_given else self._before.get(object_id)
        area = int(np.count_nonzero(small))
        if area < _SMALLEST_PX:
            self._before.pop(object_id, None)  # too small to say anything, or gone
            return ()
        centre, colours = _centre(small), _colours(picture, small)
        if before is None or before.mask.shape != small.shape:
            self._before[object_id] = _Before(small, [centre], deque([area], _KEPT_AREAS), colours)
            return ()
        signs = _signs(before, small, centre, colours)
        before.mask, before.colours = small, colours
        before.centres = [before.centres[-1], centre]
        before.areas.append(area)
        return signs


def directions_disagree(disagreement: float) -> tuple[Sign, ...]:
    """The sign of two passes that blend, from their disagreement 0..1."""
    return (Sign.DIRECTIONS,) if disagreement >= _DISAGREEMENT else ()


def _signs(
    before: _Before, mask: BoolImage, centre: NDArray[np.float64], colours: NDArray[np.float64]
) -> tuple[Sign, ...]:
    area, usual = int(np.count_nonzero(mask)), float(np.median(list(before.areas)[-_LOOKED_BACK:]))
    side = usual**0.5
    at_border = _touches_border(mask) or _touches_border(before.mask)
    found = []
    if _new_part_px(before.mask, mask, side) > _PART * usual:
        found.append(Sign.NEW_PART)
    # an object that enters or leaves the picture changes its area and centre by itself
    if not at_border and _area_jumps(list(before.areas), area):
        found.append(Sign.AREA)
    expected = before.centres[-1] if len(before.centres) < 2 else 2 * before.centres[-1] - before.centres[-2]
    off = min(np.linalg.norm(centre - expected), np.linalg.norm(centre - before.centres[-1]))
    if not at_border and off > _SHIFT * side:
        found.append(Sign.CENTRE)
    if before.colours is not None and _distance(before.colours, colours) > _COLOUR:
        found.append(Sign.COLOUR)
    return tuple(found)


def _area_jumps(before: list[int], area: int) -> bool:
    """Whether an area does not follow from those of the frames before, oldest first."""
    if area < _LOSS * before[-1]:
        return True
    lately = before[-_LOOKED_BACK:]
    course = max(1.0, lately[0] / before[-2 * _LOOKED_BACK :][0])
    return area > _GROWTH * course * lately[0] and area > _BEYOND * max(before)


def _new_part_px(before: BoolImage, mask: BoolImage, side: float) -> int:
    """Pixels of the largest part of a mask that lies apart from where the object was."""
    radius = max(2, round(side / 4))
    import cv2  # not at the top: asking which engines there are loads no OpenCV

    near = cv2.dilate(before.view(np.uint8), np.ones((2 * radius + 1, 2 * radius + 1), np.uint8))
    count, labels, statistics, _ = cv2.connectedComponentsWithStats(mask.view(np.uint8))
    areas = [
        int(statistics[label, cv2.CC_STAT_AREA])
        for label in range(1, count)
        if np.mean(near[labels == label] > 0) < 0.5
    ]
    return max(areas, default=0)


def _small(mask: BoolImage, rgb: RgbImage) -> tuple[BoolImage, RgbImage]:
    """Mask and picture by every n-th pixel, at most `_SIDE_PX` on the longer side."""
    step = -(-max(mask.shape) // _SIDE_PX)
    return np.ascontiguousarray(mask[::step, ::step]), rgb[::step, ::step]


def _centre(mask: BoolImage) -> NDArray[np.float64]:
    rows, columns = np.nonzero(mask)
    return np.array([columns.mean(), rows.mean()], np.float64)


def _colours(rgb: RgbImage, mask: BoolImage) -> NDArray[np.float64]:
    """Histogram of the colours inside, sums to 1."""
    levels = rgb[mask].astype(np.int64) * _BINS // 256
    counts = np.bincount(levels @ np.array([_BINS * _BINS, _BINS, 1]), minlength=_BINS**3).astype(np.float64)
    return np.asarray(counts / counts.sum(), np.float64)


def _distance(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Hellinger distance, 0 to 1."""
    return float(np.sqrt(max(0.0, 1.0 - np.sum(np.sqrt(first * second)))))


def _touches_border(mask: BoolImage) -> bool:
    box = bounding_box(mask)
    return box is not None and (box[0] == 0 or box[1] == 0 or box[2] == mask.shape[1] or box[3] == mask.shape[0])
