"""What is said where a locked object was left alone."""

from __future__ import annotations

from collections.abc import Iterable

from vosapp.core.document import Document, ObjectId

UNLOCK_HINT = "Object > Lock unlocks it."


def locked_words(document: Document, object_ids: Iterable[ObjectId]) -> str:
    """A sentence: "Fish is locked and stays as it is.", or "Fish and Kelp are locked and stay as they are."."""
    names = [document.object(object_id).name for object_id in object_ids]
    if len(names) == 1:
        return f"{names[0]} is locked and stays as it is."
    return f"{', '.join(names[:-1])} and {names[-1]} are locked and stay as they are."
