"""Presets of mattes: settings for the edges that are met most, to begin from."""

from __future__ import annotations

from dataclasses import dataclass

from vosapp.core.document import MatteSettings
from vosapp.matte.settings_facts import DRAWN, FAST


@dataclass(frozen=True, slots=True)
class MattePreset:
    """Settings with a name.

    Attributes:
        title: on the screen.
        tip: what it is for.
        settings: of the matte.
    """

    title: str
    tip: str
    settings: MatteSettings


PRESETS: tuple[MattePreset, ...] = (
    MattePreset("Mask as it is", "Hard edges, nothing changed", MatteSettings()),
    MattePreset(
        "Clean edge",
        "A thin soft edge without bumps, for what is drawn sharply",
        MatteSettings(smooth_px=1.0, feather_px=1.5, holes_px=6.0, specks_px=6.0, edge=DRAWN),
    ),
    MattePreset(
        "Tight edge",
        "As Clean edge, a pixel further in: leaves no rim of what was behind",
        MatteSettings(grow_px=-1.0, smooth_px=1.0, feather_px=1.5, holes_px=6.0, specks_px=6.0, edge=DRAWN),
    ),
    MattePreset(
        "Soft edge",
        "A wide even edge, for what is out of focus all around",
        MatteSettings(smooth_px=2.0, feather_px=8.0, holes_px=6.0, specks_px=6.0, edge=DRAWN),
    ),
    MattePreset(
        "Hair and fur",
        "As wide as the picture shows the edge, along single tufts",
        MatteSettings(holes_px=4.0, specks_px=4.0, edge=FAST),
    ),
    MattePreset(
        "Garbage matte",
        "Far outside and soft, to throw away only what is surely not wanted",
        MatteSettings(grow_px=12.0, smooth_px=6.0, feather_px=8.0, holes_px=40.0, specks_px=20.0, edge=DRAWN),
    ),
)


def preset_of(settings: MatteSettings) -> str:
    """Title of the preset with just these settings, "" where none has them."""
    return next((preset.title for preset in PRESETS if preset.settings == settings), "")
