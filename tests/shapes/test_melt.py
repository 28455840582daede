"""MLT's renderer draws the shapes that we write where our masks are."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.shapes.melt import MELT, rendered
from vosapp.shapes.animated import AnimatedShape, ObjectShapes, ShapeClip, coverage
from vosapp.shapes.fitting import fit_part
from vosapp.shapes.parts import parts_of

pytestmark = pytest.mark.skipif(MELT is None, reason="melt is not installed (Debian: apt install melt)")


def test_melt_draws_parts_that_come_and_go_and_holes(tmp_path: Path) -> None:
    rows, columns = np.mgrid[:120, :200] + 0.5
    masks = []
    for frame in range(14):
        mask = ((columns - 50 - 4 * frame) / 34) ** 2 + ((rows - 60) / 26) ** 2 <= 1
        if frame >= 5:
            mask &= ~(((columns - 50 - 4 * frame) / 12) ** 2 + ((rows - 60) / 10) ** 2 <= 1)
        if 3 <= frame <= 9:
            mask |= (columns > 170) & (rows > 90)
        masks.append(mask)
    shapes: list[AnimatedShape] = []
    for part in parts_of(enumerate(masks), 20):
        shapes += fit_part(part, 1.0)
    shapes.sort(key=lambda shape: shape.is_hole)
    objects = [ObjectShapes("Ring", (255, 0, 0), shapes)]
    clip = ShapeClip("ring", 120, 200, Fraction(1), Fraction(30000, 1001), 0, 14, objects)
    drawn = rendered(clip, tmp_path)
    assert len(drawn) == 14
    for frame, (alpha, mask) in enumerate(zip(drawn, masks, strict=True)):
        inside = alpha >= 128
        assert np.count_nonzero(inside & mask) / np.count_nonzero(inside | mask) > 0.93, frame
        ours = coverage(shapes, frame, mask.shape) >= 0.5
        assert np.count_nonzero(inside & ours) / np.count_nonzero(inside | ours) > 0.95, frame
