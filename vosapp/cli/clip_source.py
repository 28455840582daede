"""Opening the clip of a command, with a frame rate where the user gives one."""

from __future__ import annotations

import argparse
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from vosapp.core.edits import set_rate
from vosapp.core.errors import UserError
from vosapp.core.frame_rate import parse_rate
from vosapp.core.settings import Settings

if TYPE_CHECKING:
    from vosapp.core.document import Document
    from vosapp.video.source import VideoSource


def add_rate(parser: argparse.ArgumentParser) -> None:
    """Adds `--rate`."""
    parser.add_argument(
        "--rate",
        metavar="FPS",
        type=_rate,
        help="frames a second of an image sequence, as 25, 23.976 or 30000/1001 (default: the project's, else what the "
        "images say, else the setting video.sequence_rate)",
    )


def open_source(path: Path, rate: Fraction | None, input_space: str | None) -> VideoSource:
    """Opens a clip for the calling thread, in an input space or None for what it says itself.

    Raises:
        MediaError: see `vosapp.video.open.open_video`.
    """
    from vosapp.video.open import open_video

    return open_video(path, input_space=input_space or "", rate=rate, assumed_rate=usual_rate())


def at_rate(document: Document, rate: Fraction | None) -> Document:
    """The document of a project at the rate that `--rate` gives, None for its own; the project stays as it is.

    Raises:
        MediaError: its clip is a movie.
    """
    from vosapp.video.open import is_sequence, rate_of_movie

    if rate is None or document.clip is None:
        return document
    path = Path(document.clip.path)
    if not is_sequence(path):
        raise rate_of_movie(path)
    return set_rate(document, rate)


def usual_rate() -> Fraction:
    """The rate of images that say none, as the user set it."""
    return parse_rate(str(Settings().get("video.sequence_rate", float)))


def _rate(text: str) -> Fraction:
    try:
        return parse_rate(text)
    except UserError as error:
        raise argparse.ArgumentTypeError(f"{error.message} {error.hint}") from None
