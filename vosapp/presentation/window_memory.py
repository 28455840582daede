"""Where the window was and how its parts were shared out, and for each project how it was left.

Habits of this computer and no part of a document: undo leaves them, and a project that goes elsewhere takes none along.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from vosapp.core.document import ObjectId
from vosapp.core.paths import user_data_dir
from vosapp.core.small_files import recalled_entries, remember
from vosapp.presentation.view_state import ObjectStyle

KEPT = 200  # projects; the oldest go
_SIDE_PX = 100_000  # no screen is larger
FIRST_SIZE = (1440, 900)  # (width, height) of a first window where the screen is large enough
FRAME = (2, 40)  # (width, height) that a window's title and border take, roughly


@dataclass(frozen=True, slots=True)
class WindowPlace:
    """The window itself.

    Attributes:
        x, y, width, height: of its inside while it is neither maximised nor full, in logical pixels of the desktop.
        maximised: whether it filled the screen.
        side_px, below_px: width of the panels beside the picture, height of the part with the timeline.
    """

    x: int
    y: int
    width: int
    height: int
    maximised: bool = False
    side_px: int = 0
    below_px: int = 0


@dataclass(frozen=True, slots=True)
class ShotPlace:
    """How a project was left.

    Attributes:
        brush_px: diameter of the brush in picture pixels.
        opacity: of the overlay, 0 to 1.
        frame_index: the frame looked at.
        cuts_sought: whether no search for cuts has to be finished.
        hidden: ids of objects that are not shown.
        styles: of objects that are drawn in a way of their own, by id.
    """

    brush_px: float
    opacity: float
    frame_index: int
    cuts_sought: bool = True
    hidden: tuple[ObjectId, ...] = ()
    styles: Mapping[ObjectId, ObjectStyle] = field(default_factory=dict)


def first_size(available: tuple[int, int]) -> tuple[int, int]:
    """(width, height) of a first window's inside on a screen with so much room, with its title and border in sight."""
    width, height = (
        min(wanted, room - frame) for wanted, room, frame in zip(FIRST_SIZE, available, FRAME, strict=True)
    )
    return max(width, 1), max(height, 1)


class WindowMemory:
    """Keeps places in the user's data folder. A file that cannot be read or written is no trouble."""

    def __init__(self) -> None:
        self._path = user_data_dir() / "window.json"

    def window(self) -> WindowPlace | None:
        """Where the window was, None when nothing is known."""
        found = recalled_entries(self._path).get("window")
        names = ("x", "y", "width", "height", "side_px", "below_px")
        if not isinstance(found, dict) or not all(_is_length(found.get(name)) for name in names):
            return None
        if min(found["width"], found["height"]) < 1:
            return None
        return WindowPlace(**{name: found[name] for name in names}, maximised=found.get("maximised") is True)

    def shot(self, project_id: str) -> ShotPlace | None:
        """How a project was left, None when nothing is known of it."""
        found = self._shots(recalled_entries(self._path)).get(project_id)
        if not isinstance(found, dict):
            return None
        brush, opacity, frame = (found.get(name) for name in ("brush_px", "opacity", "frame_index"))
        if not (_is_number(brush) and _is_number(opacity) and isinstance(frame, int) and frame >= 0):
            return None
        return ShotPlace(
            float(str(brush)),
            min(max(float(str(opacity)), 0.0), 1.0),
            frame,
            cuts_sought=found.get("cuts_sought") is not False,
            hidden=_ids(found.get("hidden")),
            styles=_styles(found.get("styles")),
        )

    def keep_window(self, place: WindowPlace) -> None:
        """Remembers where the window is."""
        remember(self._path, {**recalled_entries(self._path), "window": asdict(place)})

    def keep_shot(self, project_id: str, place: ShotPlace) -> None:
        """Remembers how a project is left."""
        known = recalled_entries(self._path)
        shots = {name: shot for name, shot in self._shots(known).items() if name != project_id}
        newest = dict([*shots.items(), (project_id, _entry(place))][-KEPT:])
        remember(self._path, {**known, "shots": newest})

    def _shots(self, known: Mapping[str, object]) -> dict[str, object]:
        found = known.get("shots")
        return found if isinstance(found, dict) else {}


def _entry(place: ShotPlace) -> dict[str, object]:
    styles = {str(object_id): style.value for object_id, style in place.styles.items()}
    return {**asdict(place), "styles": styles}


def _ids(found: object) -> tuple[ObjectId, ...]:
    known = found if isinstance(found, list) else []
    return tuple(one for one in known if type(one) is int)


def _styles(found: object) -> dict[ObjectId, ObjectStyle]:
    by_value = {style.value: style for style in ObjectStyle}
    known = found.items() if isinstance(found, dict) else ()
    return {int(one): by_value[style] for one, style in known if str(one).isdecimal() and style in by_value}


def _is_length(value: object) -> bool:
    return type(value) is int and abs(value) <= _SIDE_PX


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
