"""The note beside every export: what the files are, what they were made from, and which frames had no mask."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vosapp import __version__
from vosapp.export.place.earlier import KIND
from vosapp.export.preflight import Preflight
from vosapp.export.raster import Raster
from vosapp.export.recipe import Recipe


def manifest_of(
    recipe: Recipe, found: Preflight, *, written: Sequence[int], damaged: Sequence[int], raster: Raster
) -> dict[str, Any]:
    """The content of a manifest but for the files.

    Args:
        recipe: what was asked for.
        found: what the look over found.
        written: indices of the frames that were written.
        damaged: those of them whose picture is damaged in the clip.
        raster: the grid of the files.
    """
    clip, facts = found.clip, recipe.format.facts
    number = clip.first_number
    return {
        "kind": KIND,
        "program": f"vosapp {__version__}",
        "complete": True,
        "format": recipe.format.value,
        "alpha": recipe.alpha.value,
        "depth": facts.depth,
        "range": facts.value_range,
        "clip": {"name": Path(clip.path).name, "frames": clip.frame_count, "sample_digest": clip.sample_digest},
        "height": raster.size[0],
        "width": raster.size[1],
        "pixel_aspect": f"{raster.pixel_aspect.numerator}:{raster.pixel_aspect.denominator}",
        "timing": recipe.timing.value,
        "rate": f"{clip.rate.numerator}/{clip.rate.denominator}",
        "first_frame": written[0] + number,
        "last_frame": written[-1] + number,
        "frame_count": len(written),
        "objects": [{"id": item.id, "name": item.name} for item in found.objects],
        "frames_without_mask": {
            str(object_id): [[r.first + number, r.last + number] for r in ranges]
            for object_id, ranges in found.missing.items()
        },
        "damaged_frames": [frame + number for frame in damaged],
    }
