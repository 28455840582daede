"""Which key does what: our own keys, those of a flavour, and above both what the user chose."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

from vosapp.core.errors import UserError
from vosapp.core.paths import user_data_dir
from vosapp.core.small_files import recalled_entries, write_whole
from vosapp.presentation.action_tables.spec import ActionSpec
from vosapp.presentation.actions import ACTIONS, BY_ID
from vosapp.presentation.key_flavours import FLAVOURS

RESERVED = {"`": "shows the source while it is held"}


class KeyTakenError(UserError):
    """A key that belongs to another command is not given twice."""


class KeyBindings:
    """Keys of all actions, in Qt's portable notation; what the user chose is kept in a file.

    Attributes:
        flavour: name of the set of keys that the user's own ones stand above.
    """

    def __init__(self, flavour: str = "vosapp") -> None:
        """Reads the user's keys. A file that cannot be read, and entries that clash, give the keys of the flavour."""
        self._path = user_data_dir() / "keys.json"
        self.flavour = flavour if flavour in FLAVOURS else "vosapp"
        self._own = self._read()

    @property
    def own(self) -> Mapping[str, tuple[str, ...]]:
        """Keys by action id, of the actions that the user gave others."""
        return dict(self._own)

    def keys(self, action_id: str) -> tuple[str, ...]:
        """The keys of an action. A key that the user gave to another one is not among them."""
        if action_id in self._own:
            return self._own[action_id]
        taken = {key.casefold() for keys in self._own.values() for key in keys}
        return tuple(key for key in self._flavoured(action_id) if key.casefold() not in taken)

    def all(self) -> dict[str, tuple[str, ...]]:
        """Keys of every action by id."""
        return {spec.id: self.keys(spec.id) for spec in ACTIONS}

    def specs(self) -> tuple[ActionSpec, ...]:
        """The registry with these keys in the place of its own."""
        return tuple(replace(spec, keys=self.keys(spec.id)) for spec in ACTIONS)

    def owner(self, key: str) -> ActionSpec | None:
        """The action that a key belongs to, None for a free one."""
        return next((s for s in ACTIONS if key.casefold() in (k.casefold() for k in self.keys(s.id))), None)

    def bind(self, action_id: str, keys: Iterable[str]) -> None:
        """Gives an action these keys and no others, and remembers that.

        Raises:
            KeyTakenError: one of them belongs to another action, or is reserved; nothing changes.
            UserError: the file cannot be written.
        """
        keys = tuple(dict.fromkeys(key for key in keys if key))
        for key in keys:
            if key in RESERVED:
                raise KeyTakenError(f"{key} {RESERVED[key]}.", "Choose another key.")
            owner = self.owner(key)
            if owner is not None and owner.id != action_id:
                where = f" in the {owner.menu} menu" if owner.menu else ""
                raise KeyTakenError(
                    f"{key} is the key of “{owner.text.rstrip('…')}”{where}.",
                    "Choose another one, or take it there first.",
                )
        self._keep({**self._own, BY_ID[action_id].id: keys})

    def reset(self, action_id: str) -> None:
        """Gives an action the keys of the flavour back, but for those that the user gave to another one meanwhile.

        Raises:
            UserError: the file cannot be written.
        """
        self._keep({name: keys for name, keys in self._own.items() if name != action_id})

    def reset_all(self) -> None:
        """Gives every action the keys of the flavour back. Raises UserError when the file cannot be written."""
        self._keep({})

    def _flavoured(self, action_id: str) -> tuple[str, ...]:
        _, keys = FLAVOURS[self.flavour]
        if action_id in keys:
            return keys[action_id]
        taken = {key.casefold() for given in keys.values() for key in given}
        return tuple(key for key in BY_ID[action_id].keys if key.casefold() not in taken)

    def _keep(self, own: dict[str, tuple[str, ...]]) -> None:
        try:
            write_whole(self._path, json.dumps(own, indent=2, sort_keys=True).encode())
        except OSError as error:
            raise UserError(f"The keys cannot be written to {self._path}: {error.strerror}.") from error
        self._own = own

    def _read(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        seen: set[str] = set()
        for name, keys in recalled_entries(self._path).items():
            if name in BY_ID and isinstance(keys, list) and all(isinstance(key, str) for key in keys):
                free = tuple(key for key in keys if key.casefold() not in seen and key not in RESERVED)
                seen.update(key.casefold() for key in free)
                found[name] = free
        return found
