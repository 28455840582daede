"""Which engine a project was last set to. It is a habit of this computer and no part of the document: undo leaves it.

A project that comes from elsewhere tells by its masks what it was made with.
"""

from __future__ import annotations

import json
from collections import Counter

from vosapp.core.document import Document
from vosapp.core.paths import user_data_dir
from vosapp.core.settings import write_whole

KEPT = 200  # projects; the oldest go
MAX_FILE_BYTES = 1_000_000


class EngineMemory:
    """Engine names by project id, in the user's data folder. A file that cannot be read or written is no trouble."""

    def __init__(self) -> None:
        self._path = user_data_dir() / "engines.json"

    def recall(self, project_id: str) -> str:
        """The engine of a project, "" when nothing is known of it."""
        return self._read().get(project_id, "")

    def keep(self, project_id: str, engine: str) -> None:
        """Remembers the engine of a project."""
        known = self._read()
        if not project_id or known.get(project_id) == engine:
            return
        known.pop(project_id, None)
        known[project_id] = engine
        newest = dict(list(known.items())[-KEPT:])
        try:
            write_whole(self._path, json.dumps(newest).encode())
        except OSError:
            return  # a convenience; it is not worth a message

    def _read(self) -> dict[str, str]:
        try:
            with self._path.open("rb") as file:
                stored = json.loads(file.read(MAX_FILE_BYTES))
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(stored, dict):
            return {}
        return {name: engine for name, engine in stored.items() if isinstance(engine, str)}


def engine_of_masks(document: Document) -> str:
    """The engine that made most of the predicted masks of a document, "" when there are none."""
    made_by = Counter(cell.engine for item in document.objects for cell in item.cells.values() if cell.engine)
    return made_by.most_common(1)[0][0] if made_by else ""
