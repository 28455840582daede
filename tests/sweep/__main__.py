"""`python -m tests.sweep FOLDER`: one line a file, then a summary. Exit code 1 when a file differs."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from tests.sweep.compare import examine
from tests.sweep.reference import ffmpeg_version
from vosapp.core.paths import IMAGE_SUFFIXES

_MEDIA = frozenset(
    [
        ".mp4",
        ".m4v",
        ".mov",
        ".mkv",
        ".webm",
        ".avi",
        ".mxf",
        ".ts",
        ".m2ts",
        ".mts",
        ".mpg",
        ".mpeg",
        ".m2v",
        ".h264",
        ".264",
        ".hevc",
        ".265",
        ".ivf",
        ".obu",
        ".flv",
        ".asf",
        ".wmv",
        ".ogv",
        ".nut",
        ".dv",
        ".gxf",
        ".y4m",
        ".mjpeg",
        ".gif",
        ".apng",
        ".3gp",
        ".vob",
    ]
)


def main() -> int:
    """Examines every picture and video file below a folder."""
    parser = argparse.ArgumentParser(prog="python -m tests.sweep", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    counts: Counter[str] = Counter()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix.lower() in _MEDIA | IMAGE_SUFFIXES:
            line = examine(path).line()
            counts[line.split()[0]] += 1
            print(line, flush=True)
    version = ffmpeg_version()
    print(
        f"{sum(counts.values())} files, ffmpeg {version or 'not installed: nothing was compared'}: "
        + ", ".join(f"{number} {word}" for word, number in sorted(counts.items()))
    )
    return 1 if counts["DIFFERS"] else 0


if __name__ == "__main__":
    sys.exit(main())
