"""The user's settings: one table with type, default, help, unit and range, and the file that keeps them.

A window builds its settings page from the table, the command line its help. A value that is not allowed never gets in;
a file that cannot be read, or an entry in it, falls back to the default, and the entries that this version does not
know are kept for the version that wrote them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from vosapp.core.errors import UserError
from vosapp.core.paths import user_data_dir
from vosapp.core.small_files import read_json, recalled, write_whole

Value = bool | int | float | str
V = TypeVar("V", bool, int, float, str)


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting.

    Attributes:
        name: key in the file: `group.name`.
        default: value until the user changes it; its type is the type of the setting.
        help: one sentence for the user.
        unit: of a number, "" for none.
        minimum, maximum: of a number, both allowed; None for no bound.
        choices: the only texts allowed, () for any.
        title: two or three words that stand before its field.
    """

    name: str
    default: Value
    help: str
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    title: str = ""

    def accepts(self, value: object) -> bool:
        """Whether a value is of the right type and in range. A whole number will do where a fraction may stand."""
        wanted, given = type(self.default), type(value)
        if given is not wanted and not (wanted is float and given is int):
            return False
        if isinstance(value, str):
            return len(value) <= 10_000 and (not self.choices or value in self.choices)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return isinstance(value, bool)
        return (self.minimum is None or value >= self.minimum) and (self.maximum is None or value <= self.maximum)


TABLE: Mapping[str, Setting] = {
    setting.name: setting
    for setting in (
        Setting("engine.name", "hybrid", "Engine that a new project propagates with.", title="Engine"),
        Setting(
            "engine.device",
            "auto",
            "Where engines compute.",
            choices=("auto", "cpu", "cuda", "mps"),
            title="Compute on",
        ),
        Setting(
            "engine.follow", True, "Show the frame that a run is at, until you go elsewhere.", title="Follow the run"
        ),
        Setting(
            "engine.keep_awake",
            True,
            "Keep the computer awake while masks are made or written (Linux with systemd).",
            title="No sleep while working",
        ),
        Setting(
            "engine.direction",
            "both",
            "Which way Propagate goes at first.",
            choices=("forward", "backward", "both"),
            title="Direction",
        ),
        Setting("tool.brush_px", 24.0, "Diameter of the brush.", "px of the clip", 1, 2000, title="Brush"),
        Setting(
            "tool.holes_px",
            20.0,
            "Diameter up to which Clean up fills holes.",
            "px of the clip",
            0,
            2000,
            title="Fill holes up to",
        ),
        Setting(
            "tool.specks_px",
            20.0,
            "Diameter up to which Clean up removes specks.",
            "px of the clip",
            0,
            2000,
            title="Remove specks up to",
        ),
        Setting(
            "tool.selector",
            "network",
            "What proposes the masks of Select and Scribble; networks whose weights are here can be chosen.",
            title="Select with",
        ),
        Setting("view.theme", "dark", "Colours of the window.", choices=("dark", "light"), title="Theme"),
        Setting(
            "view.language",
            "en",
            "Language of menus, panels, settings and messages; what it lacks is in English.",
            choices=("system", "en", "de"),
            title="Language",
        ),
        Setting("view.overlay_opacity", 0.45, "How strongly masks cover the picture.", "", 0, 1, title="Opacity"),
        Setting("view.loop", True, "Begin again when playback reaches the end.", title="Loop"),
        Setting(
            "view.thumbnails", False, "Show pictures of the clip in the timeline.", title="Pictures in the timeline"
        ),
        Setting(
            "view.timecode",
            False,
            "Show timecode on the ruler of the timeline instead of frame numbers.",
            title="Timecode on the ruler",
        ),
        Setting(
            "keys.flavour",
            "vosapp",
            "Which program's keys are used. Keys of your own (Edit > Keys) stand above them.",
            choices=("vosapp", "after_effects", "nuke", "resolve"),
            title="Keys",
        ),
        Setting(
            "video.hardware_decoding",
            "auto",
            "Let the graphics processor decode video where it gives the same pictures.",
            choices=("auto", "off"),
            title="Hardware decoding",
        ),
        Setting(
            "video.find_cuts", True, "Look for cuts in clips that are opened for the first time.", title="Find cuts"
        ),
        Setting(
            "video.sequence_rate",
            24.0,
            "Frames a second of images that do not say theirs.",
            "fps",
            1,
            1000,
            title="Rate of images",
        ),
        Setting(
            "network.offline",
            False,
            "Never connect to anything, also where a download is asked for.",
            title="Stay offline",
        ),
        Setting(
            "memory.frame_cache_mb",
            0,
            "Memory for decoded pictures; 0 takes a quarter of the machine's memory.",
            "MB",
            0,
            262_144,
            title="Picture cache",
        ),
        Setting(
            "project.history_mb",
            2048,
            "Masks kept for undo; beyond it the oldest steps go.",
            "MB",
            16,
            262_144,
            title="Undo",
        ),
        Setting(
            "project.backup_minutes",
            10,
            "Time between automatic backups; 0 makes none.",
            "min",
            0,
            1440,
            title="Backup every",
        ),
        Setting("project.backup_count", 5, "Backups kept of each project.", "", 1, 100, title="Backups kept"),
        Setting("project.recent_count", 12, "Files in the list of recent ones.", "", 0, 50, title="Recent files"),
    )
}


def settings_path() -> Path:
    """The file that keeps the user's settings."""
    return user_data_dir() / "settings.json"


class Settings:
    """The values of all settings, kept in a file.

    Attributes:
        problems: sentences about entries of the file that were not taken over.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Reads the file, by default the user's. A missing one gives the defaults."""
        self._path = path or settings_path()
        self.problems: list[str] = []
        self._stored = self._read()

    def get(self, name: str, of_type: type[V]) -> V:
        """The value of a setting.

        Args:
            name: key in the table.
            of_type: the type that the caller counts on.

        Raises:
            KeyError: there is no such setting.
            TypeError: it is of another type.
        """
        setting = TABLE[name]
        if type(setting.default) is not of_type:
            raise TypeError(f"{name} is {type(setting.default).__name__}, not {of_type.__name__}")
        return of_type(self._value(setting))

    def set(self, name: str, value: Value) -> None:
        """Changes a setting and writes the file.

        Raises:
            KeyError: there is no such setting.
            UserError: the value is not allowed, or the file cannot be written.
        """
        setting = TABLE[name]
        if not setting.accepts(value):
            raise UserError(f"{value!r} is not allowed for {name}.", _allowed(setting))
        self._change({name: value})

    def reset(self) -> None:
        """Sets everything back to the defaults and writes the file."""
        self._change({name: setting.default for name, setting in TABLE.items()})

    def __iter__(self) -> Iterator[tuple[Setting, Value]]:
        """Every setting with its value."""
        for setting in TABLE.values():
            yield setting, self._value(setting)

    def _value(self, setting: Setting) -> Value:
        stored = self._stored.get(setting.name, setting.default)
        if isinstance(stored, (bool, int, float, str)) and setting.accepts(stored):
            return stored
        return setting.default

    def _read(self) -> dict[str, object]:
        try:
            stored = read_json(self._path)
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            self.problems.append(f"The settings in {self._path} cannot be read and are not used: {error}.")
            return {}
        if not isinstance(stored, dict):
            self.problems.append(f"The settings in {self._path} cannot be read and are not used.")
            return {}
        for name, value in stored.items():
            if name in TABLE and not TABLE[name].accepts(value):
                self.problems.append(f"{self._path}: {value!r} is not allowed for {name}. {_allowed(TABLE[name])}")
        return stored

    def _change(self, values: Mapping[str, Value]) -> None:
        """Changes values here and in the file, in which another window may have changed others since it was read."""
        found = recalled(self._path)
        content: dict[str, object] = found if isinstance(found, dict) else dict(self._stored)
        for stored in (self._stored, content):
            stored.update(values)
            for name, value in values.items():
                if value == TABLE[name].default:
                    del stored[name]
        try:
            write_whole(self._path, json.dumps(content, indent=2, sort_keys=True).encode(), private=True)
        except OSError as error:
            raise UserError(f"The settings cannot be written to {self._path}: {error.strerror}.") from error


def _allowed(setting: Setting) -> str:
    if setting.choices:
        return f"Allowed are {', '.join(setting.choices)}."
    if isinstance(setting.default, bool):
        return "Allowed are true and false."
    if isinstance(setting.default, str):
        return "Allowed is a text."
    unit = f" {setting.unit}" if setting.unit else ""
    kind = "whole numbers" if isinstance(setting.default, int) else "numbers"
    return f"Allowed are {kind} from {setting.minimum} to {setting.maximum}{unit}."
