"""Translation of the window's texts: Qt's translators, fed from a file of sentences for each language.

English sentences are the keys. A sentence that a language lacks stays English; what messages and dialogs make up while
the program runs is English in every language.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator
from PySide6.QtWidgets import QApplication

from vosapp.core.paths import resources_dir

CONTEXT = "vosapp"


class SentenceTranslator(QTranslator):
    """Looks sentences up in a mapping from English ones."""

    def __init__(self, sentences: Mapping[str, str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sentences = sentences

    def isEmpty(self) -> bool:
        """Whether there is nothing in it."""
        return not self._sentences

    def translate(self, context: str, source_text: str, _disambiguation: str | None = None, _n: int = -1) -> str | None:
        """The sentence in the translator's language, None where it is missing."""
        return self._sentences.get(source_text) if context == CONTEXT else None


def tr(text: str) -> str:
    """A text of the window in the language of the running program."""
    return QCoreApplication.translate(CONTEXT, text) if text else text


def languages() -> tuple[str, ...]:
    """Codes of the languages that there are beside English."""
    return tuple(sorted(path.stem for path in _folder().glob("*.json")))


def sentences_of(language: str) -> dict[str, str]:
    """English sentences with their translations; empty for English and for what cannot be read."""
    try:
        stored = json.loads((_folder() / f"{language}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {key: value for key, value in stored.items() if isinstance(value, str)} if isinstance(stored, dict) else {}


def install(application: QApplication, setting: str) -> str:
    """Lets the application speak the language of a setting, "system" for that of the desktop. Call before the window.

    Returns:
        Code of the language; "en" where there is no other.
    """
    language = QLocale.system().name()[:2] if setting == "system" else setting
    if language not in languages():
        return "en"
    ours = SentenceTranslator(sentences_of(language), application)
    application.installTranslator(ours)
    qts = QTranslator(application)  # "Cancel" and the like in Qt's own dialogs
    if qts.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        application.installTranslator(qts)
    return language


def _folder() -> Path:
    return resources_dir() / "translations"
