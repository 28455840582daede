"""Folders of the program and of its user."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

SUFFIX = ".vosapp"  # of project files
FILM_SUFFIXES = frozenset({".exr", ".dpx"})
IMAGE_SUFFIXES = FILM_SUFFIXES | {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp"}
"""Of the files in a folder that are frames of a sequence."""

_PACKAGE = Path(__file__).resolve().parents[1]


def user_data_dir() -> Path:
    """The folder for settings, weights, unsaved projects and backups. It may not exist yet.

    The environment variable VOSAPP_DATA_DIR overrides the folder that the platform prescribes.
    """
    override = os.environ.get("VOSAPP_DATA_DIR")
    if override:
        return Path(override)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "vosapp"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "vosapp"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "vosapp"


def followed(path: Path) -> Path:
    """The path that a link leads to, and any other path as it is: drives and shares keep the names they were given."""
    try:
        return path.resolve() if path.is_symlink() else path
    except (OSError, RuntimeError):  # a link to itself; whoever opens it says so
        return path


def make_private_dir(path: Path) -> None:
    """Makes a folder of the user's own data that nobody else may look into: work on a shot is not for all eyes.

    Raises:
        OSError: it cannot be made.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(OSError):  # a folder of an earlier version, or one on a disk without such rights
        path.chmod(0o700)


def resources_dir() -> Path:
    """Icons, style and the demo shot: inside an installed package, at the top level of a checkout."""
    return _bundled("_resources", "resources")


def own_weights_dir() -> Path:
    """The trained weights that come with the program."""
    return _bundled("_weights", "weights")


def notices_file() -> Path | None:
    """The notices and licences of everything in an installer's bundle; None where there is no bundle."""
    path = _PACKAGE / "_licences" / "THIRD-PARTY-NOTICES.txt"
    return path if path.is_file() else None


def _bundled(installed: str, checkout: str) -> Path:
    inside = _PACKAGE / installed
    return inside if inside.is_dir() else _PACKAGE.parent / checkout
