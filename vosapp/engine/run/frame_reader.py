"""Reads the frames of a pass in its own order, also backward, with bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from vosapp.core.errors import MediaError
from vosapp.video.source import RgbImage, VideoSource

_CHUNK_BYTES = 192 * 2**20  # 160 frames at 480p, 30 at 1080p: a seek for each chunk instead of for each frame
_FIRST_CHUNK = 8  # frames; then twice as many each time: the first result is not to wait for a whole chunk


def _nothing() -> None:
    pass


def read_in_order(
    source: VideoSource,
    frame_indices: Sequence[int],
    found_damaged: Callable[[int], object] = lambda _: None,
    *,
    before_each: Callable[[], object] = _nothing,
) -> Iterator[tuple[int, RgbImage]]:
    """Yields (index, frame) in the given order.

    A descending order is decoded in ascending chunks, because a decoder only goes forward cheaply; at most one chunk
    is held at a time.

    Args:
        source: the clip; used only while the iterator runs.
        frame_indices: all ascending or all descending.
        found_damaged: called with every frame whose picture is damaged or missing, before that frame is yielded.
        before_each: called before a frame is read; may raise, so that a run can be cancelled within a chunk.

    Raises:
        MediaError: a frame cannot be read, or the clip ends before it.
    """

    def read(index: int) -> RgbImage:
        before_each()
        try:
            picture = source.frame(index)
        except IndexError as error:
            path, count = source.info.path, source.info.frame_count
            raise MediaError(
                f"{path.name} ends after {count} frames: it claimed more at first, or has changed since.",
                "What was made up to there stands.",
            ) from error
        if source.is_damaged(index):  # asked right after reading, when it costs nothing
            found_damaged(index)
        return picture

    if len(frame_indices) < 2 or frame_indices[0] < frame_indices[1]:
        for index in frame_indices:
            yield index, read(index)
        return
    most = max(1, _CHUNK_BYTES // (source.info.height * source.info.width * 3))
    start, chunk_frames = 0, min(_FIRST_CHUNK, most)
    while start < len(frame_indices):
        indices = frame_indices[start : start + chunk_frames]
        pictures = [read(index) for index in reversed(indices)]
        for index in indices:
            yield index, pictures.pop()
        start, chunk_frames = start + chunk_frames, min(2 * chunk_frames, most)
