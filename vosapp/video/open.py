"""Opens whatever a user points at: a video file, a folder of images, one image of a sequence, or a pattern."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from vosapp.core.errors import MediaError
from vosapp.core.frame_rate import DEFAULT_RATE
from vosapp.core.paths import IMAGE_SUFFIXES
from vosapp.video.sequence_files import is_pattern, split_layer
from vosapp.video.source import IndexedSource

if TYPE_CHECKING:
    from vosapp.core.document import ClipRef
    from vosapp.video.source import ClipInfo, VideoSource


def open_video(
    path: Path | str, *, input_space: str = "", rate: Fraction | None = None, assumed_rate: Fraction = DEFAULT_RATE
) -> VideoSource:
    """Opens a clip. The source serves the calling thread; open another one for another thread.

    Args:
        path: a video file; a folder of images; one file of a sequence, which stands for the whole sequence; or a
            pattern like shot.%04d.exr or shot.####.exr, behind which #layer may name a layer of EXR files.
        input_space: what the numbers of its pictures mean, see `vosapp.video.input_space`; "" for what it says.
        rate: frames a second of an image sequence, whatever its images say; None takes what they say.
        assumed_rate: the same where they say nothing.

    Raises:
        MediaError: there is no such clip, it cannot be read, or a rate is given for a movie. The message names the file
            and what to do.
    """
    source = _opened(Path(path), rate, assumed_rate)
    if not input_space:
        return source
    from vosapp.video.input_space import in_input_space

    try:
        return in_input_space(source, input_space)
    except MediaError:
        source.close()
        raise


def open_clip_of(clip: ClipRef) -> VideoSource:
    """Opens the clip that a document is about, as its input space says. Raises MediaError as `open_video` does."""
    return open_video(clip.path, input_space=clip.input_space)


def is_sequence(path: Path) -> bool:
    """Whether a path is opened as a sequence of images: a folder, a pattern, a layer of an EXR, or one image."""
    plain, layer = split_layer(path)
    return path.is_dir() or bool(layer) or is_pattern(path) or plain.suffix.lower() in IMAGE_SUFFIXES


def _opened(path: Path, rate: Fraction | None, assumed_rate: Fraction) -> VideoSource:
    if is_sequence(path):
        from vosapp.video.sequence import SequenceSource

        return SequenceSource(path, rate=rate, assumed_rate=assumed_rate)
    if rate is not None and path.exists():
        raise rate_of_movie(path)
    from vosapp.video.av.file_source import FileSource

    return FileSource(path)


def rate_of_movie(path: Path) -> MediaError:
    """The error for a rate that is given to a movie."""
    return MediaError(f"{path.name} is a movie and has a frame rate of its own.", "Leave the rate out.")


def exact_info(source: VideoSource) -> ClipInfo:
    """The facts of a clip once they are exact; waits for that. For who has nothing to do meanwhile.

    Raises:
        MediaError: the file cannot be read to its end.
    """
    waiting: object = source
    if isinstance(waiting, IndexedSource):
        waiting.wait_until_exact()
    return source.info
