"""Every kind of source gives the frame that was asked for, in any order."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.clips import draw_index, make_clip, moving_picture, read_index
from vosapp.video.images import write_png
from vosapp.video.open import open_video

CLIPS = {
    "h264.mp4": {"b_frames": 2},
    "prores.mov": {"codec": "prores_ks", "pixel_format": "yuv422p10le"},
    "ffv1.mkv": {"codec": "ffv1", "pixel_format": "yuv420p", "size": (97, 161)},
    "turned.mp4": {"rotation": 90},
    "variable.mp4": {"times": [k * 40 + k * k * 7 % 23 for k in range(30)], "time_base": Fraction(1, 1000)},
}


@pytest.fixture(params=[*CLIPS, "images"])
def clip(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "images":
        folder = tmp_path / "images"
        folder.mkdir()
        picture = moving_picture((96, 160))
        for k in range(30):
            write_png(folder / f"{k:05d}.png", draw_index(picture(k), k))
        return folder
    return make_clip(tmp_path / request.param, **CLIPS[request.param])


def test_random_order(clip: Path) -> None:
    source = open_video(clip)
    order = list(range(30)) * 2
    random.Random(3).shuffle(order)
    assert [read_index(source.frame(k)) for k in order] == order
    assert source.info.frame_count == 30
    assert not source.frame(0).flags.writeable
    assert source.frame(0).dtype == np.uint8
    source.close()
