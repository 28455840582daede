"""Translation of the window's texts: Qt's translators, fed from a file of sentences for each language.

English sentences are the keys. `{}` in a key stands for what is filled in as the program runs: a name, a number, a
file, or a reason, which is looked up in its turn; `{#}` stands for a number alone. In a translation, `{1}` is the
second of them, where the order of words is another one. What a language lacks stays English.

A widget whose text was given with `show_text`, or found by `translate_widgets`, keeps the English sentence beside the
translation, so that another language can be taken while the window is open.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QMenu, QWidget

from vosapp.core.paths import resources_dir

CONTEXT = "vosapp"
_MARKS = ("\n", " · ", "   ")  # what is told on either side is told by itself
NAME = "is_name"  # property of a label whose text is a name and stays as it is
_GAP = re.compile(r"\{#?\}")
_SENTENCES = re.compile(r"(?<=[.!?]) (?=[A-Z\N{LEFT DOUBLE QUOTATION MARK}\d])")
_TEXTS: tuple[tuple[type[QWidget], str, str], ...] = (
    (QLabel, "text", "setText"),
    (QAbstractButton, "text", "setText"),
    (QLineEdit, "placeholderText", "setPlaceholderText"),
    (QMenu, "title", "setTitle"),
    (QWidget, "windowTitle", "setWindowTitle"),
    (QWidget, "toolTip", "setToolTip"),
    (QWidget, "accessibleName", "setAccessibleName"),
)


class SentenceTranslator(QTranslator):
    """Looks sentences up in a mapping from English ones, in which `{}` stands for anything."""

    def __init__(self, sentences: Mapping[str, str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sentences = {key: value for key, value in sentences.items() if _GAP.search(key) is None}
        gapped = sorted((key for key in sentences if _GAP.search(key)), key=lambda key: -len(_GAP.sub("", key)))
        self._patterns = [(_pattern(key), sentences[key]) for key in gapped]  # the most words first
        self._known = lru_cache(maxsize=4096)(self._looked_up)

    def isEmpty(self) -> bool:
        """Whether there is nothing in it."""
        return not self._sentences and not self._patterns

    def translate(self, context: str, source_text: str, _disambiguation: str | None = None, _n: int = -1) -> str | None:
        """The sentence in the translator's language, None where it is missing."""
        return self._known(source_text) if context == CONTEXT else None

    def _looked_up(self, text: str) -> str | None:
        if text in self._sentences:
            return self._sentences[text]
        for mark in _MARKS:
            if mark in text:
                return self._joined(text.split(mark), mark)
        parts = _SENTENCES.split(text)
        found = self._filled(text, most_sentences=1)
        if found is not None or len(parts) < 2:
            return found
        return self._joined(parts, " ") or self._filled(text, most_sentences=len(parts))

    def _joined(self, parts: list[str], mark: str) -> str | None:
        """Parts that are told one by one, None where none of them is known."""
        told = [self._looked_up(part) for part in parts]
        return mark.join(new or old for new, old in zip(told, parts, strict=True)) if any(told) else None

    def _filled(self, text: str, *, most_sentences: int) -> str | None:
        """A text that a sentence with gaps gives, each of them filled with so many sentences at most."""
        for pattern, template in self._patterns:
            match = pattern.fullmatch(text)
            if match is not None and all(len(_SENTENCES.split(part)) <= most_sentences for part in match.groups()):
                return template.format(*map(self._filling, match.groups()))
        return None

    def _filling(self, part: str) -> str:
        """What stands in a gap. A single word may be a name, which stays as it is."""
        return (self._looked_up(part) if " " in part else None) or part


def _pattern(key: str) -> re.Pattern[str]:
    """What a sentence with gaps looks like when they are filled."""
    gaps = [r"([\d.,]+)" if gap == "{#}" else "(.+?)" for gap in _GAP.findall(key)]
    words = map(re.escape, _GAP.split(key))
    return re.compile("".join(part for pair in zip_longest(words, gaps, fillvalue="") for part in pair), re.DOTALL)


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
    """Lets the application speak the language of a setting, "system" for that of the desktop.

    Texts that are shown already stay as they are until `retranslate`.

    Returns:
        Code of the language; "en" where there is no other.
    """
    for before in application.findChildren(QTranslator):
        application.removeTranslator(before)
        before.setParent(None)
    language = QLocale.system().name()[:2] if setting == "system" else setting
    if language not in languages():
        return "en"
    ours = SentenceTranslator(sentences_of(language), application)
    application.installTranslator(ours)
    qts = QTranslator(application)  # "Cancel" and the like in Qt's own dialogs
    if qts.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        application.installTranslator(qts)
    return language


def show_text(widget: QWidget, source: str, put: str = "setText") -> None:
    """Gives a widget a text in the window's language and keeps the English one beside it; `put` is its setter."""
    lead = source[: len(source) - len(source.lstrip())]  # sets a text off from its icon
    shown = lead + tr(source.lstrip())
    widget.setProperty(f"source_{put}", [source, shown])
    getattr(widget, put)(shown)


def translate_widgets(root: QWidget) -> None:
    """Translates what a widget and those in it show, where the language knows it, and keeps the English texts."""
    application = QApplication.instance()
    if application is None or not application.findChildren(QTranslator):
        return  # English
    for widget in (root, *root.findChildren(QWidget)):
        _translate(widget)


def retranslate() -> None:
    """Shows all texts of the open windows in the language that holds now."""
    for widget in QApplication.allWidgets():
        _translate(widget)


def _translate(widget: QWidget) -> None:
    if widget.property(NAME):
        return
    for kind, read, put in _TEXTS:
        if not isinstance(widget, kind):
            continue
        shown = getattr(widget, read)()
        kept = widget.property(f"source_{put}")
        source = kept[0] if kept and kept[1] == shown else shown
        if source and (kept or tr(source.lstrip()) != source.lstrip()):
            show_text(widget, source, put)


def _folder() -> Path:
    return resources_dir() / "translations"
