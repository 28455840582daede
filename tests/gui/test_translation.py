"""The window speaks German where the catalogue does, English where it does not, and shows names as they are."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from vosapp.core.settings import TABLE
from vosapp.presentation.actions import ACTIONS, MENUS
from vosapp.presentation.settings_form import choices_of, settings_groups
from vosapp.ui.translation import SentenceTranslator, languages, sentences_of, tr

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
