"""Decoding against a bare PyAV loop on the same file; scrubbing in the window; opening and memory of long files.

Sequential: every frame as an RGB array. Random: seek to the key frame before, decode forward to the frame. Every round
runs both sides one after the other; of each measured piece the best round counts, so that other work on the machine
weighs on both sides alike.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from tests.bench.scrubbing import scrub_rows
from tests.clips import make_clip
from vosapp.video.cache import FrameCache
from vosapp.video.open import open_video
from vosapp.video.prefetch import Prefetcher

ROUNDS = 2
SEQUENTIAL_ROUNDS = 4
RANDOM_FRAMES = 16
_FAST = {"preset": "ultrafast"}
CLIPS: dict[str, dict[str, Any]] = {
    "1080p H.264": {"codec": "libx264", "pixel_format": "yuv420p", "b_frames": 2, "gop": 24, "frames": 72},
    "1080p ProRes 422": {"codec": "prores_ks", "pixel_format": "yuv422p10le", "frames": 30},
    "2160p H.265": {"codec": "libx265", "pixel_format": "yuv420p", "b_frames": 2, "gop": 24, "frames": 24},
}
PARTS = {
    "h264": "1080p H.264",
    "prores": "1080p ProRes 422",
    "h265": "2160p H.265",
    "scrubbing": "1080p H.264",
    "long": "",
    "memory": "",
}
_SUFFIXES = {"libx264": ".mp4", "prores_ks": ".mov", "libx265": ".mp4"}


def run() -> list[tuple[str, str]]:
    """Figures of all parts."""
    return [row for part in PARTS for row in run_part(part)]


def run_part(part: str) -> list[tuple[str, str]]:
    """Figures of one part: a codec, scrubbing, or long files."""
    with tempfile.TemporaryDirectory() as folder:
        if part == "long":
            return _long_file_rows(Path(folder))
        if part == "memory":
            return _memory_rows(Path(folder))
        name = PARTS[part]
        path = _clip(Path(folder), name)
        return scrub_rows(path) if part == "scrubbing" else _sequential_rows(name, path) + _random_rows(name, path)


def _clip(folder: Path, name: str) -> Path:
    options = CLIPS[name]
    size = (2160, 3840) if name.startswith("2160") else (1080, 1920)
    return _filmlike_clip(folder / f"{size[0]}{_SUFFIXES[options['codec']]}", size, options)


def _filmlike_clip(path: Path, size: tuple[int, int], options: dict[str, Any]) -> Path:
    """A soft picture that pans, with grain: decoders find neither still areas nor pure noise."""
    rng = np.random.default_rng(1)
    wide = cv2.resize(rng.integers(20, 235, (18, 40, 3)).astype(np.uint8), (size[1] + 400, size[0]))
    grain = rng.integers(-6, 7, (size[0], size[1] + 400, 1)).astype(np.int16)

    def picture(index: int) -> np.ndarray:
        area = slice(None), slice(4 * index, 4 * index + size[1])
        shifted = np.roll(grain, 97 * index, axis=0)[area]
        return np.clip(wide[area] + shifted, 0, 255).astype(np.uint8)

    speed = {"libx264": _FAST, "libx265": _FAST}.get(options["codec"], {})
    return make_clip(path, size=size, content=picture, options=speed, **options)


def _bare_frames(path: Path) -> Iterator[np.ndarray]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for frame in container.decode(stream):
            yield frame.to_ndarray(format="rgb24")


def _our_frames(path: Path) -> Iterator[np.ndarray]:
    source = open_video(path)
    for index in range(source.info.frame_count):
        yield source.frame(index)
    source.close()


def _sequential_rows(name: str, path: Path) -> list[tuple[str, str]]:
    """Times from the second frame on: opening is measured apart."""
    wall, work = ({_bare_frames: np.inf, _our_frames: np.inf} for _ in range(2))
    count = 0
    for side in (_bare_frames, _our_frames) * SEQUENTIAL_ROUNDS:
        frames = side(path)
        next(frames)
        start = time.perf_counter(), time.process_time()
        count = sum(1 for _ in frames)
        wall[side] = min(wall[side], time.perf_counter() - start[0])
        work[side] = min(work[side], time.process_time() - start[1])
    return [
        (
            f"{name}, sequential, speed relative to bare PyAV (aim 0.9 or more)",
            f"{wall[_bare_frames] / wall[_our_frames]:.2f}",
        ),
        (
            f"{name}, sequential, the same by processor time, which other work does not sway",
            f"{work[_bare_frames] / work[_our_frames]:.2f}",
        ),
        (
            f"{name}, sequential, frames a second (bare PyAV)",
            f"{count / wall[_our_frames]:.0f} ({count / wall[_bare_frames]:.0f})",
        ),
    ]


def _bare_random(path: Path, order: list[int]) -> list[float]:
    times = []
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        assert stream.time_base is not None
        step = 1 / Fraction(stream.average_rate or 24) / stream.time_base
        for index in order:
            start = time.perf_counter()
            wanted = round(index * step) + (stream.start_time or 0)
            container.seek(wanted, stream=stream)
            for frame in container.decode(stream):
                if frame.pts is not None and frame.pts >= wanted:
                    frame.to_ndarray(format="rgb24")
                    break
            times.append(time.perf_counter() - start)
    return times


def _our_random(path: Path, order: list[int]) -> list[float]:
    times = []
    source = open_video(path)
    for index in order:
        start = time.perf_counter()
        source.frame(index)
        times.append(time.perf_counter() - start)
    source.close()
    return times


def _random_rows(name: str, path: Path) -> list[tuple[str, str]]:
    source = open_video(path)
    order = random.Random(4).sample(range(source.info.frame_count), RANDOM_FRAMES)
    source.close()
    sides: dict[Callable[[Path, list[int]], list[float]], list[list[float]]] = {_bare_random: [], _our_random: []}
    for _ in range(ROUNDS):
        for side, rounds in sides.items():
            rounds.append(side(path, order))
    bare, ours = (float(np.percentile(np.min(rounds, axis=0), 95)) * 1e3 for rounds in sides.values())
    return [
        (f"{name}, random access p95 relative to seek and decode forward (aim 1.2 or less)", f"{ours / bare:.2f}"),
        (f"{name}, random access p95 (bare PyAV)", f"{ours:.0f} ms ({bare:.0f} ms)"),
    ]


def looped_clip(path: Path, frames: int, size: tuple[int, int] = (64, 128)) -> Path:
    """A long clip made quickly: one encoded group of pictures, its packets repeated."""
    group = make_clip(path.with_name(f"group-{path.name}"), frames=100, gop=100, size=size, pixel_format="yuv420p")
    with av.open(str(group)) as old, av.open(str(path), "w") as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        packets = [(bytes(p), p.pts, p.dts, p.duration, p.is_keyframe) for p in old.demux(video=0) if p.size]
        length, base = sum(duration for *_, duration, _ in packets), old.streams.video[0].time_base
        for number in range(frames):
            data, pts, dts, duration, key = packets[number % 100]
            packet = av.Packet(data)
            shift = number // 100 * length
            packet.pts, packet.dts, packet.duration = pts + shift, dts + shift, duration
            packet.time_base, packet.is_keyframe, packet.stream = base, key, stream
            new.mux(packet)
    return path


def _long_file_rows(folder: Path) -> list[tuple[str, str]]:
    path = looped_clip(folder / "long.mp4", 100_000)
    start = time.perf_counter()
    source = open_video(path)
    source.frame(0)
    first = time.perf_counter() - start
    claimed = source.info.frame_count
    source.wait_until_exact()  # type: ignore[attr-defined]
    exact = time.perf_counter() - start
    assert claimed == source.info.frame_count == 100_000
    source.close()
    start = time.perf_counter()
    open_video(path).close()
    again = time.perf_counter() - start
    return [
        ("100,000-frame file, opening to the first frame", f"{first * 1e3:.0f} ms"),
        ("100,000-frame file, until the index is exact, in the background", f"{exact:.2f} s"),
        ("100,000-frame file, opening a second decoder", f"{again * 1e3:.0f} ms"),
        ("frame in the cache, request to answer, p95", f"{_cached_answer_ms(path):.2f} ms"),
    ]


def _cached_answer_ms(path: Path) -> float:
    cache = FrameCache(200 << 20)
    answered = threading.Event()
    prefetcher = Prefetcher(lambda: open_video(path), cache, lambda answer: answered.set())
    times = []
    try:
        for index in [*range(40), *random.Random(2).choices(range(40), k=200)]:
            answered.clear()
            start = time.perf_counter()
            prefetcher.request(index)
            answered.wait()
            times.append(time.perf_counter() - start)
    finally:
        prefetcher.close()
    return float(np.percentile(times[40:], 95)) * 1e3


_PLAY = """
import sys
from pathlib import Path
from vosapp.video.cache import FrameCache
from vosapp.video.open import open_video
source, cache = open_video(sys.argv[1]), FrameCache(64 << 20)
for index in range(source.info.frame_count):
    cache.put(index, source.frame(index))
source.close()
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(status["VmHWM"].split()[0])
"""


def _memory_rows(folder: Path) -> list[tuple[str, str]]:
    if not Path("/proc/self/status").exists():
        return [("peak memory of playing 10,000 frames relative to 500", "only measured on Linux")]
    peaks = {}
    for frames in (500, 10_000):
        path = looped_clip(folder / f"play{frames}.mp4", frames, size=(360, 640))
        out = subprocess.run([sys.executable, "-c", _PLAY, str(path)], capture_output=True, text=True, check=True)
        peaks[frames] = int(out.stdout) / 1024
    return [
        ("peak memory of playing 10,000 frames relative to 500 (aim 1.1 or less)", f"{peaks[10_000] / peaks[500]:.2f}"),
        ("peak memory of playing 10,000 frames through a 64 MB cache", f"{peaks[10_000]:.0f} MB"),
    ]
