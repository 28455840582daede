"""Limits beyond which things count as damaged or hostile, checked before anything is decoded."""

from __future__ import annotations

MAX_PIXELS = 2**28  # of a picture or mask: 16k x 16k
MAX_CLIP_FRAMES = 5_000_000  # of a clip: two days at 25 frames a second
