"""free_bytes: the room on the drive that an export goes to."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def free_bytes(path: Path) -> int | None:
    """Free bytes on the drive that a path lies on; None where that cannot be said."""
    while not os.path.lexists(path) and path != path.parent:
        path = path.parent
    try:
        return shutil.disk_usage(path).free
    except OSError:
        return None
