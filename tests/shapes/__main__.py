"""Prints how shapes meet the true masks of clips: `python -m tests.shapes demo blackswan libby`.

For each clip: shapes, points and keyframes of the longest shape, J and the share of the outline within the tolerance
and half a pixel, of our own drawing of the shapes, and of MLT's and Blender's
where `melt` and the package bpy are installed.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import numpy as np

from tests.shapes import blender
from tests.shapes.melt import MELT, rendered
from tests.shared import shared_dir
from vosapp.core.mask import BoolImage
from vosapp.data.demo.files import demo_mask
from vosapp.data.demo.shot import FRAME_COUNT
from vosapp.evaluation.datasets import open_dataset
from vosapp.export.shapes.job import LEAST_AREA_PX
from vosapp.shapes.animated import AnimatedShape, ObjectShapes, ShapeClip, coverage
from vosapp.shapes.fitting import fit_part
from vosapp.shapes.outline import distance_map, outlines
from vosapp.shapes.parts import parts_of


def masks_of(name: str) -> list[BoolImage]:
    """The true masks of a clip's first object."""
    if name == "demo":
        return [demo_mask(index) for index in range(FRAME_COUNT)]
    clip = open_dataset(str(shared_dir("clips"))).only([name]).clips[0]
    first = clip.objects[0].id
    return [np.asarray(clip.truth(index)[first], np.bool_) for index in clip.annotated]


def near(drawn: BoolImage, mask: BoolImage, tolerance_px: float) -> float:
    """The share of a mask's outline that lies within a distance of another's."""
    maps = [distance_map(line.points) for line in outlines(drawn)]
    points = np.vstack([line.points for line in outlines(mask)])
    if not maps:
        return 0.0
    return float(np.mean(np.min([one.at(points) for one in maps], axis=0) <= tolerance_px + 0.5))


def scores(drawn: list[BoolImage], masks: list[BoolImage], tolerance_px: float) -> str:
    """J and share within the tolerance, over frames where there is something."""
    pairs = [(one, mask) for one, mask in zip(drawn, masks, strict=True) if mask.any()]
    overlaps = [np.count_nonzero(a & b) / np.count_nonzero(a | b) for a, b in pairs]
    return f"{np.mean(overlaps):.3f} | {np.mean([near(a, b, tolerance_px) for a, b in pairs]):.1%}"


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clips", nargs="+")
    parser.add_argument("--tolerance", type=float, default=2.0)
    arguments = parser.parse_args()
    longest_facts = "longest: frames, points, keyframes"
    print(f"| clip | frames | shapes | {longest_facts} | J | within | J in melt | within | J in Blender | within | s |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for name in arguments.clips:
        masks = masks_of(name)
        began = time.perf_counter()
        shapes: list[AnimatedShape] = []
        for part in parts_of(((i, mask) for i, mask in enumerate(masks) if mask.any()), LEAST_AREA_PX):
            shapes += fit_part(part, arguments.tolerance)
        seconds = time.perf_counter() - began
        shapes.sort(key=lambda shape: shape.is_hole)
        longest = max(shapes, key=lambda shape: (shape.last - shape.first, shape.point_count))
        ours = [coverage(shapes, i, mask.shape) >= 0.5 for i, mask in enumerate(masks)]
        height, width = masks[0].shape
        objects = [ObjectShapes(name, (255, 0, 0), shapes)]
        clip = ShapeClip(name, height, width, Fraction(1), Fraction(24), 0, len(masks), objects)
        drawn = [scores(ours, masks, arguments.tolerance)]
        for draw, is_there in ((rendered, MELT is not None), (blender.rendered, blender.HAS_BLENDER)):
            if not is_there:
                drawn.append("not installed | ")
                continue
            with tempfile.TemporaryDirectory() as folder:
                drawn.append(scores([a >= 128 for a in draw(clip, Path(folder))], masks, arguments.tolerance))
        print(
            f"| {name} | {len(masks)} | {len(shapes)} | {longest.last - longest.first + 1}, {longest.point_count}, "
            f"{len(longest.keys)} | {' | '.join(drawn)} | {seconds:.1f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
