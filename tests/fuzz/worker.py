"""Opens the files named on its standard input, one a line, and says for each what came of it.

Runs in a process of its own with bounded memory, so that a decoder that crashes or runs away is seen and not suffered.
"""

from __future__ import annotations

import contextlib
import json
import sys
import traceback
from pathlib import Path

from vosapp.core.errors import MediaError
from vosapp.video.open import open_video

MEMORY_BYTES = 6 << 30
_MOST_FRAMES = 12


def outcome(path: Path) -> dict[str, object]:
    """Opens a clip and looks at frames from all over it."""
    try:
        source = open_video(path)
    except MediaError as error:
        return {"kind": "error", "text": error.message}
    try:
        info = source.info
        seen = errors = 0
        for index in _places(info.frame_count):
            try:
                assert source.frame(index).shape == (info.height, info.width, 3)
                source.native(index)
                seen += 1
            except IndexError:
                if not source.info.frame_count <= index:
                    raise
            except MediaError:
                errors += 1
        return {"kind": "frames", "text": f"{seen} frames, {errors} errors"}
    finally:
        source.close()


def _places(count: int) -> list[int]:
    """The first frames, then the last, then some between."""
    step = max(1, count // 5)
    wanted = [0, 1, 2, count - 1, count - 2, *range(count // 2, count, step), *range(0, count, step)]
    return [index for index in dict.fromkeys(wanted) if 0 <= index < count][:_MOST_FRAMES]


def main() -> None:
    """Answers one JSON line for every path."""
    with contextlib.suppress(ImportError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    for line in sys.stdin:
        try:
            answer = outcome(Path(line.rstrip("\n")))
        except BaseException:  # noqa: BLE001 - anything but a MediaError is what the fuzzing looks for
            answer = {"kind": "bug", "text": traceback.format_exc()}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
