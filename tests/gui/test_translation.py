"""The window speaks German where the catalogue does, English where it does not, and shows names as they are."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from vosapp.core.settings import TABLE
from vosapp.presentation.actions import ACTIONS, MENUS
from vosapp.presentation.engine_list import engine_choices
from vosapp.presentation.matte.display import (
    EDGE_TIPS,
    EDGE_TITLES,
    JOIN_TIPS,
    JOIN_TITLES,
    PAINT_TIPS,
    PAINT_TITLES,
)
from vosapp.presentation.matte.fields import FIELDS, SECTIONS
from vosapp.presentation.matte.presets import PRESETS
from vosapp.presentation.settings_form import choices_of, settings_groups
from vosapp.ui.translation import CONTEXT, SentenceTranslator, languages, sentences_of, tr

NEEDED = 0.9  # of the texts of commands and settings; what was just added may come later


def wanted() -> list[str]:
    """All texts of commands, menus and settings."""
    texts = [*MENUS, *(group.title for group in settings_groups())]
    for spec in ACTIONS:
        texts += [spec.text, spec.tip]
    for setting in TABLE.values():
        texts += [setting.title, setting.help, *(words for _, words in choices_of(setting, ()))]
    return [text for text in dict.fromkeys(texts) if text]


@pytest.mark.parametrize("language", languages())
def test_commands_and_settings_are_translated(language: str) -> None:
    sentences = sentences_of(language)
    lacking = [text for text in wanted() if text not in sentences]
    assert len(lacking) <= (1 - NEEDED) * len(wanted()), lacking


@pytest.mark.parametrize("language", languages())
def test_the_matte_panel_is_translated(language: str) -> None:
    texts = [text for field in FIELDS for text in (field.title, field.label, field.tip)] + list(SECTIONS)
    texts += [text for preset in PRESETS for text in (preset.title, preset.tip)]
    for named in (EDGE_TITLES, EDGE_TIPS, PAINT_TITLES, PAINT_TIPS, JOIN_TITLES, JOIN_TIPS):
        texts += named.values()
    assert [text for text in texts if text not in sentences_of(language)] == []


@pytest.mark.parametrize("language", languages())
def test_translations_keep_what_belongs_to_the_form(language: str) -> None:
    for source, text in sentences_of(language).items():
        assert text.strip() == text != ""
        assert source.endswith("…") == text.endswith("…"), source
        assert source.endswith(".") == text.endswith("."), source
        assert re.findall(r"[{}]", source) == re.findall(r"[{}]", text), source


@pytest.mark.parametrize("language", languages())
def test_different_commands_of_a_menu_keep_different_words(language: str) -> None:
    sentences = sentences_of(language)
    for menu in MENUS:
        texts = {spec.text for spec in ACTIONS if spec.menu == menu}
        assert len({sentences.get(text, text) for text in texts}) == len(texts), menu


@pytest.mark.parametrize("language", languages())
def test_engines_are_described_in_every_language(language: str) -> None:
    translator = SentenceTranslator(sentences_of(language))
    for choice in engine_choices():
        assert not choice.summary or translator.translate(CONTEXT, choice.summary), choice.summary
        assert not choice.reason or translator.translate(CONTEXT, choice.reason), choice.reason


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ("Predicted here · all frames", "Hier vorhergesagt · alle Bilder"),
        ("Anchor here · 3 of 84 · Hybrid", "Hier ein Anker · 3 von 84 · Hybrid"),
        ("Frames 0–83 · 1 mask kept", "Bilder 0–83 · 1 Maske bleibt"),
        ("960 × 540   24 fps", "960 × 540   24 B/s"),
        ("Rate: 24 fps, constant\nSound: yes", "Rate: 24 B/s, gleichbleibend\nTon: ja"),
        ("0:06 left", "noch 0:06"),
        ("Undo move point", "Rückgängig: Punkt verschieben"),
        ("Undo paint", "Rückgängig: malen"),
        ("31 steps, the last one “paint”, 4 March 2026, 17:05", "31 Schritte, zuletzt „malen“, 4. März 2026, 17:05"),
        ("today 14:20   reef   4.5 MB", "heute 14:20   reef   4.5 MB"),
        ("Undone: paint, on frame 4.", "Rückgängig gemacht: malen, auf Bild 4."),
        ("Object 1 · Object 2", None),
    ],
)
def test_what_is_put_together_is_told_part_by_part(english: str, german: str | None) -> None:
    assert SentenceTranslator(sentences_of("de")).translate(CONTEXT, english) == german


def test_there_is_german_and_english_needs_none() -> None:
    assert "de" in languages()
    assert sentences_of("en") == {} and sentences_of("../settings") == {}


def test_what_a_language_lacks_stays_english(qapp: QApplication) -> None:
    translator = SentenceTranslator({"Brush": "Pinsel"})
    qapp.installTranslator(translator)
    try:
        assert tr("Brush") == "Pinsel" and tr("Eraser") == "Eraser" and tr("") == ""
    finally:
        qapp.removeTranslator(translator)
    assert tr("Brush") == "Brush"


@pytest.mark.parametrize(("language", "file", "tool"), [("de", "Datei", "Pinsel"), ("en", "File", "Brush")])
def test_the_window_speaks_the_language_of_the_settings(language: str, file: str, tool: str, tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text(f'{{"view.language": "{language}"}}')
    code = (
        "from vosapp.core.settings import Settings; from vosapp.ui.app import make_application;"
        "from vosapp.ui.main_window import MainWindow; from PySide6.QtWidgets import QLabel;"
        "a = make_application(language=Settings().get('view.language', str)); w = MainWindow();"
        "w.start_page.show_paths(('/Brush',), ());"
        "print(w.menuBar().actions()[0].text(), w.commands['tool.brush'].text(),"
        " [l.text() for l in w.start_page.findChildren(QLabel) if 'Brush' in l.text()], sep='|')"
    )
    environment = {**os.environ, "VOSAPP_DATA_DIR": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == f"{file}|{tool}|['Brush']"


def test_what_is_filled_in_stays_as_it_is_around_translated_words() -> None:
    sentences = {
        "Propagated {}; {}.": "{} propagiert; {}.",
        "{#} frames": "{} Bilder",
        "{#} look doubtful": "{} sehen zweifelhaft aus",
        "{} lies behind {}.": "Vor {1} verschwindet {0}.",
        "Try again.": "Noch einmal versuchen.",
        "Box": "Rechteck",
    }
    translator = SentenceTranslator(sentences)

    def told(text: str) -> str | None:
        return translator.translate("vosapp", text)

    assert told("Propagated 84 frames; 3 look doubtful.") == "84 Bilder propagiert; 3 sehen zweifelhaft aus."
    assert told("Box lies behind Big fish. Try again.") == "Vor Big fish verschwindet Box. Noch einmal versuchen."
    assert told("Nobody knows this. Try again.") == "Nobody knows this. Noch einmal versuchen."
    assert told("some frames") is None and translator.translate("Qt", "Box") is None


@pytest.mark.parametrize("language", languages())
def test_most_messages_are_translated(language: str) -> None:
    """Looks for the sentences that the window's own code shows in messages, whatever is filled in."""
    translator = SentenceTranslator(sentences_of(language))
    sources = [
        path
        for folder in ("ui/controllers", "presentation/requests", "presentation/text")
        for path in (Path(tr.__code__.co_filename).parents[1] / folder).rglob("*.py")
    ]
    told = {text for path in sources for text in messages_in(path)}
    lacking = sorted(text for text in told if translator.translate("vosapp", text) is None)
    assert len(told) > 60 and len(lacking) <= (1 - NEEDED) * len(told), lacking


def messages_in(path: Path) -> Iterator[str]:
    """What a file gives to messages as text, with something filled into every gap."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in ("notify", "Notice", "Refusal", "UserError", "confirm"):
            continue
        for given in (*node.args, *(word.value for word in node.keywords if word.arg in ("hint", "verb"))):
            if isinstance(given, ast.Constant) and isinstance(given.value, str) and given.value:
                yield given.value
            elif isinstance(given, ast.JoinedStr):
                yield "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in given.values)
