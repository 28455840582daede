"""Process start to shown window, against a bare PySide6 + pyqtgraph window in the same run."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 7

BARE = """
from PySide6.QtWidgets import QApplication, QMainWindow
import pyqtgraph
application = QApplication([])
window = QMainWindow()
window.setCentralWidget(pyqtgraph.GraphicsView())
window.resize(1440, 900)
window.show()
application.processEvents()
"""

OURS = """
from vosapp.ui.app import make_application
from vosapp.ui.workspace import Workspace
application = make_application()
workspace = Workspace()
workspace.window.show()
application.processEvents()
"""

# The clock stops when the window is shown, not when the interpreter has gone.
LEAVE = "\nimport os\nos.write(1, b'shown')\nos._exit(0)\n"


def run() -> list[tuple[str, str]]:
    """Rows of what was measured and the figure."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "VOSAPP_DATA_DIR": folder}
        bare, ours = [], []
        for turn in range(ROUNDS + 1):
            pair = _seconds(BARE, environment), _seconds(OURS, environment)
            if turn:  # the first pair warms the disk cache
                bare.append(pair[0])
                ours.append(pair[1])
    bare_s, ours_s = statistics.median(bare), statistics.median(ours)
    return [
        ("bare PySide6 + pyqtgraph window, median", f"{bare_s * 1000:.0f} ms"),
        ("vosapp's window, median", f"{ours_s * 1000:.0f} ms"),
        ("ratio (aim 1.5)", f"{statistics.median(o / b for o, b in zip(ours, bare, strict=True)):.2f}"),
    ]


def _seconds(code: str, environment: dict[str, str]) -> float:
    begin = time.perf_counter()
    result = subprocess.run([sys.executable, "-c", code + LEAVE], env=environment, capture_output=True, check=True)
    if not result.stdout.endswith(b"shown"):
        raise RuntimeError("the window was not shown")
    return time.perf_counter() - begin
