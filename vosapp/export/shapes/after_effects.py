"""Shapes for After Effects: an ExtendScript that puts animated masks on the selected layer.

Points in pixels of the layer with y down; tangents relative to their point; keys interpolate linearly.
"""

from __future__ import annotations

import json

import numpy as np

from vosapp.shapes.animated import AnimatedShape, ShapeClip
from vosapp.shapes.bezier import Path

_SCRIPT = """// Masks of {title}.
// Select the layer of the clip ({width} x {height}), then File > Scripts > Run Script File.
(function () {{
    var comp = app.project.activeItem;
    if (!(comp instanceof CompItem) || comp.selectedLayers.length !== 1) {{
        alert("Open the composition and select one layer: that of the clip.");
        return;
    }}
    var layer = comp.selectedLayers[0];
    var rate = {rate};
    var masks = {masks};
    function shapeOf(key) {{
        var shape = new Shape();
        shape.vertices = key[1];
        shape.inTangents = key[2];
        shape.outTangents = key[3];
        shape.closed = true;
        return shape;
    }}
    app.beginUndoGroup("Import masks");
    for (var m = 0; m < masks.length; m++) {{
        var wanted = masks[m];
        var mask = layer.Masks.addProperty("Mask");
        mask.name = wanted.name;
        mask.color = wanted.color;
        mask.maskMode = wanted.hole ? MaskMode.SUBTRACT : MaskMode.ADD;
        mask.property("Mask Feather").setValue([wanted.feather, wanted.feather]);
        var path = mask.property("Mask Path");
        var times = [];
        var shapes = [];
        for (var k = 0; k < wanted.keys.length; k++) {{
            times.push(layer.startTime + wanted.keys[k][0] / rate);
            shapes.push(shapeOf(wanted.keys[k]));
        }}
        path.setValuesAtTimes(times, shapes);
        for (var i = 1; i <= path.numKeys; i++) {{
            path.setInterpolationTypeAtKey(i, KeyframeInterpolationType.LINEAR, KeyframeInterpolationType.LINEAR);
        }}
        var opacity = mask.property("Mask Opacity");
        for (var o = 0; o < wanted.opacity.length; o++) {{
            opacity.setValueAtTime(layer.startTime + wanted.opacity[o][0] / rate, wanted.opacity[o][1]);
            opacity.setInterpolationTypeAtKey(opacity.nearestKeyIndex(layer.startTime + wanted.opacity[o][0] / rate),
                KeyframeInterpolationType.HOLD, KeyframeInterpolationType.HOLD);
        }}
    }}
    app.endUndoGroup();
}})();
"""


def write_after_effects(clip: ShapeClip) -> str:
    """An ExtendScript (.jsx)."""
    masks = [
        {
            "name": f"{item.name} {number}",
            "color": [round(value / 255, 4) for value in item.colour],
            "hole": shape.is_hole,
            "feather": item.feather_px,
            "keys": [_key(frame, path) for frame, path in sorted(shape.keys.items())],
            "opacity": visibility_keys(shape, clip.frame_count),
        }
        for item in clip.objects
        for number, shape in enumerate(item.shapes, start=1)
    ]
    return _SCRIPT.format(
        title=_comment(clip.name),
        width=clip.width,
        height=clip.height,
        rate=f"{clip.rate.numerator} / {clip.rate.denominator}",
        masks=json.dumps(masks, ensure_ascii=True),
    )


def visibility_keys(shape: AnimatedShape, frame_count: int) -> list[tuple[int, int]]:
    """Opacity in percent by frame, held until the next: only where the shape is not there all the time."""
    keys = [(0, 0)] if shape.first > 0 else []
    if keys or shape.last < frame_count - 1:
        keys.append((shape.first, 100))
    if shape.last < frame_count - 1:
        keys.append((shape.last + 1, 0))
    return keys


def _key(frame: int, path: Path) -> list[object]:
    into, out = path[:, 0] - path[:, 1], path[:, 2] - path[:, 1]
    return [frame, *(np.round(values, 3).tolist() for values in (path[:, 1], into, out))]


def _comment(text: str) -> str:
    """A name that cannot end the comment that it stands in."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
