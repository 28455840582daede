"""Opens whatever a user points at: a video file, a folder of images, one image of a sequence, or a pattern."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from vosapp.video.images import IMAGE_SUFFIXES
from vosapp.video.sequence_files import is_pattern, split_layer
from vosapp.video.source import IndexedSource

if TYPE_CHECKING:
    from vosapp.video.source import ClipInfo, VideoSource


def open_video(path: Path | str) -> VideoSource:
    """Opens a clip. The source serves the calling thread; open another one for another thread.

    Args:
        path: a video file; a folder of images; one file of a sequence, which stands for the whole sequence; or a
            pattern like shot.%04d.exr or shot.####.exr, behind which #layer may name a layer of EXR files.

    Raises:
        MediaError: there is no such clip, or it cannot be read. The message names the file and what to do.
    """
    path = Path(path)
    plain, layer = split_layer(path)
    if path.is_dir() or layer or is_pattern(path) or plain.suffix.lower() in IMAGE_SUFFIXES:
        from vosapp.video.sequence import SequenceSource

        return SequenceSource(path)
    from vosapp.video.av.file_source import FileSource

    return FileSource(path)


def exact_info(source: VideoSource) -> ClipInfo:
    """The facts of a clip once they are exact; waits for that. For who has nothing to do meanwhile.

    Raises:
        MediaError: the file cannot be read to its end.
    """
    waiting: object = source
    if isinstance(waiting, IndexedSource):
        waiting.wait_until_exact()
    return source.info
