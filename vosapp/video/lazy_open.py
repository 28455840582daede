"""Opens a clip without loading decoders when this module is imported: the window starts without them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vosapp.video.source import VideoSource


def open_clip(path: str, input_space: str = "") -> VideoSource:
    """Opens a clip; loads its decoder when it is called and not before. Not for the GUI thread.

    Raises:
        MediaError: see `vosapp.video.open.open_video`.
    """
    import cv2  # noqa: F401 - the viewer scales with it, and loading it there would hold the window up

    from vosapp.video.open import open_video

    return open_video(path, input_space=input_space)
