"""Shapes as SVG: one document a frame, each object one path with even-odd filling."""

from __future__ import annotations

from xml.etree import ElementTree

from vosapp.shapes.animated import ShapeClip
from vosapp.shapes.bezier import Path


def write_svg(clip: ShapeClip, frame_index: int) -> str:
    """An SVG document of the clip's size. A path goes through pixels with y down."""
    size = {"width": str(clip.width), "height": str(clip.height), "viewBox": f"0 0 {clip.width} {clip.height}"}
    root = ElementTree.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", **size})
    for item in reversed(clip.objects):  # later ones are painted over earlier ones
        data = " ".join(_path(shape.at(frame_index)) for shape in item.shapes if shape.is_visible(frame_index))
        if data:
            colour = "#{:02x}{:02x}{:02x}".format(*item.colour)
            path = ElementTree.SubElement(root, "path", {"fill": colour, "fill-rule": "evenodd", "d": data})
            ElementTree.SubElement(path, "title").text = item.name
    ElementTree.indent(root, " ")
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _path(path: Path) -> str:
    begin = "M{:.2f} {:.2f}".format(*path[0, 1])
    count = len(path)
    curves = (
        "C{:.2f} {:.2f} {:.2f} {:.2f} {:.2f} {:.2f}".format(
            *path[i, 2], *path[(i + 1) % count, 0], *path[(i + 1) % count, 1]
        )
        for i in range(count)
    )
    return " ".join([begin, *curves, "Z"])
