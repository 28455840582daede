"""Registry of all actions: id, text, keys and menu of each.

The menus, the tool buttons, the shortcuts and the F1 sheet are all made from this table, so none can say something
that another does not do. `conflicts` proves that no key is given twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from vosapp.presentation.action_tables.document_menus import EDIT, FILE, HELP, OBJECT, SETTINGS
from vosapp.presentation.action_tables.spec import ActionSpec
from vosapp.presentation.action_tables.time_menus import PLAYBACK, PROPAGATE
from vosapp.presentation.action_tables.view_menus import TOOLS, VIEW

MENUS = ("File", "Edit", "Tools", "View", "Playback", "Propagate", "Object", "Help")

ACTIONS: tuple[ActionSpec, ...] = (
    *FILE,
    *EDIT,
    *SETTINGS,
    *TOOLS,
    *VIEW,
    *PLAYBACK,
    *PROPAGATE,
    *OBJECT,
    *HELP,
)
BY_ID = {spec.id: spec for spec in ACTIONS}


def conflicts(actions: Iterable[ActionSpec] = ACTIONS) -> dict[str, list[str]]:
    """Keys that more than one action claims, with the ids of those actions. Empty when all is well."""
    claims: dict[str, list[str]] = defaultdict(list)
    for spec in actions:
        for key in spec.keys:
            claims[key.casefold()].append(spec.id)
    return {key: ids for key, ids in claims.items() if len(ids) > 1}


def tooltip(spec: ActionSpec, blocked: str = "", not_now: str = "Not now") -> str:
    """Text, keys and the sentence more of an action, for a tooltip; and why it cannot be used now, where it cannot.

    Args:
        spec: of the action, in the language of the window.
        blocked: the reason, "" where it can be used.
        not_now: what stands before it.
    """
    text = spec.text.rstrip("…")
    head = f"{text}  ({spec.keys[0]})" if spec.keys else text
    return "\n".join(part for part in (head, spec.tip, f"{not_now}: {blocked}." if blocked else "") if part)
