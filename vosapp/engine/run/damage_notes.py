"""damage_notes: sentences of a run about frames whose picture is damaged or missing."""

from __future__ import annotations

from collections.abc import Collection

from vosapp.core.document import Document
from vosapp.core.frame_words import frame_words


def damage_notes(document: Document, damaged: Collection[int]) -> list[str]:
    """Sentences for the user, none when nothing is damaged.

    Args:
        document: what the run worked on.
        damaged: the frames that it read and that have no whole picture.
    """
    if not damaged:
        return []
    number = document.clip.first_number if document.clip else 0
    notes = [
        f"The clip is damaged on {frame_words(damaged, number)}. Masks there follow the picture before "
        "and are marked as doubtful."
    ]
    anchors = {frame for item in document.objects for frame in item.anchors() if frame in damaged}
    if anchors:
        notes.append(
            f"An anchor lies on a damaged picture ({frame_words(anchors, number)}); masks that come from it may be off."
        )
    return notes
