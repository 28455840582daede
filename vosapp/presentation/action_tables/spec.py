"""ActionSpec: one command of the window."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One command.

    Attributes:
        id: "group.verb"; how code names it.
        text: as in menus.
        menu: the menu it is in, "" for none.
        keys: shortcuts in Qt's portable notation, the first one is shown.
        icon: file in resources/icons, or "".
        tip: a sentence more for the tooltip, or "".
        checkable: it is a state and not a deed.
        rule: a separator stands above it in its menu.
    """

    id: str
    text: str
    menu: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    tip: str = ""
    checkable: bool = False
    rule: bool = False
