"""What is done with the mouse, a pen or a held key, for the F1 sheet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gesture:
    """A thing done with the mouse, pen or a held key, for the F1 sheet."""

    keys: str
    text: str
    group: str


GESTURES: tuple[Gesture, ...] = (
    Gesture("Drag", "Paint with the brush or eraser", "Tools"),
    Gesture("Alt or right drag", "Swap brush and eraser", "Tools"),
    Gesture("Pen's other end", "Erase", "Tools"),
    Gesture("Shift + click", "Straight line from the last stroke", "Tools"),
    Gesture("Ctrl + drag", "Brush size; up and down: softness", "Tools"),
    Gesture("Click, Enter", "Set polygon corners, close", "Tools"),
    Gesture("Alt + shape", "Take away", "Tools"),
    Gesture("Alt + Shift + shape", "Leave only what is inside", "Tools"),
    Gesture("Drag a point", "Change a shape, also afterwards", "Tools"),
    Gesture("Ctrl + drag the line", "Add a point, move a lasso's", "Tools"),
    Gesture("Ctrl + Alt + click", "Take the point out", "Tools"),
    Gesture("Click, Alt + click", "Select: on the object, on what is not", "Tools"),
    Gesture("Drag", "Select: a box around the object", "Tools"),
    Gesture("Shift + drag", "Select: a stroke along the object", "Tools"),
    Gesture("Drag, Alt + drag", "Scribble: missing, too much", "Tools"),
    Gesture("Click, Alt + click", "Fill a hole, remove a part", "Tools"),
    Gesture("Right click", "Menu of what can be done", "Tools"),
    Gesture("Shift + drag", "Transform: straight, in steps", "Tools"),
    Gesture("Click outline", "Choose a suggested object", "Object"),
    Gesture("Wheel", "Zoom at the pointer", "View"),
    Gesture("Space + drag", "Move the picture", "View"),
    Gesture("Middle drag", "Move the picture", "View"),
    Gesture("Drag the line", "Move the wipe", "View"),
    Gesture("Hold `", "Peek at the source", "View"),
    Gesture("Drag timeline", "Scrub", "Playback"),
    Gesture("Drag an anchor", "Move it to another frame", "Playback"),
    Gesture("Ctrl + wheel", "Zoom the timeline", "Playback"),
)
