"""Filters Qt's log messages.

The offscreen platform warns that it cannot do what needs a screen, each time that a window is shown, raised or resized:
it keeps no size hints, has no stack of windows and no keyboard to grab. Nothing in a picture or file depends on that,
and the lines would bury what the demo tells. Everything else goes to where it would have gone.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

_NEEDS_A_SCREEN = "This plugin does not support "


def silence_offscreen() -> None:
    """Leaves out what the offscreen platform cannot do from now on."""
    qInstallMessageHandler(_tell)


def is_cosmetic(text: str) -> bool:
    """Whether a message is only about what needs a screen."""
    return text.startswith(_NEEDS_A_SCREEN)


def _tell(_kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    if not is_cosmetic(text):
        sys.stderr.write(f"{text}\n")
