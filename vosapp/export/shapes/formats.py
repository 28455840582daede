"""SHAPE_FORMATS: the programs that shapes can be written for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vosapp.export.shapes.after_effects import write_after_effects
from vosapp.export.shapes.blender import write_blender
from vosapp.export.shapes.fusion import write_fusion
from vosapp.export.shapes.mlt import write_mlt
from vosapp.export.shapes.nuke import write_nuke
from vosapp.export.shapes.silhouette import write_silhouette
from vosapp.export.shapes.svg import write_svg
from vosapp.shapes.animated import ShapeClip


@dataclass(frozen=True, slots=True)
class ShapeFormat:
    """One kind of file.

    Attributes:
        name: as on the command line.
        title: the programs that it is for.
        suffix: of the file.
        write: makes the file's text; None for SVG, which has a file for each frame.
    """

    name: str
    title: str
    suffix: str
    write: Callable[[ShapeClip], str] | None


SHAPE_FORMATS = (
    ShapeFormat("mlt", "Kdenlive, Shotcut (MLT)", ".mlt", write_mlt),
    ShapeFormat("blender", "Blender", ".py", write_blender),
    ShapeFormat("nuke", "Nuke", ".py", write_nuke),
    ShapeFormat("after-effects", "After Effects", ".jsx", write_after_effects),
    ShapeFormat("fusion", "Fusion, Resolve", ".setting", write_fusion),
    ShapeFormat("silhouette", "Silhouette", ".fxs", write_silhouette),
    ShapeFormat("svg", "SVG, a file for each frame", ".svg", None),
)


def shape_format(name: str) -> ShapeFormat:
    """The format of a name in `SHAPE_FORMATS`."""
    return next(one for one in SHAPE_FORMATS if one.name == name)


def texts_of(wanted: ShapeFormat, clip: ShapeClip) -> dict[int | None, str]:
    """The files of a format: text by frame index, or one text under None."""
    if wanted.write is not None:
        return {None: wanted.write(clip)}
    return {frame: write_svg(clip, frame) for frame in range(clip.frame_count)}
