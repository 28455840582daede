"""Timeline scale: frame index to pixel and back."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

LARGEST_FRAME_PX = 160.0
LABEL_SPACING_PX = 76.0


@dataclass(frozen=True, slots=True)
class Scale:
    """Which part of a clip lies between two pixel positions.

    Frame i covers the pixels from `x(i)` to `x(i + 1)`; the playhead stands at `middle(i)`.

    Attributes:
        frame_count: of the clip.
        left, width: of the track, in logical pixels.
        start: frame at the left edge; fractions are part of a frame.
        shown: frames across the width.
    """

    frame_count: int
    left: float
    width: float
    start: float = 0.0
    shown: float = 0.0

    @classmethod
    def whole(cls, frame_count: int, left: float, width: float) -> Scale:
        """The whole clip."""
        return cls(frame_count, left, max(width, 1.0), 0.0, float(max(frame_count, 1)))

    @property
    def frame_px(self) -> float:
        """Logical pixels a frame."""
        return self.width / self.shown

    def x(self, frame: float) -> float:
        """Left edge of a frame."""
        return self.left + (frame - self.start) * self.frame_px

    def middle(self, frame: int) -> float:
        """Pixel position of a frame's middle, where the playhead stands."""
        return self.x(frame + 0.5)

    def frame_at(self, x: float) -> int:
        """The frame under a pixel, kept within the clip."""
        frame = math.floor(self.start + (x - self.left) / self.frame_px)
        return min(max(frame, 0), max(self.frame_count - 1, 0))

    def zoomed(self, factor: float, x: float) -> Scale:
        """Zoomed in (above 1) or out around a pixel."""
        fixed = self.start + (x - self.left) / self.frame_px
        fewest = min(self.width / LARGEST_FRAME_PX, float(max(self.frame_count, 1)))
        shown = min(max(self.shown / factor, fewest), float(max(self.frame_count, 1)))
        return replace(self, shown=shown, start=fixed - (x - self.left) * shown / self.width)._kept()

    def moved(self, frames: float) -> Scale:
        """Moved along the clip."""
        return replace(self, start=self.start + frames)._kept()

    def resized(self, left: float, width: float) -> Scale:
        """Returns the scale for the same part of the clip between other pixel positions."""
        return replace(self, left=left, width=max(width, 1.0))._kept()

    def following(self, frame: int) -> Scale:
        """Turned a page so that a frame is in sight; unchanged when it is."""
        if self.start <= frame <= self.start + self.shown - 1:
            return self
        page = self.shown * 0.08
        backward = frame < self.start
        return replace(self, start=frame - self.shown + 1 + page if backward else frame - page)._kept()

    def first_visible(self) -> int:
        """First frame in sight."""
        return max(0, math.floor(self.start))

    def last_visible(self) -> int:
        """Last frame in sight."""
        return min(self.frame_count - 1, math.ceil(self.start + self.shown))

    def tick_step(self) -> int:
        """Frames between two labels: 1, 2 or 5 times a power of ten, far enough apart to be read."""
        wanted = LABEL_SPACING_PX / self.frame_px
        power = 1
        while True:
            for factor in (1, 2, 5):
                if factor * power >= wanted:
                    return factor * power
            power *= 10

    def _kept(self) -> Scale:
        return replace(self, start=min(max(self.start, 0.0), max(self.frame_count - self.shown, 0.0)))
