"""Keys: no set gives one twice, a conflict is refused by name, and what the user chose is found again."""

from __future__ import annotations

from pathlib import Path

import pytest

from vosapp.presentation.actions import BY_ID, conflicts
from vosapp.presentation.key_bindings import KeyBindings, KeyTakenError
from vosapp.presentation.key_flavours import FLAVOURS


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VOSAPP_DATA_DIR", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("flavour", list(FLAVOURS))
def test_no_flavour_gives_a_key_twice_or_names_what_is_not_there(flavour: str) -> None:
    assert conflicts(KeyBindings(flavour).specs()) == {}
    assert set(FLAVOURS[flavour][1]) <= set(BY_ID)


@pytest.mark.parametrize("flavour", list(FLAVOURS))
def test_what_one_works_with_all_day_has_a_key_in_every_flavour(flavour: str) -> None:
    keys = KeyBindings(flavour)
    for name in (
        "propagate.forward",
        "propagate.backward",
        "go.next_doubt",
        "tool.brush",
        "tool.eraser",
        "edit.anchor",
    ):
        assert keys.keys(name), name


def test_flavours_have_the_keys_of_their_programs() -> None:
    assert KeyBindings("after_effects").keys("mark.in") == ("B",)
    assert KeyBindings("nuke").keys("view.fit")[0] == "F"
    assert KeyBindings("resolve").keys("go.next_anchor")[0] == "Down"
    assert KeyBindings("no such").keys("propagate.forward") == ("F",)


def test_a_taken_key_is_refused_and_says_whose_it_is() -> None:
    keys = KeyBindings()
    with pytest.raises(KeyTakenError, match="Export"):
        keys.bind("tool.brush", ("Ctrl+E",))
    with pytest.raises(KeyTakenError, match="source"):
        keys.bind("tool.brush", ("`",))
    assert keys.keys("tool.brush") == ("P",) and keys.own == {}


def test_keys_are_given_kept_and_reset() -> None:
    keys = KeyBindings()
    keys.bind("tool.brush", ("Ctrl+Alt+P",))
    keys.bind("tool.eraser", ("P",))  # free now
    again = KeyBindings()
    assert again.keys("tool.brush") == ("Ctrl+Alt+P",) and again.keys("tool.eraser") == ("P",)
    assert conflicts(again.specs()) == {}
    again.reset("tool.brush")  # its own key belongs to the eraser
    assert again.keys("tool.brush") == ()
    again.reset_all()
    assert again.keys("tool.brush") == ("P",) and KeyBindings().own == {}


def test_own_keys_stand_above_any_flavour() -> None:
    KeyBindings().bind("tool.hand", ("Up",))
    keys = KeyBindings("resolve")
    assert keys.keys("tool.hand") == ("Up",)
    assert keys.keys("go.previous_anchor") == ("PgUp",)
    assert conflicts(keys.specs()) == {}


@pytest.mark.parametrize("content", ["[", "[1]", '{"tool.brush": "P", "no.such": ["X"], "tool.hand": [1]}'])
def test_a_bad_file_gives_the_usual_keys(own_folder: Path, content: str) -> None:
    (own_folder / "keys.json").write_text(content)
    assert KeyBindings().own == {}


def test_a_file_that_gives_a_key_twice_gives_it_once(own_folder: Path) -> None:
    (own_folder / "keys.json").write_text('{"tool.brush": ["Q"], "tool.hand": ["q", "X"]}')
    assert conflicts(KeyBindings().specs()) == {}
