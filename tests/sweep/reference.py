"""What the ffmpeg program says of a file: an independent reader for the sweep and the tests."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

SMALL = 32
"""Side of the pictures that are compared: order and content show in them, the scaler's rounding does not."""


@dataclass(frozen=True)
class Reference:
    """What ffmpeg shows of one track: its pictures in order, each SMALL by SMALL RGB, and the rates it names."""

    pictures: NDArray[np.uint8]
    height: int
    width: int
    rates: tuple[Fraction, ...]


@lru_cache(maxsize=1)
def ffmpeg_version() -> str:
    """ "5.1.9", or "" where there is no ffmpeg program."""
    if shutil.which("ffmpeg") is None or shutil.which("ffprobe") is None:
        return ""
    words = _run("ffmpeg", "-version").decode().split()
    return words[2].partition("-")[0]


def read_reference(path: Path, track: int) -> Reference | None:
    """Decodes track number `track` of a file, timestamps passed through; None when ffmpeg cannot."""
    try:
        stream = _probe(path, track)
        shape = f"scale={SMALL}:{SMALL}:flags=area+accurate_rnd+full_chroma_int,format=rgb24"
        raw = _run(
            "ffmpeg", "-v", "error", "-i", os.fspath(path), "-map", f"0:{track}", "-vsync", "passthrough",
            "-enc_time_base", "-1", "-vf", shape, "-f", "rawvideo", "-",
        )  # fmt: skip
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired, ValueError, KeyError, IndexError):
        return None
    size = SMALL * SMALL * 3
    whole = np.frombuffer(raw[: len(raw) // size * size], np.uint8).reshape(-1, SMALL, SMALL, 3)
    rates = tuple(rate for name in ("r_frame_rate", "avg_frame_rate") if (rate := _fraction(stream.get(name, ""))))
    return Reference(whole, int(stream["height"]), int(stream["width"]), rates)


def small(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Our picture in the size of the reference's."""
    return np.asarray(cv2.resize(rgb, (SMALL, SMALL), interpolation=cv2.INTER_AREA))


def _probe(path: Path, track: int) -> dict[str, Any]:
    out = _run("ffprobe", "-v", "error", "-show_streams", "-of", "json", os.fspath(path))
    streams: list[dict[str, Any]] = json.loads(out)["streams"]
    return next(stream for stream in streams if stream["index"] == track)


def _run(*words: str) -> bytes:
    return subprocess.run(words, check=True, capture_output=True, timeout=300, stdin=subprocess.DEVNULL).stdout


def _fraction(text: str) -> Fraction | None:
    try:
        rate = Fraction(text)
    except (ValueError, ZeroDivisionError):
        return None
    return rate if rate > 0 else None
