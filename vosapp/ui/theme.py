"""Theme: named colours and sizes.

The greys are neutral (red = green = blue within one step), because a tinted surround shifts how an artist judges the
colours of a shot. One accent colour says "this is what to press" and "this is selected", nothing else. The setting
`view.theme` chooses between the dark theme and a light one for bright rooms.
"""

from __future__ import annotations

from dataclasses import dataclass

from vosapp.core.settings import Settings


@dataclass(frozen=True, slots=True)
class Tokens:
    """Named colours as `#rrggbb`, and sizes in logical pixels."""

    viewer: str = "#161616"  # around the picture
    field: str = "#1b1b1c"  # where text is typed, lane background
    window: str = "#222223"
    panel: str = "#29292a"
    raised: str = "#343436"  # buttons
    hover: str = "#3f3f41"
    pressed: str = "#2e2e30"
    line: str = "#3a3a3c"
    strong_line: str = "#4c4c4f"
    text: str = "#e8e8e9"
    dim: str = "#adadb0"  # labels; 7:1 on panel
    faint: str = "#77777b"  # disabled
    accent: str = "#4f83e6"
    accent_hover: str = "#6394ee"
    accent_pressed: str = "#4272cd"
    accent_text: str = "#ffffff"
    accent_soft: str = "#2f3c55"  # selected row
    good: str = "#5fbf86"
    warning: str = "#e3ab4a"
    error: str = "#ed7267"
    popup: str = "#2d2d2e"  # menus, lists that open, messages
    tooltip: str = "#101011"
    gap: str = "#171718"  # between panels
    lane: str = "#1f1f20"  # behind curves in the timeline
    marker: str = "#ffffff"  # outline of an anchor
    soft: str = "#8b8b8f"  # what may be passed over
    scroll: str = "#4a4a4d"
    scroll_hover: str = "#5b5b5f"
    guide: str = "#202533"
    guide_line: str = "#2c3550"
    off: str = "#31353d"  # what to press next, while it cannot be pressed
    off_line: str = "#3b3f48"
    off_text: str = "#8d9098"
    accent_focus: str = "#cfdefa"
    error_soft: str = "#3a2422"
    error_line: str = "#8b423b"
    warning_soft: str = "#352d1f"
    warning_line: str = "#7d6231"
    good_soft: str = "#20302a"
    good_line: str = "#3b6d54"
    radius_px: int = 5
    margin_px: int = 12
    icon_px: int = 18


DARK = Tokens()
LIGHT = Tokens(
    viewer="#a8a8a8",
    field="#fbfbfb",
    window="#e9e9e9",
    panel="#f2f2f2",
    raised="#ffffff",
    hover="#e2e2e3",
    pressed="#d5d5d6",
    line="#cfcfd0",
    strong_line="#b3b3b5",
    text="#1d1d1f",
    dim="#4e4e52",
    faint="#9a9a9e",
    accent="#2f66cf",
    accent_hover="#2557ba",
    accent_pressed="#1f4aa0",
    accent_soft="#cfdcf6",
    good="#1b7242",
    warning="#8a5a00",
    error="#b83227",
    popup="#fafafa",
    tooltip="#ffffff",
    gap="#c4c4c5",
    lane="#f4f4f4",
    marker="#1d1d1f",
    soft="#6c6c70",
    scroll="#bdbdbf",
    scroll_hover="#a3a3a6",
    guide="#dfe7f8",
    guide_line="#b9c9ea",
    off="#d7dce6",
    off_line="#c3c9d5",
    off_text="#6f7682",
    accent_focus="#12306e",
    error_soft="#fbe4e1",
    error_line="#e0a29b",
    warning_soft="#fbf0d9",
    warning_line="#dcbf83",
    good_soft="#def2e6",
    good_line="#9bcdb1",
)
THEMES = {"dark": DARK, "light": LIGHT}


class ThemeColour(str):
    """A colour of the theme as `#rrggbb`. It knows its name, so that what was made with it can follow the theme.

    Attributes:
        name: of the token.
    """

    __slots__ = ("name",)
    name: str

    @property
    def now(self) -> ThemeColour:
        """The colour of the same name in the theme that holds now."""
        colour: ThemeColour = getattr(TOKENS, self.name)
        return colour


class _CurrentTokens(Tokens):
    """The tokens of the theme that holds now, whichever that is when one is asked for."""

    __slots__ = ()

    def __getattribute__(self, name: str) -> object:
        value = getattr(_current[0], name)
        if not isinstance(value, str):
            return value
        colour = ThemeColour(value)
        colour.name = name
        return colour


_current = [THEMES[Settings().get("view.theme", str)]]
TOKENS: Tokens = _CurrentTokens()
"""Of the running program; `take` changes the theme."""


def now(colour: str) -> str:
    """A colour that was kept, in the theme that holds now."""
    return colour.now if isinstance(colour, ThemeColour) else colour


def take(name: str) -> None:
    """Lets another theme hold. `apply` and a refresh of what was drawn show it."""
    _current[0] = THEMES[name]
