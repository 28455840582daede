"""Edits of a document's cuts: the first frames of new shots. Every function returns a new document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from vosapp.core.document import Document


def set_cuts(document: Document, cuts: Iterable[int]) -> Document:
    """Replaces the first frames of new shots. Frame 0 always begins one and is not listed."""
    return replace(document, cuts=tuple(sorted({cut for cut in cuts if cut > 0})))


def toggle_cut(document: Document, frame_index: int) -> Document:
    """Says that a new shot begins on a frame, or takes that back, and remembers it for searches."""
    if frame_index <= 0:
        return document
    if frame_index in document.cuts:
        return _without_cuts(document, {frame_index})
    marked = set_cuts(document, {*document.cuts, frame_index})
    return replace(marked, not_cuts=tuple(frame for frame in marked.not_cuts if frame != frame_index))


def clear_cuts(document: Document) -> Document:
    """Takes all cuts back. The same document when there is none."""
    return _without_cuts(document, set(document.cuts)) if document.cuts else document


def add_found_cuts(document: Document, found: Iterable[int]) -> Document:
    """Takes in the cuts that a search found. What the user said of cuts stands: none comes back that was taken away.

    Returns:
        The same document when nothing is new.
    """
    end = document.clip.frame_count if document.clip is not None else 0
    new = {cut for cut in found if 0 < cut < end} - set(document.cuts) - set(document.not_cuts)
    return set_cuts(document, {*document.cuts, *new}) if new else document


def _without_cuts(document: Document, frames: set[int]) -> Document:
    kept = set_cuts(document, set(document.cuts) - frames)
    return replace(kept, not_cuts=tuple(sorted({*document.not_cuts, *frames})))
