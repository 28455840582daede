"""Opens Qt in a process of its own and prints what it drew with, for `vosapp doctor`."""

from __future__ import annotations

import sys

from vosapp.core.errors import UserError
from vosapp.ui.preconditions import missing_library, require_display


def main() -> int:
    """Prints one sentence about the window; 1 and the error on stderr where none can be opened."""
    try:
        require_display()
        from PySide6.QtWidgets import QApplication
    except UserError as error:
        sys.stderr.write(f"vosapp: {error}\n")
        return 1
    except ImportError as error:
        sys.stderr.write(f"vosapp: {missing_library(str(error))}\n")
        return 1
    QApplication(["vosapp"])
    sys.stdout.write(f"{window_facts()}\n")
    return 0


def window_facts() -> str:
    """What the running application draws with, one sentence."""
    from PySide6.QtCore import qVersion
    from PySide6.QtGui import QGuiApplication

    screen = QGuiApplication.primaryScreen()
    size = f", {screen.size().width()} x {screen.size().height()} at {screen.devicePixelRatio():g}" if screen else ""
    return f"Qt {qVersion()} draws with {QGuiApplication.platformName()}{size}."
