"""Sets of keys after other programs: what differs from our own keys, by action id.

They follow the default keys that those programs document for the same deed: After Effects' Layer panel and Roto Brush,
Nuke's Viewer, Resolve's Edit and Color pages. A key that such a set gives to another command is taken from the one
that has it here, which gets another key or none. `tests/unit/presentation/test_key_bindings.py` proves that no key of
a set is given twice.
"""

from __future__ import annotations

from collections.abc import Mapping

Keys = Mapping[str, tuple[str, ...]]

_AFTER_EFFECTS: Keys = {
    "tool.brush": ("Ctrl+B", "P"),
    "propagate.backward_anchor": ("Ctrl+Alt+B",),
    "tool.box": ("Q", "R"),
    "tool.ellipse": ("Shift+Q", "Shift+R"),
    "tool.scribble": ("Alt+W",),
    "go.previous": ("PgUp", "Left"),
    "go.next": ("PgDown", "Right"),
    "go.back_10": ("Shift+PgUp", "Shift+Left"),
    "go.on_10": ("Shift+PgDown", "Shift+Right"),
    "go.previous_anchor": ("J",),
    "go.next_anchor": ("K",),
    "play.backward": (),
    "play.stop": (),
    "mark.in": ("B",),
    "mark.out": ("N",),
    "propagate.backward": ("Alt+B",),
    "go.next_doubt": ("D",),
    "go.previous_doubt": ("Shift+D",),
    "view.fit": ("Shift+/", "Ctrl+0"),
    "view.100": ("/", "Ctrl+1"),
    "view.zoom_in": (".", "Ctrl+="),
    "view.zoom_out": (",", "Ctrl+-"),
    "file.export": ("Ctrl+M", "Ctrl+E"),
    "object.matte": ("Ctrl+Alt+M",),
}

_NUKE: Keys = {
    "view.fit": ("F", "Ctrl+0"),
    "view.overlay": ("M", "F2"),
    "view.matte": ("A", "F4"),
    "tool.select": ("Q",),
    "mark.cut": ("Alt+M",),
    "propagate.forward": ("Alt+F",),
    "propagate.backward": ("Alt+B", "B"),
    "go.previous_anchor": ("Ctrl+Shift+Left", "PgUp"),
    "go.next_anchor": ("Ctrl+Shift+Right", "PgDown"),
}

_RESOLVE: Keys = {
    "go.previous_anchor": ("Up", "PgUp"),
    "go.next_anchor": ("Down", "PgDown"),
    "view.fit": ("Shift+Z", "Ctrl+0"),
    "propagate.forward": ("Ctrl+T", "F"),
    "propagate.backward": ("Alt+T", "B"),
    "play.loop": ("Ctrl+/", "Shift+L"),
}

FLAVOURS: Mapping[str, tuple[str, Keys]] = {
    "vosapp": ("vosapp's own", {}),
    "after_effects": ("As in After Effects", _AFTER_EFFECTS),
    "nuke": ("As in Nuke", _NUKE),
    "resolve": ("As in DaVinci Resolve", _RESOLVE),
}
"""(title, keys) by the name of the setting `keys.flavour`."""
