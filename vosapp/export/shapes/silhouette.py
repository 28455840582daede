"""Shapes for Silhouette: an .fxs file.

Points as ((x - width/2) / height * pixel aspect, (y - height/2) / height), y down, handles relative to their point.
"""

from __future__ import annotations

from xml.etree import ElementTree

from vosapp.export.shapes.after_effects import visibility_keys
from vosapp.shapes.animated import AnimatedShape, ObjectShapes, ShapeClip
from vosapp.shapes.bezier import Path


def write_silhouette(clip: ShapeClip) -> str:
    """An .fxs document (XML)."""
    root = ElementTree.Element(
        "Silhouette",
        {
            "width": str(clip.width),
            "height": str(clip.height),
            "workRangeStart": "0",
            "workRangeEnd": str(clip.frame_count - 1),
            "sessionStartFrame": str(clip.first_number),
        },
    )
    for item in clip.objects:
        for number, shape in enumerate(item.shapes, start=1):
            _add_shape(root, clip, item, shape, f"{item.name} {number}")
    ElementTree.indent(root, " ")
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _add_shape(
    root: ElementTree.Element, clip: ShapeClip, item: ObjectShapes, shape: AnimatedShape, label: str
) -> None:
    element = ElementTree.SubElement(root, "Shape", {"type": "Shape", "label": label, "shape_type": "Bezier"})
    properties = ElementTree.SubElement(element, "Properties")
    mode = ElementTree.SubElement(properties, "Property", {"id": "mode", "constant": "True"})
    ElementTree.SubElement(mode, "Value").text = "Subtract" if shape.is_hole else "Add"
    colour = ElementTree.SubElement(properties, "Property", {"id": "outlineColor", "constant": "True"})
    ElementTree.SubElement(colour, "Value").text = "({:f},{:f},{:f})".format(*(value / 255 for value in item.colour))
    opacity = ElementTree.SubElement(properties, "Property", {"id": "opacity"})
    for frame, value in visibility_keys(shape, clip.frame_count) or [(0, 100)]:
        ElementTree.SubElement(opacity, "Key", {"frame": str(frame), "interp": "hold"}).text = str(value)
    path_property = ElementTree.SubElement(properties, "Property", {"id": "path"})
    for frame, path in sorted(shape.keys.items()):
        key = ElementTree.SubElement(path_property, "Key", {"frame": str(frame), "interp": "linear"})
        line = ElementTree.SubElement(key, "Path", {"closed": "True", "type": "Bezier"})
        for into, point, out in _points(clip, path):
            text = ",".join("({:f},{:f})".format(*pair) for pair in (point, out, into))
            ElementTree.SubElement(line, "Point").text = text


def _points(clip: ShapeClip, path: Path) -> list[tuple[list[float], list[float], list[float]]]:
    aspect = float(clip.pixel_aspect)
    scaled = (path - (clip.width / 2, clip.height / 2)) / clip.height * (aspect, 1)
    return [
        (list(into - point), list(point), list(out - point))
        for into, point, out in zip(scaled[:, 0], scaled[:, 1], scaled[:, 2], strict=True)
    ]
