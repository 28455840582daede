"""Shapes for Fusion and Resolve: PolylineMask tools as text, to be pasted into the node graph.

Points from the centre in shares of width and height, y up; handles relative to their point.
"""

from __future__ import annotations

from vosapp.shapes.animated import AnimatedShape, ShapeClip
from vosapp.shapes.bezier import Path


def write_fusion(clip: ShapeClip) -> str:
    """Text of tools (.setting). The shapes of an object are a chain: each mask goes on from the one before."""
    tools = []
    for item_number, item in enumerate(clip.objects, start=1):
        before = ""
        for number, shape in enumerate(item.shapes, start=1):
            name = f"Object{item_number}Mask{number}"
            tools.append(_mask(clip, shape, name, before, item.feather_px / clip.width))
            tools.append(_spline(clip, shape, f"{name}Polyline"))
            before = name
    return "{\n\tTools = ordered() {\n" + ",\n".join(tools) + "\n\t}\n}\n"


def _mask(clip: ShapeClip, shape: AnimatedShape, name: str, before: str, softness: float) -> str:
    first, last = shape.first + clip.first_number, shape.last + clip.first_number
    inputs = [
        f'PaintMode = Input {{ Value = FuID {{ "{"Subtract" if shape.is_hole else "Merge"}" }}, }}',
        f"MaskWidth = Input {{ Value = {clip.width}, }}",
        f"MaskHeight = Input {{ Value = {clip.height}, }}",
        f"PixelAspect = Input {{ Value = {{ {float(clip.pixel_aspect):.6f}, 1 }}, }}",
        f"SoftEdge = Input {{ Value = {softness / 2:.6f}, }}",
        f'Polyline = Input {{ SourceOp = "{name}Polyline", Source = "Value", }}',
    ]
    if before:
        inputs.append(f'EffectMask = Input {{ SourceOp = "{before}", Source = "Mask", }}')
    region = f"EnabledRegion = TimeRegion {{ {{ Start = {first}, End = {last} }} }},"
    body = ",\n\t\t\t\t".join(inputs)
    return f"\t\t{name} = PolylineMask {{\n\t\t\t{region}\n\t\t\tInputs = {{\n\t\t\t\t{body},\n\t\t\t}},\n\t\t}}"


def _spline(clip: ShapeClip, shape: AnimatedShape, name: str) -> str:
    keys = ",\n".join(
        f"\t\t\t\t[{frame + clip.first_number}] = {{ {number}, Flags = {{ Linear = true, LockedY = true }}, "
        f"Value = Polyline {{ Closed = true, Points = {{ {_points(clip, path)} }} }} }}"
        for number, (frame, path) in enumerate(sorted(shape.keys.items()))
    )
    return f"\t\t{name} = BezierSpline {{\n\t\t\tKeyFrames = {{\n{keys},\n\t\t\t}},\n\t\t}}"


def _points(clip: ShapeClip, path: Path) -> str:
    shares = (path / (clip.width, clip.height) - 0.5) * (1, -1)
    return ", ".join(
        "{ "
        f"X = {point[0]:.6f}, Y = {point[1]:.6f}, LX = {into[0]:.6f}, LY = {into[1]:.6f}, "
        f"RX = {out[0]:.6f}, RY = {out[1]:.6f} "
        "}"
        for into, point, out in zip(shares[:, 0] - shares[:, 1], shares[:, 1], shares[:, 2] - shares[:, 1], strict=True)
    )
