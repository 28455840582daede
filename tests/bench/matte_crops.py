"""`python -m tests.bench.matte_crops [FILE]`: edges at 400 %, as docs/quality.md shows them.

Each row is a place of the demo shot's edge; from left to right: picture, binary mask, best feather, *fast*, where the
refiner has weights *quality*, and the truth.
"""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from tests.bench.bench_mattes import blurred
from vosapp.core.document import MatteSettings
from vosapp.data.demo.shot import frames
from vosapp.matte.alpha import alpha_of
from vosapp.matte.refiner import refiner_is_ready

FRAME, SIDE_PX, ZOOM, GAP_PX = 30, 48, 4, 6
HEAD_PX = 24
FEATHER_PX = 1.0  # the best Gaussian of this shot, with hindsight
PAGE = Path(__file__).parents[2] / "docs" / "images" / "matte-crops.png"


def main(path: Path) -> int:
    """Renders the page."""
    frame = next(islice(frames(), FRAME, None))
    alphas = {
        "binary": 255 * frame.mask.astype(np.uint8),
        "best feather": np.round(255 * blurred(frame.mask, FEATHER_PX)).astype(np.uint8),
        "fast": alpha_of(frame.mask, MatteSettings(edge="fast"), frame.rgb),
    }
    if refiner_is_ready():
        alphas["quality"] = alpha_of(frame.mask, MatteSettings(edge="quality"), frame.rgb)
    alphas["truth"] = np.round(255 * frame.alpha).astype(np.uint8)
    columns = {"picture": frame.rgb} | {name: np.repeat(alpha[..., None], 3, axis=2) for name, alpha in alphas.items()}
    rows = [np.hstack([_zoomed(picture[place]) for picture in columns.values()]) for place in places(frame.alpha)]
    page = np.vstack([_heads(list(columns)), *rows])
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), page[..., ::-1])
    print(f"{path}: {', '.join(columns)}")
    return 0


def places(alpha: np.ndarray) -> list[tuple[slice, slice]]:
    """The left, upper and right ends of the object: squares around where its edge is."""
    rows, columns = np.nonzero((alpha > 0.3) & (alpha < 0.7))
    ends = (np.argmin(columns), np.argmin(rows), np.argmax(columns), np.argmax(rows))
    found = []
    for end in ends:
        top = int(np.clip(rows[end] - SIDE_PX // 2, 0, alpha.shape[0] - SIDE_PX))
        left = int(np.clip(columns[end] - SIDE_PX // 2, 0, alpha.shape[1] - SIDE_PX))
        found.append((slice(top, top + SIDE_PX), slice(left, left + SIDE_PX)))
    return found


def _zoomed(picture: np.ndarray) -> np.ndarray:
    large = cv2.resize(picture, None, fx=ZOOM, fy=ZOOM, interpolation=cv2.INTER_NEAREST)
    return cv2.copyMakeBorder(large, 0, GAP_PX, 0, GAP_PX, cv2.BORDER_CONSTANT, value=(40, 40, 40))


def _heads(names: list[str]) -> np.ndarray:
    cells = []
    for name in names:
        cell = np.full((HEAD_PX, SIDE_PX * ZOOM + GAP_PX, 3), 40, np.uint8)
        cv2.putText(cell, name, (6, 17), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (230, 230, 230), 1, cv2.LINE_AA)
        cells.append(cell)
    return np.hstack(cells)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else PAGE))
