"""What this program is, in a box."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from vosapp import __version__


def about_box(parent: QWidget) -> QMessageBox:
    """A box with name, version and purpose that goes when it is closed."""
    box = QMessageBox(parent)
    box.setWindowTitle("About vosapp")
    box.setText(f"vosapp {__version__}")
    box.setInformativeText("Rotoscoping: paint an object once, propagate it through the shot, export the matte.")
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return box
