"""A few letters find a command; what fits best comes first."""

from __future__ import annotations

import pytest

from vosapp.presentation.actions import ACTIONS
from vosapp.presentation.command_search import search_commands


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("export", "file.export"),
        ("EXP", "file.export"),
        ("next doubt", "go.next_doubt"),
        ("doubt next", "go.next_doubt"),
        ("relk", "file.relink"),
        ("undo", "edit.undo"),
    ],
)
def test_the_likeliest_command_comes_first(query: str, first: str) -> None:
    assert search_commands(query)[0].id == first


def test_a_menu_and_a_tip_count_too() -> None:
    assert "propagate.forward" in [one.id for one in search_commands("propagate forward")]
    assert "edit.clean_up" in [one.id for one in search_commands("specks")]


def test_nothing_typed_shows_all_in_order_and_nonsense_shows_none() -> None:
    assert search_commands("  ") == list(ACTIONS)
    assert search_commands("qqqq") == []
