"""Starting: what is loaded, what is shown, and that the picture under the mouse is the picture that is picked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

OPEN_WINDOW = """
import sys
from vosapp.ui.app import make_application
from vosapp.ui.workspace import Workspace
application = make_application()
workspace = Workspace()
workspace.window.show()
while workspace.files.projects.is_busy:
    application.processEvents()
print(sorted({"torch", "torchvision", "av", "cv2", "sqlite3"} & sys.modules.keys()))
workspace.window.close()
while workspace.window.isVisible():
    application.processEvents()
"""

# A picture with one white pixel: find it on the screen, click there, and see which picture pixel was picked.
PICK = """
import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from vosapp.ui.app import make_application
from vosapp.presentation.view_state import Tool
from vosapp.ui.viewer.canvas import Canvas
from vosapp.presentation.viewer.layers import LayerStack
from vosapp.presentation.pen_display import PenDisplay
application = make_application()
canvas = Canvas()
canvas.resize(433, 307)
canvas.show()
frame = np.zeros((61, 83, 3), np.uint8)
frame[17, 64] = 255
canvas.show_frame(frame)
canvas.show_masks(LayerStack((61, 83)), 0, ())
canvas.pen.set_settings(PenDisplay(Tool.BRUSH, 1.0, False, 0, None, True))
strokes = []
class Catch:
    def take(self, stroke): strokes.append(stroke)
catch = Catch()
canvas.pen.stroke_finished.connect(catch.take)
for zoom in (1.0, 1.37, 0.8):
    canvas.zoom_by(zoom, (200.0, 90.0))
    application.processEvents()
    image = canvas.grab().toImage()
    ratio = image.devicePixelRatio()
    lit = [(x, y) for y in range(image.height()) for x in range(image.width()) if image.pixelColor(x, y).red() > 200]
    x, y = (sum(axis) / len(lit) / ratio + 0.5 / ratio for axis in zip(*lit))
    for kind, held in ((QEvent.Type.MouseButtonPress, Qt.MouseButton.LeftButton),
                       (QEvent.Type.MouseButtonRelease, Qt.MouseButton.NoButton)):
        at = QPointF(x, y)
        event = QMouseEvent(kind, at, at, Qt.MouseButton.LeftButton, held, Qt.KeyboardModifier.NoModifier)
        QCoreApplication.sendEvent(canvas.viewport(), event)
    print(ratio, np.argwhere(strokes[-1].area).tolist())
canvas.close()
"""


def run(code: str, folder: Path, **environment: str) -> str:
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=600,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "VOSAPP_DATA_DIR": str(folder), **environment},
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_opening_the_window_loads_no_torch_no_decoder_no_opencv_and_no_database(tmp_path: Path) -> None:
    assert run(OPEN_WINDOW, tmp_path).strip() == "[]"


@pytest.mark.parametrize("scale", ["1", "1.5", "2"])
def test_the_pixel_under_the_mouse_is_the_one_that_is_painted(tmp_path: Path, scale: str) -> None:
    lines = run(PICK, tmp_path, QT_SCALE_FACTOR=scale).strip().splitlines()
    assert lines == [f"{float(scale)} [[17, 64]]"] * 3
