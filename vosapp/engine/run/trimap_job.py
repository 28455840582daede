"""Carries what was painted over a matte's edge on one frame to the next ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from vosapp.core.document import ClipRef
from vosapp.core.trimap_edits import TrimapImage
from vosapp.engine.job import JobContext
from vosapp.matte.carried_trimap import carried_trimap
from vosapp.video.lazy_open import open_clip

_LEAST_SHARE = 0.5  # of the paint it began with: with less left, carrying ends


def trimap_body(
    clip: ClipRef, trimap: TrimapImage, frames: tuple[int, ...]
) -> Callable[[JobContext], Mapping[int, TrimapImage]]:
    """A body for `Job` that carries a trimap from the first of some frames to the next ones, each from the one before.

    Its trimaps by frame index end early where half of the paint is lost.
    """

    def body(context: JobContext) -> Mapping[int, TrimapImage]:
        found: dict[int, TrimapImage] = {}
        moved = trimap
        source = open_clip(clip.path, clip.input_space)
        try:
            before = source.frame(frames[0])
            for done, frame in enumerate(frames[1:], start=1):
                context.check()
                now = source.frame(frame)
                moved = carried_trimap(moved, before, now)
                if np.count_nonzero(moved) < max(1.0, _LEAST_SHARE * np.count_nonzero(trimap)):
                    break
                found[frame], before = moved, now
                context.progress(done, len(frames) - 1, frame=frame)
        finally:
            source.close()
        return found

    return body
