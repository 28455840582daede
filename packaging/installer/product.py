"""Name and version of the product in the forms that packages want. The version stands in `vosapp/__init__.py` alone."""

from __future__ import annotations

import platform
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAME = "vosapp"
SUMMARY = "Interactive rotoscoping: draw a mask on one frame, propagate it through the shot, export mattes"


def version(root: Path = ROOT) -> str:
    """The version, as Python writes versions."""
    text = (root / "vosapp" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"$', text, re.MULTILINE)
    if found is None:
        raise ValueError("vosapp/__init__.py names no version")
    return found.group(1)


def debian_version(of: str) -> str:
    """The same for Debian, where `~` sorts before everything: 0.1.0.dev0 and 0.1.0rc1 are older than 0.1.0."""
    return re.sub(r"\.?(dev|a|b|rc)(\d+)", r"~\1\2", of)


def windows_version(of: str) -> str:
    """The same as three numbers, which is all that Windows and macOS take."""
    found = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", of)
    if found is None:
        raise ValueError(f"{of} does not begin with numbers")
    return ".".join(part or "0" for part in found.groups())


def platform_name() -> str:
    """What files for this machine are called: linux-x86_64, windows-x86_64, macos-arm64."""
    system = {"linux": "linux", "win32": "windows", "darwin": "macos"}[sys.platform]
    machine = platform.machine().lower().replace("amd64", "x86_64").replace("aarch64", "arm64")
    return f"{system}-{machine}"
