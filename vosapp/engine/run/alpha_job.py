"""Masks from the alpha channel of the clip itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vosapp.core.errors import MediaError
from vosapp.core.mask import Mask
from vosapp.core.timeline import FrameRange
from vosapp.engine.job import JobContext, Stage
from vosapp.video.open import open_video
from vosapp.video.source import VideoSource


@dataclass(frozen=True, slots=True)
class AlphaMasks:
    """Masks from the alpha of a clip.

    Attributes:
        masks: mask of every frame that could be read.
        damaged: frames left out, since their alpha would be that of another frame.
    """

    masks: Mapping[int, Mask] = field(default_factory=dict)
    damaged: tuple[int, ...] = ()


def alpha_body(
    path: Path | str, frames: FrameRange, *, open_source: Callable[[Path | str], VideoSource] = open_video
) -> Callable[[JobContext], AlphaMasks]:
    """A body for `Job` that reads the alpha of frames: inside where it is at least half opaque.

    Args:
        path: of the clip.
        frames: to read.
        open_source: opens the clip in the thread of the job.
    """

    def body(context: JobContext) -> AlphaMasks:
        source = open_source(path)
        masks: dict[int, Mask] = {}
        damaged: list[int] = []
        try:
            if not source.info.has_alpha:
                raise MediaError(f"{path} has no alpha channel.", "Paint the object, or import masks.")
            for done, index in enumerate(frames, start=1):
                context.check()
                alpha = source.native(index)
                if source.is_damaged(index):
                    damaged.append(index)
                else:
                    masks[index] = Mask.from_array(alpha_mask(alpha))
                context.progress(done, len(frames), Stage.READING_ALPHA, frame=index)
        finally:
            source.close()
        return AlphaMasks(masks, tuple(damaged))

    return body


def alpha_mask(native: NDArray[Any]) -> NDArray[np.bool_]:
    """Where a picture (height, width, 4) of any depth is at least half opaque."""
    alpha = native[..., 3]
    full = 1.0 if alpha.dtype.kind == "f" else float(np.iinfo(alpha.dtype).max)
    return np.asarray(alpha >= full / 2, np.bool_)
