"""Groups of settings as the dialog shows them, and the words for their choices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from vosapp.core.settings import TABLE, Setting
from vosapp.presentation.choices import EngineChoice
from vosapp.presentation.key_flavours import FLAVOURS
from vosapp.presentation.select_choices import selector_choices

_GROUPS = {
    "view": "Window and view",
    "tool": "Tools",
    "keys": "Keyboard",
    "engine": "Propagate",
    "video": "Clips",
    "memory": "Memory",
    "project": "Projects",
    "network": "Network",
}
_WORDS = {
    "engine.device": {
        "auto": "What is quickest here",
        "cpu": "Processor",
        "cuda": "NVIDIA graphics processor",
        "mps": "Apple graphics processor",
    },
    "view.language": {"system": "As the system", "en": "English", "de": "Deutsch"},
    "view.theme": {"dark": "Dark", "light": "Light"},
    "engine.direction": {"forward": "Forward", "backward": "Backward", "both": "Both ways"},
    "video.hardware_decoding": {"auto": "Where it gives the same pictures", "off": "Never"},
}


@dataclass(frozen=True, slots=True)
class SettingsGroup:
    """Settings that stand below one heading."""

    title: str
    settings: tuple[Setting, ...]


def settings_groups() -> tuple[SettingsGroup, ...]:
    """All settings of the table in the order of the dialog.

    Raises:
        KeyError: a setting of the table is in a group that has no title here.
    """
    unknown = {setting.name.partition(".")[0] for setting in TABLE.values()} - set(_GROUPS)
    if unknown:
        raise KeyError(f"no title for {', '.join(sorted(unknown))}")
    return tuple(
        SettingsGroup(title, tuple(one for one in TABLE.values() if one.name.startswith(f"{prefix}.")))
        for prefix, title in _GROUPS.items()
    )


def choices_of(setting: Setting, engines: Iterable[EngineChoice]) -> tuple[tuple[str, str], ...]:
    """(value, words) of the values that a text setting may have; () for any text."""
    if setting.name == "engine.name":
        return tuple((one.name, one.title) for one in engines if one.ready)
    if setting.name == "tool.selector":
        return tuple((one.name, one.title) for one in selector_choices())
    words = _WORDS.get(setting.name, {})
    if setting.name == "keys.flavour":
        words = {name: title for name, (title, _) in FLAVOURS.items()}
    return tuple((choice, words.get(choice, choice)) for choice in setting.choices)
