"""Which of Qt's messages are left out of the demo's output."""

from __future__ import annotations

import os
import subprocess
import sys

CODE = """
from PySide6.QtCore import qWarning
from PySide6.QtWidgets import QWidget
from vosapp.ui.app import make_application
from vosapp.ui.demo.qt_messages import silence_offscreen
application = make_application()
silence_offscreen()
widget = QWidget()
widget.show()
widget.raise_()
application.processEvents()
qWarning("a pixmap is null")
"""


def test_what_needs_a_screen_is_left_out_and_all_else_told() -> None:
    run = subprocess.run(
        [sys.executable, "-c", CODE], env=_offscreen(), capture_output=True, text=True, timeout=600, check=True
    )
    assert run.stderr.splitlines() == ["a pixmap is null"]


def _offscreen() -> dict[str, str]:
    return {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
