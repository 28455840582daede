"""Writes the packages that a bundle is built from, with versions and hashes, for each platform: `make package-lock`.

Versions are those of constraints.txt, and of the tools as they are installed here. The hashes are those that the
package index tells of the files that would be installed, so nothing is downloaded for another platform.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

from packages import ENVIRONMENTS, TOOLS, closure, constraints, normal, runtime
from product import platform_name

LOCKS = Path(__file__).parent / "locks"
# What pip calls the platforms whose wheels will do, the newest first.
_TAGS = {
    "windows-x86_64": ("win_amd64",),
    "macos-arm64": (
        "macosx_14_0_arm64", "macosx_13_0_arm64", "macosx_12_0_arm64", "macosx_11_0_arm64",
        "macosx_11_0_universal2", "macosx_10_13_universal2", "macosx_10_9_universal2",
    ),
}  # fmt: skip
# Needed on other platforms alone, so not installed here: the versions to take there.
_ELSEWHERE = {
    "windows-x86_64": {"pefile": "2024.8.26", "pywin32-ctypes": "0.2.3"},
    "macos-arm64": {"macholib": "1.16.4"},
}
_HEAD = """# Made by `make package-lock`, for {platform} and Python 3.11: all that `make package` installs, by its hash.
# {torch}
"""
_TORCH = {
    "linux-x86_64": "torch is the CPU build, which PyTorch's own index for the CPU offers; see docs/install.md.",
    "windows-x86_64": "torch from PyPI is a CPU build on Windows.",
    "macos-arm64": "torch from PyPI computes on the processor and on Apple's graphics.",
}


def main() -> int:
    """Writes the files of all platforms, or of those named."""
    for platform in sys.argv[1:] or ENVIRONMENTS:
        lines = _locked(platform)
        text = _HEAD.format(platform=platform, torch=_TORCH[platform]) + "\n".join(lines) + "\n"
        (LOCKS / f"{platform}.txt").write_text(text, encoding="utf-8")
        print(f"{platform}: {len(lines)} packages")
    return 0


def _locked(platform: str) -> list[str]:
    names = closure([*runtime(), *TOOLS], ENVIRONMENTS[platform])
    pinned = {**constraints(), **_ELSEWHERE.get(platform, {})}
    wanted = []
    for name in names:
        version = pinned.get(name) or metadata.version(name)
        here = platform == platform_name()
        wanted.append(f"{name}=={metadata.version(name) if here else version}")
    return sorted(f"{name}=={version} --hash=sha256:{digest}" for name, version, digest in _found(platform, wanted))


def _found(platform: str, wanted: list[str]) -> list[tuple[str, str, str]]:
    """Name, version and hash of the file that pip would install for each."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--dry-run",
        "--ignore-installed",
        "--no-deps",
        "--report",
        "-",
    ]
    with tempfile.TemporaryDirectory() as folder:
        if platform != platform_name():
            tags = [part for tag in _TAGS[platform] for part in ("--platform", tag)]
            command += [
                *tags,
                "--python-version",
                "3.11",
                "--implementation",
                "cp",
                "--only-binary=:all:",
                "--target",
                folder,
            ]
        said = subprocess.run([*command, *wanted], capture_output=True, text=True, check=True).stdout
    entries = json.loads(said[said.index("{") :])["install"]
    return [
        (
            normal(entry["metadata"]["name"]),
            entry["metadata"]["version"],
            entry["download_info"]["archive_info"]["hashes"]["sha256"],
        )
        for entry in entries
    ]


if __name__ == "__main__":
    sys.exit(main())
