"""Texts of both themes can be read, the greys are neutral, and the light theme comes with the next start."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from vosapp.ui.theme import DARK, LIGHT, THEMES, Tokens

GROUNDS = ("window", "panel", "field", "popup", "lane")


def light_of(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    values = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in values]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    bright, dark = sorted((light_of(a), light_of(b)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_texts_stand_out_from_their_ground(tokens: Tokens) -> None:
    for ground in (getattr(tokens, name) for name in GROUNDS):
        assert contrast(tokens.text, ground) >= 7
        for name in ("dim", "good", "warning", "error"):
            assert contrast(getattr(tokens, name), ground) >= 4.5, (name, ground)
        assert contrast(tokens.soft, ground) >= 3.5
    assert contrast(tokens.accent_text, tokens.accent) >= 3.5
    assert contrast(tokens.text, tokens.accent_soft) >= 7
    for kind in ("error", "warning", "good"):
        assert contrast(tokens.text, getattr(tokens, f"{kind}_soft")) >= 7


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_what_surrounds_the_picture_is_grey(tokens: Tokens) -> None:
    for name in ("viewer", "field", "window", "panel", "gap", "lane"):
        values = [int(getattr(tokens, name)[at : at + 2], 16) for at in (1, 3, 5)]
        assert max(values) - min(values) <= 1, name


def test_the_light_theme_changes_every_colour_but_the_text_on_the_accent() -> None:
    colours = [one.name for one in fields(Tokens) if one.type == "str"]
    assert [name for name in colours if getattr(DARK, name) == getattr(LIGHT, name)] == ["accent_text"]


@pytest.mark.parametrize("name", list(THEMES))
def test_the_theme_is_that_of_the_settings_at_the_start(name: str, tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text(f'{{"view.theme": "{name}"}}')
    code = (
        "from vosapp.ui.app import make_application; from vosapp.ui.main_window import MainWindow;"
        "make_application(); w = MainWindow(); w.resize(900, 600); w.show();"
        "print(w.grab().toImage().pixelColor(5, 300).name())"
    )
    environment = {**os.environ, "VOSAPP_DATA_DIR": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout.split()[-1] == THEMES[name].window
