"""Display pictures by OpenColorIO: from a camera's log or scene light to what an ordinary screen shows.

This is the one module that knows OpenColorIO, and it is loaded when an input space is chosen, not before.

With the built-in configuration light is shown as it is everywhere else in the program: by the curve of sRGB, and what
cameras record in a log curve with highlights rolled off, as film is. With the studio's own configuration the picture is
that of its default display and view.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from vosapp.video.colour import Floats, light_to_deep_display, light_to_display, unit_samples
from vosapp.video.input_space import SPACES, InputSpaceError, studio_config

BUILT_IN = "studio-config-v2.1.0_aces-v1.3_ocio-v2.3"
"""One that every OpenColorIO since 2.3 carries, so that a project looks the same with all of them."""
_LIGHT, _SCREEN = "Linear Rec.709 (sRGB)", "sRGB - Texture"
_GRID = 65
_STOPS = (-12.0, 8.0)
"""The range of scene light in a table, in powers of two."""


class DisplayTransform(Protocol):
    """Makes display pictures of native ones. May be used by several threads."""

    def shallow(self, rgb: NDArray[Any]) -> NDArray[np.uint8]:
        """(height, width, 3) of any depth to the same in uint8."""

    def deep(self, rgb: NDArray[Any]) -> NDArray[np.uint16]:
        """(height, width, 3) of any depth to the same in uint16 over its full range."""


def display_transform(name: str, colour_space: str = "") -> DisplayTransform:
    """The way from an input space to the display.

    Args:
        name: as it was chosen. A name that the studio's own configuration knows is taken from there.
        colour_space: its name in the built-in configuration, "" when that is `name`.

    Raises:
        InputSpaceError: there is no such space, or OpenColorIO or the configuration is at fault.
    """
    return _made_transform(name, colour_space, studio_config())


@lru_cache(maxsize=8)
def _made_transform(name: str, colour_space: str, studio: str) -> DisplayTransform:
    if studio:
        known = _config(studio).getColorSpace(name)
        if known is not None:
            return _ViewTransform(_config(studio), known)
    built_in = _config("")
    known = built_in.getColorSpace(colour_space or name)
    if known is None:
        names = ", ".join(space.name for space in SPACES)
        raise InputSpaceError(
            f"There is no input space {name}.", f"Choose one of {names}, or a colour space of the ACES configuration."
        )
    return _LightTransform(built_in, known)


def listed_spaces(config: str) -> tuple[str, ...]:
    """The names of the colour spaces that a configuration shows to users, in its order.

    Args:
        config: path of the file or name of a built-in one; "" for ours.

    Raises:
        InputSpaceError: OpenColorIO is not there, or the configuration cannot be read.
    """
    return tuple(space.getName() for space in _config(config).getColorSpaces())


def _library() -> Any:
    try:
        import PyOpenColorIO
    except ImportError as error:
        raise InputSpaceError(
            f"Input spaces need OpenColorIO, which cannot be loaded ({error}).", "Install it: pip install opencolorio"
        ) from error
    return PyOpenColorIO


def _errors() -> tuple[type[Exception], ...]:
    """What OpenColorIO raises; its two exceptions are no relatives."""
    library = _library()
    return (library.Exception, library.ExceptionMissingFile, ValueError, RuntimeError, TypeError)


@lru_cache(maxsize=4)
def _config(name: str) -> Any:
    library = _library()
    try:
        if not name:
            return library.Config.CreateFromBuiltinConfig(BUILT_IN)
        config = library.Config.CreateFromFile(name)
        config.validate()
    except _errors() as error:
        what = f"The colour configuration {name}, which the variable OCIO names, cannot be used ({_one_line(error)})."
        if not name:
            what = f"OpenColorIO has no configuration {BUILT_IN} ({_one_line(error)})."
        raise InputSpaceError(what, "Correct or unset the variable OCIO; then vosapp uses its own.") from error
    return config


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


def _applied(processor: Any, values: Floats) -> Floats:
    """(..., 3) float32 through a processor, as a new array."""
    library = _library()
    out = np.array(values, np.float32, order="C")
    try:
        processor.apply(library.PackedImageDesc(out, out.size // 3, 1, 3))
    except _errors() as error:
        raise InputSpaceError(f"OpenColorIO cannot convert the picture ({_one_line(error)}).") from error
    return out


def _processor(config: Any, *arguments: Any) -> Any:
    try:
        return config.getProcessor(*arguments).getDefaultCPUProcessor()
    except _errors() as error:
        raise InputSpaceError(
            f"The colour configuration cannot make a display picture ({_one_line(error)}).",
            "Choose another input space, or correct the configuration that the variable OCIO names.",
        ) from error


class _LightTransform:
    """By the built-in configuration to light of BT.709's primaries, then as all light is shown."""

    def __init__(self, config: Any, space: Any) -> None:
        is_light = space.getEncoding() in ("scene-linear", "log")
        self._to_light = _processor(config, space.getName(), _LIGHT if is_light else _SCREEN)
        self._is_light = is_light
        self._rolls_off = space.getEncoding() == "log"

    def shallow(self, rgb: NDArray[Any]) -> NDArray[np.uint8]:
        values = _applied(self._to_light, unit_samples(rgb))
        if self._is_light:
            return light_to_display(values, roll_off=self._rolls_off)
        return (values.clip(0, 1) * 255 + 0.5).astype(np.uint8)

    def deep(self, rgb: NDArray[Any]) -> NDArray[np.uint16]:
        values = _applied(self._to_light, unit_samples(rgb))
        if self._is_light:
            return light_to_deep_display(values, roll_off=self._rolls_off)
        return (values.clip(0, 1) * 65535 + 0.5).astype(np.uint16)


class _ViewTransform:
    """By the default display and view of a studio's configuration.

    Views may be slow (ACES takes a second for a picture of 1080p), so viewer and networks get them through a table of
    65 steps a side; exports get the view itself.
    """

    def __init__(self, config: Any, space: Any) -> None:
        library = _library()
        display = config.getDefaultDisplay()
        view = config.getDefaultView(display, space.getName())
        self._exact = _processor(config, library.DisplayViewTransform(space.getName(), display, view))
        self._is_light = config.isColorSpaceLinear(space.getName(), library.REFERENCE_SPACE_SCENE)
        self._table: Any = None

    def shallow(self, rgb: NDArray[Any]) -> NDArray[np.uint8]:
        if self._table is None:
            self._table = self._made_table()
        place = unit_samples(rgb)
        return (_applied(self._table, place).clip(0, 1) * 255 + 0.5).astype(np.uint8)

    def deep(self, rgb: NDArray[Any]) -> NDArray[np.uint16]:
        return (_applied(self._exact, unit_samples(rgb)).clip(0, 1) * 65535 + 0.5).astype(np.uint16)

    def _made_table(self) -> Any:
        library = _library()
        steps = np.linspace(0, 1, _GRID, dtype=np.float32)
        if self._is_light:
            steps = np.exp2(_STOPS[0] + steps * (_STOPS[1] - _STOPS[0])).astype(np.float32)
        # OpenColorIO lays a table out with blue running fastest.
        lattice = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1)
        table = library.Lut3DTransform(_GRID)
        table.setData(_applied(self._exact, lattice).ravel())
        table.setInterpolation(library.INTERP_TETRAHEDRAL)
        group = library.GroupTransform()
        if self._is_light:
            group.appendTransform(library.AllocationTransform(library.ALLOCATION_LG2, list(_STOPS)))
        group.appendTransform(table)
        return _processor(library.Config.CreateRaw(), group)
