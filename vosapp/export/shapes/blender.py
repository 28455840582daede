"""Shapes for Blender: a Python script that makes a mask with animated splines.

Blender counts 0..1 along the longer side of the picture, centred on the shorter one, y up. Shape keys are set with
the operator of the image editor, since Python has no other way to them; the script borrows an area for that.
"""

from __future__ import annotations

import json

import numpy as np

from vosapp.export.shapes.after_effects import visibility_keys
from vosapp.shapes.animated import AnimatedShape, ShapeClip
from vosapp.shapes.bezier import Path

_SCRIPT = '''"""Makes a mask with animated splines. In Blender: Scripting > Open > Run."""
import json

import bpy

MASK = json.loads({mask!r})


def set_points(spline, points):
    for point, (into, at, out) in zip(spline.points, points):
        point.co = at
        point.handle_left_type = point.handle_right_type = "FREE"
        point.handle_left = into
        point.handle_right = out
        point.select = True


def insert_shape_key(mask):
    window = bpy.context.window or bpy.context.window_manager.windows[0]
    area = window.screen.areas[0]
    former = area.type
    area.type = "IMAGE_EDITOR"
    area.spaces.active.mode = "MASK"
    area.spaces.active.mask = mask
    region = next(region for region in area.regions if region.type == "WINDOW")
    with bpy.context.temp_override(window=window, area=area, region=region):
        bpy.ops.mask.shape_key_insert()
    area.type = former


scene = bpy.context.scene
mask = bpy.data.masks.new(MASK["name"])
mask.frame_start, mask.frame_end = MASK["start"], MASK["end"]
for wanted in MASK["shapes"]:
    for other in mask.layers:
        other.select = False
    layer = mask.layers.new(name=wanted["name"])
    layer.blend = "SUBTRACT" if wanted["hole"] else "MERGE_ADD"
    layer.falloff = "LINEAR"
    mask.active_layer_index = len(mask.layers) - 1
    spline = layer.splines.new()
    spline.use_cyclic = True
    spline.points.add(len(wanted["keys"][0][1]) - len(spline.points))
    for other in mask.layers:  # keys go to every layer that can be selected, and only where points are
        other.hide_select = other != layer
    layer.select = True
    for frame, points in wanted["keys"]:
        scene.frame_set(frame)  # before the points: it puts them where the keys so far have them
        set_points(spline, points)
        insert_shape_key(mask)
    for frame, opacity in wanted["opacity"]:
        layer.alpha = opacity / 100
        layer.keyframe_insert("alpha", frame=frame)
for layer in mask.layers:
    layer.hide_select = False
if mask.animation_data and mask.animation_data.action:
    for curve in mask.animation_data.action.fcurves:
        for key in curve.keyframe_points:
            key.interpolation = "CONSTANT"
'''


def write_blender(clip: ShapeClip) -> str:
    """A Python script for Blender 3.2 or newer. Frames begin with 1, as Blender's do."""
    mask = {
        "name": clip.name,
        "start": 1,
        "end": clip.frame_count,
        "shapes": [
            _shape(clip, shape, f"{item.name} {number}")
            for item in clip.objects
            for number, shape in enumerate(item.shapes, start=1)
        ],
    }
    return _SCRIPT.format(mask=json.dumps(mask))


def _shape(clip: ShapeClip, shape: AnimatedShape, name: str) -> dict[str, object]:
    return {
        "name": name,
        "hole": shape.is_hole,
        "keys": [[frame + 1, _points(clip, path)] for frame, path in sorted(shape.keys.items())],
        "opacity": [[frame + 1, value] for frame, value in visibility_keys(shape, clip.frame_count)],
    }


def _points(clip: ShapeClip, path: Path) -> list[list[list[float]]]:
    longer = max(clip.width, clip.height)
    centred = (path - (clip.width / 2, clip.height / 2)) / longer * (1, -1) + 0.5
    return [[[float(x), float(y)] for x, y in np.round(point, 6)] for point in centred]
