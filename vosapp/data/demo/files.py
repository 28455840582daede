"""The demo shot as it is shipped: rendered once by `packaging/make_demo.py` and kept in `resources/`."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from vosapp.core.errors import MediaError
from vosapp.core.mask import BoolImage
from vosapp.core.paths import resources_dir
from vosapp.video.stills.images import read_image


def demo_clip() -> Path:
    """The demo shot: an mp4 of 84 frames, 960x540, 24 frames a second."""
    return _shipped("demo.mp4")


def demo_mask(frame_index: int) -> BoolImage:
    """The true mask (540, 960) of a frame of the demo shot."""
    return np.asarray(read_image(_shipped("demo-masks") / f"{frame_index:05d}.png") != 0)


def _shipped(name: str) -> Path:
    path = resources_dir() / name
    if not path.exists():
        raise MediaError(f"The demo shot is missing: {path}.", "Install vosapp again.")
    return path
