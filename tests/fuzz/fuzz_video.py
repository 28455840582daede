"""Opens spoiled clips in a subprocess and reports anything but a frame or a clear error.

`python -m tests.fuzz.fuzz_video --files 2000` runs the large campaign; the suite runs a few with fixed seeds.
"""

from __future__ import annotations

import argparse
import collections
import json
import queue
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from tests.clips import encoded_image, make_clip, moving_picture
from tests.fuzz.mutations import mutated

TIMEOUT_SECONDS = 120.0  # a hang never ends; a busy machine only takes longer
_SMALL: dict[str, Any] = {"frames": 40, "size": (128, 192)}
CLIPS: dict[str, dict[str, Any]] = {
    "h264.mp4": {"b_frames": 2, "audio": True},
    "h264.mkv": {"b_frames": 2, "codec": "libx264"},
    "h264.ts": {"pixel_format": "yuv420p", "audio": True},
    "h264.avi": {"codec": "libx264", "b_frames": 2},
    "fragments.mp4": {"container_options": {"movflags": "frag_keyframe+empty_moov"}},
    "turned.mov": {"rotation": 90, "timecode": "01:00:00:00"},
    "h265.mp4": {"codec": "libx265", "pixel_format": "yuv420p10le"},
    "vp9.webm": {"codec": "libvpx-vp9", "audio": True},
    "vp8.webm": {"codec": "libvpx", "pixel_format": "yuv420p", "options": {"auto-alt-ref": "1", "lag-in-frames": "8"}},
    "av1.mp4": {"codec": "libsvtav1", "pixel_format": "yuv420p"},
    "prores.mov": {"codec": "prores_ks", "pixel_format": "yuva444p10le"},
    "dnxhr.mxf": {"codec": "dnxhd", "pixel_format": "yuv422p", "options": {"profile": "dnxhr_lb"}, "size": (128, 256)},
    "mjpeg.avi": {"codec": "mjpeg", "pixel_format": "yuvj420p", "audio": True},
    "ffv1.mkv": {"codec": "ffv1", "pixel_format": "yuv420p"},
    "cineform.mov": {"codec": "cfhd", "pixel_format": "yuv422p10le"},
    "png.mov": {"codec": "png", "pixel_format": "rgba"},
    "qtrle.mov": {"codec": "qtrle", "pixel_format": "argb"},
    "mpeg2.mxf": {"codec": "mpeg2video", "b_frames": 2, "rate": Fraction(25), "pixel_format": "yuv420p"},
    "mpeg4.avi": {"codec": "mpeg4", "b_frames": 2, "pixel_format": "yuv420p"},
    "v210.mov": {"codec": "v210", "pixel_format": "yuv422p10le", "frames": 6},
}
STILLS = (".png", ".jpg", ".tif", ".exr", ".dpx")


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one spoiled file.

    Attributes:
        name: the clip it was made from.
        seed: what it was spoiled with.
        kind: "frames", "error", or one of the bad ones: "bug", "crash", "hang".
        text: details.
    """

    name: str
    seed: int
    kind: str
    text: str

    @property
    def is_bad(self) -> bool:
        """Whether it is anything but a frame or a clear error."""
        return self.kind not in ("frames", "error")


def base_files(folder: Path) -> dict[str, bytes]:
    """The sound files that are spoiled, by name."""
    files = {name: make_clip(folder / name, **_SMALL | options).read_bytes() for name, options in CLIPS.items()}
    picture = moving_picture((128, 192))(0)
    return files | {f"still{suffix}": encoded_image(picture, suffix) for suffix in STILLS}


class Worker:
    """A subprocess that opens files; started anew after a crash or a hang."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[str] = queue.Queue()

    def ask(self, path: Path) -> tuple[str, str]:
        """(kind, text) of what came of a file."""
        process = self._running()
        assert process.stdin is not None
        process.stdin.write(f"{path}\n")
        process.stdin.flush()
        try:
            line = self._answers.get(timeout=TIMEOUT_SECONDS)
        except queue.Empty:
            self.close()
            return "hang", f"no answer in {TIMEOUT_SECONDS:.0f} s"
        if not line:
            code = process.wait()
            self.close()
            return "crash", f"the process ended with {code}"
        answer = json.loads(line)
        return answer["kind"], answer["text"]

    def close(self) -> None:
        """Ends the subprocess."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    pipe.close()
            self._process = None

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.fuzz.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                cwd=Path(__file__).resolve().parents[2],
            )
            self._answers = queue.Queue()
            threading.Thread(target=self._listen, args=(self._process, self._answers), daemon=True).start()
        return self._process

    @staticmethod
    def _listen(process: subprocess.Popen[str], answers: queue.Queue[str]) -> None:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                answers.put(line)
        except ValueError:
            return
        answers.put("")


def campaign(folder: Path, files: int, first_seed: int, keep: Path | None = None) -> list[Result]:
    """Spoils and opens `files` files, taking the sound ones in turn.

    Args:
        folder: where files are made.
        files: how many.
        first_seed: seed of the first one; each has its own.
        keep: where files with a bad outcome are copied.
    """
    bases = list(base_files(folder).items())
    worker, results = Worker(), []
    try:
        for number in range(files):
            name, data = bases[number % len(bases)]
            seed = first_seed + number
            spoiled = mutated(data, seed)
            place = folder / f"{number}-{Path(name).stem}"
            place.mkdir()
            path = place / f"spoiled{Path(name).suffix}"
            path.write_bytes(spoiled)
            result = Result(name, seed, *worker.ask(path))
            results.append(result)
            if result.is_bad and keep is not None:
                keep.mkdir(parents=True, exist_ok=True)
                (keep / f"{seed}-{name}").write_bytes(spoiled)
            path.unlink()
    finally:
        worker.close()
    return results


def main() -> int:
    """Runs a campaign from the command line; the exit code is 1 when anything bad was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="folder for files with a bad outcome")
    options = parser.parse_args()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        results = campaign(Path(folder), options.files, options.seed, options.keep)
    counts = collections.Counter(result.kind for result in results)
    print(f"{len(results)} files in {time.monotonic() - start:.0f} s: {dict(counts)}")
    for result in results:
        if result.is_bad:
            print(f"{result.kind}: {result.name} seed {result.seed}: {result.text}")
    return int(any(result.is_bad for result in results))


if __name__ == "__main__":
    sys.exit(main())
