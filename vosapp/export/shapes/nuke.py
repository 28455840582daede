"""Shapes for Nuke: a Python script that makes a Roto node for each object, and one that cuts out its holes.

Points in pixels with y up, tangents relative to their point.
"""

from __future__ import annotations

import json

import numpy as np

from vosapp.export.shapes.after_effects import visibility_keys
from vosapp.shapes.animated import AnimatedShape, ShapeClip

_SCRIPT = '''"""Makes Roto nodes. In Nuke: File > Run Script, or paste into the script editor."""
import json

import nuke
import nuke.rotopaint as rotopaint

OBJECTS = json.loads({objects!r})


def add_shape(root, curves, wanted):
    shape = rotopaint.Shape(curves)
    shape.name = wanted["name"]
    for index in range(len(wanted["keys"][0][1])):
        point = rotopaint.ShapeControlPoint()
        for frame, points in wanted["keys"]:
            for attribute, at in zip(("leftTangent", "center", "rightTangent"), points[index]):
                getattr(point, attribute).addPositionKey(frame, tuple(at))
                feather = {{"center": "featherCenter", "leftTangent": "featherLeftTangent",
                           "rightTangent": "featherRightTangent"}}[attribute]
                getattr(point, feather).addPositionKey(frame, (0.0, 0.0) if attribute == "center" else tuple(at))
        shape.append(point)
    attributes = shape.getAttributes()
    for frame, opacity in wanted["opacity"]:
        attributes.addKey(frame, "opc", opacity / 100.0)
    root.append(shape)


def make_roto(name, label, shapes):
    node = nuke.createNode("Roto", inpanel=False)
    node.setName(name, uncollide=True)
    node["label"].setValue(label)
    knob = node["curves"]
    for wanted in shapes:
        add_shape(knob.rootLayer, knob, wanted)
    knob.changed()
    return node


for item in OBJECTS:
    solids = make_roto(item["node"], item["label"], [one for one in item["shapes"] if not one["hole"]])
    holes = [one for one in item["shapes"] if one["hole"]]
    if holes:
        for node in nuke.selectedNodes():
            node.setSelected(False)
        cut = make_roto(item["node"] + "_holes", item["label"] + ": holes", holes)
        merge = nuke.nodes.Merge2(operation="stencil")
        merge.setInput(0, solids)
        merge.setInput(1, cut)
'''


def write_nuke(clip: ShapeClip) -> str:
    """A Python script (.py). Frames bear the clip's own numbers."""
    objects = [
        {
            "node": "Roto_" + "".join(c if c.isascii() and c.isalnum() else "_" for c in item.name),
            "label": item.name,
            "shapes": [_shape(clip, shape, number) for number, shape in enumerate(item.shapes, start=1)],
        }
        for item in clip.objects
    ]
    return _SCRIPT.format(objects=json.dumps(objects))


def _shape(clip: ShapeClip, shape: AnimatedShape, number: int) -> dict[str, object]:
    keys = []
    for frame, path in sorted(shape.keys.items()):
        up = path * (1, -1) + (0, clip.height)
        relative = np.stack([up[:, 0] - up[:, 1], up[:, 1], up[:, 2] - up[:, 1]], axis=1)
        keys.append([frame + clip.first_number, relative.round(3).tolist()])
    opacity: list[list[int]] = []
    for frame, value in visibility_keys(shape, clip.frame_count):
        if opacity and frame - 1 + clip.first_number > opacity[-1][0]:
            opacity.append([frame - 1 + clip.first_number, opacity[-1][1]])  # keys are joined by ramps: hold until then
        opacity.append([frame + clip.first_number, value])
    return {"name": f"shape{number}", "hole": shape.is_hole, "keys": keys, "opacity": opacity}
