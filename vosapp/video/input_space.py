"""Input spaces: what the numbers of a clip's pictures mean, where the file does not say or says it wrongly.

A user chooses by the short names below; any name of a colour space in OpenColorIO's built-in ACES configuration, or in
the studio's own that the variable OCIO names, is taken as well. Only the display picture changes: `native` and
exports that carry the clip's own picture keep its numbers.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vosapp.core.errors import MediaError
from vosapp.video.colour import unit_samples
from vosapp.video.placeholder import damaged_picture
from vosapp.video.source import (
    ClipInfo,
    IndexedSource,
    RgbImage,
    TimedSource,
    VideoSource,
    frame_times,
    stored_picture,
)

if TYPE_CHECKING:
    from vosapp.video.ocio import DisplayTransform

AS_TAGGED = ""


@dataclass(frozen=True, slots=True)
class InputSpace:
    """A space that can be chosen.

    Attributes:
        name: what commands and projects call it.
        title: what the window calls it.
        colour_space: its name in the built-in configuration; "" for what a screen shows as it is.
    """

    name: str
    title: str
    colour_space: str = ""


SPACES = (
    InputSpace("srgb", "sRGB"),
    InputSpace("rec709", "Rec.709 (BT.1886)"),
    InputSpace("linear", "Linear Rec.709", "Linear Rec.709 (sRGB)"),
    InputSpace("acescg", "ACEScg", "ACEScg"),
    InputSpace("aces2065-1", "ACES2065-1", "ACES2065-1"),
    InputSpace("logc3", "ARRI LogC3 (EI 800), Wide Gamut 3", "ARRI LogC3 (EI800)"),
    InputSpace("logc4", "ARRI LogC4, Wide Gamut 4", "ARRI LogC4"),
    InputSpace("slog3", "Sony S-Log3, S-Gamut3", "S-Log3 S-Gamut3"),
    InputSpace("slog3-cine", "Sony S-Log3, S-Gamut3.Cine", "S-Log3 S-Gamut3.Cine"),
    InputSpace("vlog", "Panasonic V-Log, V-Gamut", "V-Log V-Gamut"),
    InputSpace("redlog3g10", "REDLog3G10, REDWideGamutRGB", "Log3G10 REDWideGamutRGB"),
)
_BY_NAME = {space.name: space for space in SPACES}


class InputSpaceError(MediaError):
    """The chosen input space cannot be had: its name is unknown, or OpenColorIO or its configuration is at fault."""


def known_space(name: str) -> InputSpace | None:
    """The space of a short name, whatever its letters' size; None for names of configurations."""
    return _BY_NAME.get(name.lower())


def space_title(name: str) -> str:
    """What the window calls a space."""
    space = known_space(name)
    return space.title if space is not None else name


def studio_config() -> str:
    """The studio's own configuration, as the variable OCIO names it; "" when there is none."""
    return os.environ.get("OCIO", "").strip()


def studio_spaces() -> tuple[str, ...]:
    """The colour spaces that the studio's own configuration lists; none without one.

    Raises:
        InputSpaceError: OpenColorIO is not there, or the configuration cannot be read.
    """
    if not studio_config():
        return ()
    from vosapp.video.ocio import listed_spaces

    return listed_spaces(studio_config())


def in_input_space(source: VideoSource, name: str) -> VideoSource:
    """A source that takes the pictures of another one for a space; the same source when none is named.

    Raises:
        InputSpaceError: there is no such space.
    """
    return InputSpaceSource(source, name) if name else source


class InputSpaceSource:
    """Shows the native pictures of another source as an input space says. One object serves one thread."""

    def __init__(self, source: VideoSource, name: str) -> None:
        """Takes over a source, which is closed with this one.

        Raises:
            InputSpaceError: there is no such space.
        """
        space = known_space(name)
        self._source = source
        self._name = space.name if space is not None else name
        self._transform: DisplayTransform | None = None
        if space is None or space.colour_space:
            from vosapp.video.ocio import display_transform

            self._transform = display_transform(self._name, space.colour_space if space is not None else "")

    @property
    def info(self) -> ClipInfo:
        """Facts of the clip."""
        return replace(self._source.info, input_space=self._name)

    def frame(self, index: int) -> RgbImage:
        """Frame `index` as read-only (height, width, 3) uint8 RGB, seen as the input space says; see `VideoSource`."""
        picture = self._display(index)
        if self._source.is_damaged(index):
            picture = damaged_picture(picture)
        picture.flags.writeable = False
        return picture

    def native(self, index: int) -> NDArray[Any]:
        """Frame `index` as the clip has it, in its own numbers."""
        return self._source.native(index)

    def stored(self, index: int) -> NDArray[Any]:
        """Frame `index` in its own numbers, with the source's own pixels."""
        return stored_picture(self._source, index)

    def deep_display(self, rgb: NDArray[Any]) -> NDArray[np.uint16]:
        """The display picture, in 16 bits a channel, of a native one (height, width, 3)."""
        if self._transform is None:
            return (unit_samples(rgb).clip(0, 1) * 65535 + 0.5).astype(np.uint16)
        return self._transform.deep(rgb)

    def is_damaged(self, index: int) -> bool:
        """Whether frame `index` is missing, unreadable or only partly decodable."""
        return self._source.is_damaged(index)

    def first_time(self) -> Fraction:
        """When frame 0 begins by the clock of the file, in seconds."""
        inner: object = self._source
        return inner.first_time() if isinstance(inner, TimedSource) else Fraction(0)

    def times(self) -> tuple[Fraction, ...]:
        """When every frame begins, in seconds after frame 0."""
        return frame_times(self._source)

    def interrupt(self) -> None:
        """Ends a wait for the index in the thread of this source."""
        inner: object = self._source
        if isinstance(inner, IndexedSource):
            inner.interrupt()

    def wait_until_exact(self, timeout: float | None = None) -> bool:
        """Waits until `info` is no longer provisional; False when that takes longer than `timeout` seconds."""
        inner: object = self._source
        return inner.wait_until_exact(timeout) if isinstance(inner, IndexedSource) else True

    def close(self) -> None:
        """Closes the source."""
        self._source.close()

    def _display(self, index: int) -> RgbImage:
        try:
            rgb = self._source.native(index)[..., :3]
        except MediaError:
            if not self._source.is_damaged(index):
                raise
            return self._source.frame(index).copy()  # nothing before it can be decoded either
        if self._transform is None:
            return _eight_bit(rgb)
        return self._transform.shallow(rgb)


def _eight_bit(rgb: NDArray[Any]) -> RgbImage:
    if rgb.dtype == np.uint8:
        return np.array(rgb)
    return (unit_samples(rgb).clip(0, 1) * 255 + 0.5).astype(np.uint8)
