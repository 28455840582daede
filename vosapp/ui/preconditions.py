"""Checks for a display and Qt's system libraries before Qt is loaded, which aborts without them."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import re
import socket
import sys
from pathlib import Path

from vosapp.core.errors import UserError

# Debian's names; other distributions' differ little.
PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
_SOCKETS = Path("/tmp/.X11-unix")


def require_display() -> None:
    """Checks that a window can be opened on this machine.

    Raises:
        UserError: there is no display, it does not answer, or a system library is missing; with what to do.
    """
    if sys.platform in ("win32", "darwin"):
        return
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if not platform or platform.startswith(("xcb", "wayland")):
        _require_server()
    _require_libraries(platform)


def _require_server() -> None:
    display, wayland = os.environ.get("DISPLAY", ""), os.environ.get("WAYLAND_DISPLAY", "")
    if not display and not wayland:
        raise UserError(
            "There is no display to open the window on.",
            "Start vosapp in a desktop session, or use its commands, which need none: vosapp --help.",
        )
    local = re.fullmatch(r"(?:unix)?:(\d+)(?:\.\d+)?", display)
    if local and not wayland and not _answers(local.group(1)):
        raise UserError(
            f"The display {display} does not answer.",
            "Set DISPLAY to the one of your desktop session, or use vosapp's commands: vosapp --help.",
        )


def _answers(number: str) -> bool:
    """Whether an X server listens: on its socket file, or on the name that needs no file."""
    path = str(_SOCKETS / f"X{number}")
    for address in (path, f"\0{path}"):
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(2)
            if client.connect_ex(address) == 0:
                return True
    return False


def _require_libraries(platform: str) -> None:
    """Loads what Qt will load; the loader names what is missing."""
    spec = importlib.util.find_spec("PySide6")
    folder = Path(spec.origin).parent if spec is not None and spec.origin else None
    if folder is None:
        raise UserError("PySide6 is not installed.", "Install vosapp with its window: pip install PySide6.")
    wanted = [folder / "Qt" / "lib" / "libQt6Gui.so.6"]
    on_wayland = platform.startswith("wayland") or (not platform and os.environ.get("WAYLAND_DISPLAY"))
    if platform.startswith("xcb") or (not platform and not on_wayland):
        wanted.append(folder / "Qt" / "plugins" / "platforms" / "libqxcb.so")
    for path in wanted:
        if path.exists():
            _load(path)


def _load(path: Path) -> None:
    try:
        ctypes.CDLL(str(path))
    except OSError as error:
        raise missing_library(str(error)) from error


def missing_library(text: str) -> UserError:
    """The error for what the system's loader or an import said."""
    name = text.partition(":")[0].strip()
    package = PACKAGES.get(name, "")
    what = f"The window cannot open: the system library {name} is missing."
    if not package:
        return UserError(what if ".so" in name else f"The window cannot open: {text}", "Install it and start again.")
    return UserError(what, f"Install the package {package}: sudo apt install {package} (or its like elsewhere).")
