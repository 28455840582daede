"""Texts from files are printed so that a terminal shows them and obeys nothing in them."""

from __future__ import annotations

import json

import pytest

from vosapp.core.plain_text import json_text, printable
from vosapp.export.place.names import names_of_objects, plain_name

TRICKS = ["\x1b[31mred", "\x9b31m", "a\u202egnp.exe", "a\u2066b", "line\u2028end", "\ud800", "\x07", "\x7f"]


@pytest.mark.parametrize("text", TRICKS)
def test_nothing_that_a_terminal_obeys_is_printed(text: str) -> None:
    for shown in (printable(text), json_text({"name": text})):
        assert shown.isprintable()
    assert json.loads(json_text({"name": text})) == {"name": text}


@pytest.mark.parametrize("text", ["größe", "日本", "नि", "👩\u200d🚀"])
def test_letters_of_all_languages_stay(text: str) -> None:
    assert printable(text) == text
    assert text in json_text([text])


@pytest.mark.parametrize("text", TRICKS)
def test_names_of_files_hold_none_of_it(text: str) -> None:
    assert plain_name(f"x{text}").isprintable()


def test_names_that_differ_only_in_marks_get_folders_of_their_own() -> None:
    names = names_of_objects({1: "fish", 2: "fi\u200fsh", 3: "fish\ufeff"})
    assert len({name.casefold() for name in names.values()}) == 3
