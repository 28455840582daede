"""A run between its begin and its end: what it predicted so far, and what the user's steps changed of that."""

from __future__ import annotations

from collections.abc import Iterable

from vosapp.core.document import Cell, Document, MaskStore
from vosapp.core.history import STEP_BYTES, Step, Version
from vosapp.core.mask import Digest
from vosapp.core.run_overlay import OverlayChange, RunChange, RunOverlay
from vosapp.core.timeline import FrameRange


class RunToken:
    """Stands for one run between its begin and its end."""

    __slots__ = ()


class ActiveRun:
    """The one run that an editor can have.

    Attributes:
        token: names the run to whoever began it.
        overlay: its predictions, above the user's document.
    """

    def __init__(self, label: str, document: Document, within: FrameRange | None = None) -> None:
        """Begins above a document; see `RunOverlay`."""
        self.token = RunToken()
        self.overlay = RunOverlay(label, document, within)
        self._version: Version | None = None  # the document shown, once the run has written something
        self._changes: dict[Version, OverlayChange] = {}

    def amend(self, shown: Document, store: MaskStore, changes: Iterable[RunChange]) -> Document:
        """The document shown with more masks of the run; the same one where the user has decided otherwise."""
        document = self.overlay.amend(shown, store, changes)
        if document is not shown:
            self._version = Version(document)
        return document

    def show(self, document: Document) -> None:
        """Another document is shown, with what the run has in it."""
        if self._version is not None and self._version.document is not document:
            self._version = Version(document)

    def take_step(self, user: Document, shown: Document, edited: Document) -> tuple[Version, Document]:
        """A step that the user makes meanwhile.

        Args:
            user: their document before, without the run.
            shown: what they saw.
            edited: what they made of it.

        Returns:
            The version for their history, and the document to show.
        """
        document, change = self.overlay.take(user, shown, edited)
        version = Version(document)
        self._changes[version] = change
        if _absences(edited) != _absences(shown):
            edited = self.overlay.over(document)  # what the run has for frames that are present again is seen now
        return version, edited

    def undo_step(self, undone: Version, user: Document) -> Document:
        """The document to show after a step was undone, which left the user with `user`."""
        if undone in self._changes:
            self.overlay.apply(self._changes[undone].undone())
        return self.overlay.over(user)

    def redo_step(self, redone: Version) -> Document:
        """The document to show after a step was done again."""
        if redone in self._changes:
            self.overlay.apply(self._changes[redone])
        return self.overlay.over(redone.document)

    def as_step(self, before: Version) -> Step | None:
        """The step that the run would be if it ended now; None while it has written nothing."""
        if self._version is None:
            return None
        return Step(self.overlay.label, self._version, before, self.step_bytes)

    @property
    def step_bytes(self) -> int:
        """What the run's step takes in the history."""
        return STEP_BYTES + self.overlay.size_bytes

    @property
    def loose_masks(self) -> frozenset[Digest]:
        """Masks that the run may yet need though no step names them: those under what the user did since."""
        cells = [cell for change in self._changes.values() for pair in change.entries.values() for cell in pair]
        return frozenset(self.overlay.masks().union(cell.base for cell in cells if isinstance(cell, Cell)))


def _absences(document: Document) -> list[tuple[FrameRange, ...]]:
    return [one.absences for one in document.objects]
