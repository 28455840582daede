"""Masks from the clip's own alpha channel."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.clips import make_clip, make_sequence, moving_picture
from vosapp.core.errors import MediaError
from vosapp.core.timeline import FrameRange
from vosapp.engine.job import Job
from vosapp.engine.run.alpha_job import AlphaMasks, alpha_body, alpha_mask
from vosapp.video.stills.images import write_png

SIZE = (96, 160)


def read(path: Path, first: int, last: int) -> AlphaMasks:
    result = Job(alpha_body(path, FrameRange(first, last))).run()
    if result.error is not None:
        raise result.error
    assert result.value is not None
    return result.value


def square(index: int) -> np.ndarray:
    """Opaque in a square that moves; just under and just over half elsewhere and at its edge."""
    alpha = np.full(SIZE, 127, np.uint8)
    alpha[40:70, 10 + 5 * index : 40 + 5 * index] = 255
    alpha[40:70, 10 + 5 * index] = 128
    return alpha


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "render"
    folder.mkdir()
    for index in range(5):
        rgba = np.dstack([moving_picture(SIZE)(index), square(index)])
        write_png(folder / f"r.{index:04d}.png", rgba)
    return folder


def test_images_with_alpha(images: Path) -> None:
    found = read(images, 1, 3)
    assert sorted(found.masks) == [1, 2, 3]
    assert found.damaged == ()
    for index, mask in found.masks.items():
        assert np.array_equal(mask.array(), square(index) >= 128)


def test_a_missing_image_gives_no_mask(images: Path) -> None:
    (images / "r.0002.png").unlink()
    found = read(images, 0, 4)
    assert sorted(found.masks) == [0, 1, 3, 4]
    assert found.damaged == (2,)


def test_video_with_deep_alpha(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mov", frames=3, codec="prores_ks", pixel_format="yuva444p10le")
    found = read(path, 0, 2)
    assert all(mask.array().all() for mask in found.masks.values())
    assert len(found.masks) == 3


def test_clips_without_alpha_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no alpha"):
        read(make_sequence(tmp_path / "s", frames=2), 0, 1)


@pytest.mark.parametrize(("dtype", "full"), [(np.uint8, 255), (np.uint16, 65535), (np.float32, 1.0)])
def test_half_is_inside_at_every_depth(dtype: type, full: float) -> None:
    native = np.zeros((1, 3, 4), dtype)
    native[0, :, 3] = [0, full / 2 + (0 if dtype is np.float32 else 0.5), full]
    assert alpha_mask(native).tolist() == [[False, True, True]]
