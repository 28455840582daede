"""Renders shapes with Blender, to be compared with what they were made from.

Needs the package bpy: where it lies apart from this Python's own packages, VOSAPP_BPY names the folder.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vosapp.export.shapes.blender import write_blender
from vosapp.shapes.animated import ShapeClip

HAS_BLENDER = bool(os.environ.get("VOSAPP_BPY")) or importlib.util.find_spec("bpy") is not None

_RENDER = """
import os, sys
sys.path.insert(0, os.environ.get("VOSAPP_BPY", ""))
import bpy

script, folder, width, height, count = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])
exec(compile(open(script, encoding="utf-8").read(), script, "exec"))
scene = bpy.context.scene
scene.use_nodes = True
nodes = scene.node_tree.nodes
nodes.clear()
mask = nodes.new("CompositorNodeMask")
mask.mask = bpy.data.masks[0]
scene.node_tree.links.new(mask.outputs[0], nodes.new("CompositorNodeComposite").inputs[0])
scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage = width, height, 100
scene.render.image_settings.file_format, scene.render.image_settings.color_mode = "PNG", "BW"
scene.view_settings.view_transform = "Raw"
for frame in range(1, count + 1):
    scene.frame_set(frame)
    scene.render.filepath = f"{folder}/{frame:05}.png"
    bpy.ops.render.render(write_still=True)
"""


def rendered(clip: ShapeClip, folder: Path) -> list[NDArray[np.uint8]]:
    """The mask of every frame of a clip's shapes, as Blender draws it: (height, width) each.

    Args:
        clip: to be drawn.
        folder: an empty one for the files.
    """
    script = folder / "shapes.py"
    script.write_text(write_blender(clip), encoding="utf-8")
    size = [str(clip.width), str(clip.height), str(clip.frame_count)]
    words = [sys.executable, "-c", _RENDER, str(script), str(folder), *size]
    subprocess.run(words, check=True, capture_output=True, timeout=1800)
    return [cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) for path in sorted(folder.glob("*.png"))]
