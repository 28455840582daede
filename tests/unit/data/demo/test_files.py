"""What is shipped is what our code renders."""

from __future__ import annotations

import numpy as np

from vosapp.data.demo import shot
from vosapp.data.demo.files import demo_clip, demo_mask
from vosapp.video.open import open_video


def test_the_shipped_clip_is_the_rendered_shot() -> None:
    source = open_video(demo_clip())
    try:
        info = source.info
        assert (info.frame_count, info.height, info.width) == (
            shot.FRAME_COUNT,
            shot.HEIGHT,
            shot.WIDTH,
        )
        assert info.rate == shot.RATE
        rendered = next(shot.frames())
        # Compression takes the grain: a few levels on average, never another picture.
        assert np.abs(source.frame(0).astype(int) - rendered.rgb).mean() < 4
    finally:
        source.close()


def test_the_shipped_masks_are_the_true_masks() -> None:
    shipped, rendered = demo_mask(0), next(shot.frames()).mask
    # OpenCV's versions round differently at the outline: 4.10 sets one pixel of 20,000 otherwise.
    assert np.count_nonzero(shipped != rendered) < 0.0005 * shipped.sum()
    assert demo_mask(shot.FRAME_COUNT - 1).any()
