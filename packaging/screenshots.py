"""Renders the pictures of the documentation from the real application on the demo shot, offscreen at a fixed size.

Usage: python packaging/screenshots.py [FOLDER]; the default is docs/images. The masks are the demo shot's true ones, so
that the pictures show the window and do not depend on an engine; they are put in as a run would.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import numpy as np
from PySide6.QtCore import QEventLoop, QTimer

from vosapp.core.document import MatteSettings
from vosapp.core.editor import RunChange
from vosapp.core.mask import Mask
from vosapp.data.demo.files import demo_clip, demo_mask
from vosapp.engine.select.marks import Marks, Stroke
from vosapp.export.formats import ExportFormat
from vosapp.presentation.choices import SuggestChoice
from vosapp.presentation.selection import Selection
from vosapp.presentation.status import WorkStatus
from vosapp.presentation.suggest.networks import ALL
from vosapp.presentation.suggestions import Suggestion, Suggestions
from vosapp.presentation.view_state import Backdrop
from vosapp.ui.app import make_application
from vosapp.ui.workspace import Workspace

SIZE = (1440, 900)
PATIENCE_S = 60
EDITORS: dict[str, dict[str, Any]] = {
    "export": {"format": ExportFormat.PRORES_4444},
    "export-premiere": {"format": ExportFormat.PRORES_422_HQ},
    "export-after-effects": {"format": ExportFormat.TIFF_16},
    "export-final-cut": {"format": ExportFormat.PRORES_4444, "sound": True},
    "export-nuke": {"format": ExportFormat.EXR_LAYERS, "start_number": 1001},
    "export-blender": {"format": ExportFormat.PNG_16},
    "export-kdenlive": {"shapes": "mlt"},
}
SUGGESTED_ON, OTHER_FISH = 20, (684, 160, 206, 118)  # a frame, and (left, top, width, height) on it


def main() -> int:
    """Writes all pictures and returns the exit code."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        os.environ["VOSAPP_DATA_DIR"] = data
        make_application()
        workspace = Workspace()
        workspace.window.resize(*SIZE)
        workspace.window.show()
        try:
            take_pictures(workspace, folder)
        finally:
            workspace.window.close()
            wait(lambda: not workspace.window.isVisible())
    return 0


def take_pictures(workspace: Workspace, folder: Path) -> None:
    """The pictures, in the order of a working session."""
    window, session = workspace.window, workspace.session

    def picture(name: str) -> None:
        settle()
        window.grab().save(str(folder / f"{name}.png"))

    picture("start")
    workspace.files.projects.open_path(demo_clip())
    wait(lambda: session.shot.picture_index == 0)
    wait(lambda: not workspace.editing.cuts.task.is_running)  # its progress would stand in every picture
    suggest(workspace)
    picture("suggest")
    workspace.networks.suggest.discard()
    go(workspace, 0)
    engines = window.propagate.picker
    engines.open_beside(window.propagate.engine_button)
    settle()
    engines.grab().save(str(folder / "engines.png"))
    engines.hide()
    fill(workspace, last=34)
    go(workspace, 20)
    session.set(shot=replace(session.shot, run=WorkStatus("Propagate forward", 34, 84, 8.4, 6.0, "Frame 34")))
    picture("running")
    session.set(shot=replace(session.shot, run=None))
    fill(workspace, last=83)
    workspace.editing.objects.rename(1, "Clownfish")
    go(workspace, 20)
    scribble(workspace)
    picture("scribble")
    workspace.networks.select.drop()
    transform(workspace)
    picture("transform")
    workspace.editing.transform.drop()
    window.commands["tool.brush"].trigger()
    go(workspace, 33)
    picture("window")
    window.commands["view.cutout"].trigger()
    workspace.editing.mattes.set_matte(1, MatteSettings(grow_px=-1, feather_px=6))
    window.commands["view.wipe"].trigger()
    workspace.viewing.compare.move(0.42)
    picture("compare")
    window.commands["view.wipe"].trigger()
    matte_panel(workspace)
    picture("matte")
    workspace.editing.mattes.toggle()
    window.commands["view.overlay"].trigger()
    session.dismiss()
    export_pictures(workspace, folder)


def matte_panel(workspace: Workspace) -> None:
    """The matte of a fast edge beside its mask, near."""
    workspace.editing.mattes.set_matte(1, MatteSettings(edge="fast"))
    workspace.editing.mattes.toggle()
    workspace.session.set(app=replace(workspace.session.app, backdrop=Backdrop.CHECKER))
    workspace.window.commands["view.wipe_matte"].trigger()
    workspace.window.canvas.zoom_by(3.5, (430.0, 230.0))  # the back of the fish
    workspace.viewing.compare.move(0.42)
    settle()
    wait(lambda: not workspace.presenter.mattes.is_busy)


def export_pictures(workspace: Workspace, folder: Path) -> None:
    """The export dialog as each editor wants it set; the first one is for Resolve."""
    exports = workspace.exports
    exports.show()
    usual = replace(exports.choice, folder="/shots/reef")
    for editor, fields in EDITORS.items():
        exports.choose(replace(usual, **fields))
        dialog = exports.dialog
        if dialog is None:
            raise RuntimeError("there is no export dialog")
        settle()
        wait(lambda: not exports.sampler.is_waiting)
        settle()
        dialog.grab().save(str(folder / f"{editor}.png"))
    if exports.dialog is not None:
        exports.dialog.close()


def suggest(workspace: Workspace) -> None:
    """Puts suggestions in, in place of what networks would find: the true mask, and the other fish cut out roughly."""
    go(workspace, SUGGESTED_ON)
    items = (
        Suggestion(Mask.from_array(demo_mask(SUGGESTED_ON)), 0.91, 0.96, 0.95, 1.0, "COSNet"),
        Suggestion(Mask.from_array(other_fish(workspace)), 0.74, 0.88, 0.85, 0.99, "RVOS (zero-shot)"),
    )
    networks = (ALL, SuggestChoice("rvos-zero", "RVOS (zero-shot)"), SuggestChoice("cosnet", "COSNet"))
    found = Suggestions(SUGGESTED_ON, items, frozenset({0}))
    workspace.session.set(
        app=replace(workspace.session.app, suggest_choices=networks),
        shot=replace(workspace.session.shot, suggestions=found),
    )


def other_fish(workspace: Workspace) -> np.ndarray:
    """The fish without true masks on the frame of the suggestions, by its colours, as (height, width) bool."""
    import cv2

    picture = workspace.window.canvas.frame
    if picture is None:
        raise RuntimeError("there is no picture")
    labels = np.zeros(picture.shape[:2], np.uint8)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(np.ascontiguousarray(picture), labels, OTHER_FISH, *models, 4, cv2.GC_INIT_WITH_RECT)
    return (labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)


def scribble(workspace: Workspace) -> None:
    """Puts in two scribbles and the true mask, in place of what the network would propose for them."""
    workspace.window.commands["tool.scribble"].trigger()
    rows, columns = np.nonzero(demo_mask(SUGGESTED_ON))
    left, bottom, middle = float(columns.min()), float(rows.max()), float(rows.mean())
    inside = Stroke(((left + 12, middle + 8), (left + 30, middle), (left + 46, middle + 4)))
    outside = Stroke(((left + 70, bottom + 30), (left + 100, bottom + 38), (left + 130, bottom + 30)), is_inside=False)
    mask = Mask.from_array(demo_mask(SUGGESTED_ON))
    selection = Selection(SUGGESTED_ON, 1, Marks((inside, outside)), mask, is_scribble=True)
    workspace.session.set(shot=replace(workspace.session.shot, selection=selection))


def transform(workspace: Workspace) -> None:
    """Drags the mask of the frame shown with the transform tool."""
    workspace.window.commands["tool.transform"].trigger()
    tool = workspace.window.canvas.pen.transform
    if tool.placement is not None:
        tool.place(replace(tool.placement.moved(95, -15), angle=0.4, scale=(1.1, 1.1)))


def fill(workspace: Workspace, *, last: int) -> None:
    """Puts the true masks in: an anchor on frame 0, predictions after it."""
    from vosapp.core import edits

    session = workspace.session
    if not session.document.objects:
        document, object_id = edits.add_object(session.document)
        mask = Mask.from_array(demo_mask(0))
        document = edits.set_mask(document, session.editor.store, object_id, 0, mask)
        session.editor.apply("paint", document)
    token = session.editor.begin_run("propagate forward")
    changes = [
        RunChange(1, frame, Mask.from_array(demo_mask(frame)), doubt_of(frame), "flow", (0,))
        for frame in range(1, last + 1)
    ]
    session.editor.amend_run(token, changes)
    session.editor.end_run(token)


def doubt_of(frame: int) -> float:
    """A doubt that rises where the fish is behind the kelp."""
    return max(0.04, 0.62 - abs(frame - 43) * 0.045)


def go(workspace: Workspace, frame_index: int) -> None:
    """Goes to a frame and waits for its picture."""
    workspace.viewing.playback.go(frame_index)
    wait(lambda: workspace.session.shot.picture_index == frame_index)


def wait(condition: Callable[[], bool], for_what: str = "") -> None:
    """Lets the window work until a condition holds."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"the window did not come so far {for_what}".strip())
        settle()


def settle() -> None:
    """Lets the window work for a moment."""
    loop = QEventLoop()
    QTimer.singleShot(30, loop.quit)
    loop.exec()


if __name__ == "__main__":
    sys.exit(main())
