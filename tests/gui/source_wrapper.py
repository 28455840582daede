"""A clip's source inside another, for tests that interfere with what is read."""

from __future__ import annotations

import numpy as np

from vosapp.video.source import ClipInfo, RgbImage, VideoSource


class SourceAround:
    """A `VideoSource` that passes everything on to the one inside it, after `reading` has let it."""

    def __init__(self, inner: VideoSource) -> None:
        self._inner = inner

    def reading(self, index: int) -> None:
        """Called before a frame is read; what it does is the test's."""

    @property
    def info(self) -> ClipInfo:
        return self._inner.info

    def frame(self, index: int) -> RgbImage:
        self.reading(index)
        return self._inner.frame(index)

    def native(self, index: int) -> np.ndarray:
        self.reading(index)
        return self._inner.native(index)

    def is_damaged(self, index: int) -> bool:
        return self._inner.is_damaged(index)

    def close(self) -> None:
        self._inner.close()
