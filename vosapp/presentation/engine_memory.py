"""Which engine a project was last set to. It is a habit of this computer and no part of the document: undo leaves it.

A project that comes from elsewhere tells by its masks what it was made with.
"""

from __future__ import annotations

from collections import Counter

from vosapp.core.document import Document
from vosapp.core.paths import user_data_dir
from vosapp.core.small_files import recalled_entries, remember

KEPT = 200  # projects; the oldest go


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
        remember(self._path, newest)

    def _read(self) -> dict[str, str]:
        return {name: engine for name, engine in recalled_entries(self._path).items() if isinstance(engine, str)}


def engine_of_masks(document: Document) -> str:
    """The engine that made most of the predicted masks of a document, "" when there are none."""
    made_by = Counter(cell.engine for item in document.objects for cell in item.cells.values() if cell.engine)
    return made_by.most_common(1)[0][0] if made_by else ""
