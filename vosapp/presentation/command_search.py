"""Finds commands by a few typed letters: the registry's actions, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterable

from vosapp.presentation.action_tables.spec import ActionSpec
from vosapp.presentation.actions import ACTIONS

_NOT_FOUND = 100


def search_commands(query: str, actions: Iterable[ActionSpec] = ACTIONS) -> list[ActionSpec]:
    """Actions of which every word of the query is a part; all of them for an empty query, in the order of the menus.

    Those whose text begins with the query come first, then those in which a word begins with each, then those that
    have them anywhere, also in their menu or tip, and last those in whose text the letters stand in this order.
    """
    wanted = query.casefold().split()
    ranked = [(_rank(wanted, action), place, action) for place, action in enumerate(actions)]
    return [action for rank, _, action in sorted(ranked, key=lambda one: one[:2]) if rank < _NOT_FOUND]


def _rank(wanted: list[str], action: ActionSpec) -> int:
    text = action.text.casefold()
    if not wanted or text.startswith(" ".join(wanted)):
        return 0
    words = text.split()
    if all(any(word.startswith(one) for word in words) for one in wanted):
        return 1
    if all(one in text for one in wanted):
        return 2
    around = f"{text} {action.menu.casefold()} {action.tip.casefold()}"
    if all(one in around for one in wanted):
        return 3
    return 4 if _in_order("".join(wanted), text) else _NOT_FOUND


def _in_order(letters: str, text: str) -> bool:
    rest = iter(text)
    return all(letter in rest for letter in letters)
