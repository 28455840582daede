"""Shapes for MLT (Kdenlive, Shotcut): a project of one white clip whose `rotoscoping` filters draw the shapes.

Each filter holds one shape as JSON: key frame to points of incoming handle, point, outgoing handle, in shares of width
and height with y down. The filter moves points evenly between key frames. Its description counts key frames from the
filter's first frame, its renderer (seen in 7.12) from the clip's: so every filter begins with the clip, and a shape
that is not there yet, or no more, lies outside of the picture.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from xml.etree import ElementTree

from vosapp.shapes.animated import AnimatedShape, ObjectShapes, ShapeClip

_FEATHER_PASSES = 1
_AWAY = 10.0  # pictures to the left and above


def write_mlt(clip: ShapeClip) -> str:
    """An MLT project (XML). Its clip is white where an object is and transparent elsewhere.

    Args:
        clip: its objects' shapes.
    """
    root = ElementTree.Element("mlt", {"title": clip.name})
    display = clip.width * clip.pixel_aspect / clip.height
    ElementTree.SubElement(
        root,
        "profile",
        {
            "width": str(clip.width),
            "height": str(clip.height),
            "progressive": "1",
            "sample_aspect_num": str(clip.pixel_aspect.numerator),
            "sample_aspect_den": str(clip.pixel_aspect.denominator),
            "display_aspect_num": str(display.numerator),
            "display_aspect_den": str(display.denominator),
            "frame_rate_num": str(clip.rate.numerator),
            "frame_rate_den": str(clip.rate.denominator),
            "colorspace": "709",
        },
    )
    last = str(clip.frame_count - 1)
    producer = ElementTree.SubElement(root, "producer", {"id": "shapes", "in": "0", "out": last})
    _properties(producer, {"length": str(clip.frame_count), "resource": "#ffffffff", "mlt_service": "color"})
    # Everything is transparent until a shape says otherwise.
    clear = ElementTree.SubElement(producer, "filter", {"in": "0", "out": last})
    _properties(clear, {"mlt_service": "brightness", "level": "1", "alpha": "0"})
    for item, shape in _shapes(clip):
        found = ElementTree.SubElement(producer, "filter", {"in": "0", "out": last})
        _properties(
            found,
            {
                "mlt_service": "rotoscoping",
                "mode": "alpha",
                "alpha_operation": "sub" if shape.is_hole else "max",
                "feather": str(round(item.feather_px / 2)),
                "feather_passes": str(_FEATHER_PASSES),
                "invert": "0",
                "spline": spline(clip, shape),
            },
        )
    ElementTree.indent(root, " ")
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def spline(clip: ShapeClip, shape: AnimatedShape) -> str:
    """The property `spline` of a `rotoscoping` filter that begins with the clip."""
    keys = {frame: path / (clip.width, clip.height) for frame, path in shape.keys.items()}
    for frame, end in ((shape.first - 1, shape.first), (shape.last + 1, shape.last)):
        if 0 <= frame < clip.frame_count:
            keys[frame] = shape.at(end) / (clip.width, clip.height) - _AWAY
    texts = {str(frame): path.round(6).tolist() for frame, path in sorted(keys.items())}
    return json.dumps(texts, separators=(",", ":"))


def _shapes(clip: ShapeClip) -> Iterator[tuple[ObjectShapes, AnimatedShape]]:
    for item in clip.objects:
        for shape in item.shapes:
            yield item, shape


def _properties(parent: ElementTree.Element, values: dict[str, str]) -> None:
    for name, value in values.items():
        ElementTree.SubElement(parent, "property", {"name": name}).text = value
