"""The editor: owns the history and the running propagation, applies edits, tells subscribers.

It belongs to one thread, which is the GUI's in the application and the calling one in the command line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from vosapp.core.active_run import ActiveRun, RunToken
from vosapp.core.document import Cell, Document, MaskStore, ObjectId, RotoObject
from vosapp.core.edits import check_size, composite, set_length
from vosapp.core.errors import ProjectError
from vosapp.core.frame_map import changes_between
from vosapp.core.history import DEFAULT_LIMIT_BYTES, STEP_BYTES, History, Step, Version
from vosapp.core.mask import Digest, Mask
from vosapp.core.rebase import rebase
from vosapp.core.run_overlay import RunChange
from vosapp.core.store import MaskCache, MemoryMaskStore
from vosapp.core.timeline import FrameRange

__all__ = ["Editor", "EditorState", "RunChange", "RunToken"]

Subscriber = Callable[[Document, Document], None]

COMPOSITE_CACHE_BYTES = 64 * 2**20
_POINT_BYTES = 120  # of a shape: two numbers and the pair of them


@dataclass(frozen=True, slots=True)
class EditorState:
    """All that a project file keeps of an editor, at one moment.

    Attributes:
        steps: the history, oldest first.
        head: position of the last step done.
        run: a run that is going on, as the step that it would be if it ended now; it comes after `head`.
        forgotten: how many steps there were before the first one.
    """

    steps: tuple[Step, ...]
    head: int
    run: Step | None
    forgotten: int = 0


class Editor:
    """A document that is being edited.

    Attributes:
        store: where mask pixels are. Ask for it anew each time: saving a project replaces it.
    """

    def __init__(
        self,
        document: Document | None = None,
        store: MaskStore | None = None,
        *,
        history: History | None = None,
        history_limit_bytes: int = DEFAULT_LIMIT_BYTES,
    ) -> None:
        """Begins with a document, or with a stored history, of which the present is the document."""
        self.store: MaskStore = store if store is not None else MemoryMaskStore()
        first = Version(document if document is not None else Document())
        self._history = history if history is not None else History(first, limit_bytes=history_limit_bytes)
        self._document = self._history.current.document
        self._run: ActiveRun | None = None
        self._subscribers: list[Subscriber] = []
        self._composites = MaskCache(COMPOSITE_CACHE_BYTES)

    @property
    def document(self) -> Document:
        """What is shown: the user's document with the running propagation above it."""
        return self._document

    @property
    def history(self) -> History:
        """The user's steps. Only to be read."""
        return self._history

    @property
    def is_running(self) -> bool:
        """Whether a run is between its begin and its end."""
        return self._run is not None

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to undo."""
        return self._history.undo_step is not None

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to redo."""
        return self._history.redo_step is not None

    @property
    def undo_label(self) -> str:
        """What undo would take back, "" for nothing."""
        step = self._history.undo_step
        return step.label if step else ""

    @property
    def redo_label(self) -> str:
        """What redo would do again, "" for nothing."""
        step = self._history.redo_step
        return step.label if step else ""

    @property
    def state(self) -> EditorState:
        """What a project file keeps."""
        run = None
        if self._run is not None and self._has_run_changes:
            run = self._run.as_step(self._history.current)
        return EditorState(self._history.steps, self._history.head, run, self._history.forgotten)

    @property
    def loose_masks(self) -> frozenset[Digest]:
        """Masks that the run may yet need though `state` does not name them: those under what the user did since."""
        return self._run.loose_masks if self._run is not None else frozenset()

    def apply(self, label: str, document: Document, *, group: str = "") -> None:
        """Makes an edited document the present, as one undo step. An unchanged document makes no step.

        Args:
            label: what was done, as the menu shows it after "Undo".
            document: made from `self.document` by functions of `edits`.
            group: not "" where steps in a row are one to the user, such as the drag of one slider.
        """
        if document is self._document:
            return
        size_bytes = STEP_BYTES + self._new_bytes(self._document, document)
        if self._run is None:
            version = Version(document)
        else:
            version, document = self._run.take_step(self._history.current.document, self._document, document)
            group = ""
        self._history.push(label, version, size_bytes=size_bytes, group=group)
        self._show(document)

    def take_in(self, label: str, document: Document) -> None:
        """Makes a document that work in the background changed the present, as a step that leaves what can be redone.

        Raises:
            ValueError: a run is going on, whose masks would become part of the step.
        """
        if self._run is not None:
            raise ValueError("a run is going on")
        if document is not self._document:
            self._history.insert(label, Version(document))
            self._show(document)

    def count_frames(self, frame_count: int) -> None:
        """Takes in how many frames the clip turned out to have, which no undo takes back: it never had others.

        Frames with masks are never cut off, however short the clip seems to be: its disk may have failed half-way.
        While a run goes on it is a step.
        """
        documents = [self._document]
        for step in self._history.steps:
            with suppress(ProjectError):
                documents.append(step.version.document)
        masked = (max(one.cells, default=-1) for document in documents for one in document.objects)
        change = partial(set_length, frame_count=max(frame_count, 1 + max(masked, default=-1)))
        if self._run is not None:
            self.apply("count frames", change(self._document))
            return
        self._history.amend(change)
        self._show(self._history.current.document)

    def undo(self) -> None:
        """Takes back the user's last step; does nothing when there is none. A run that is going on stays.

        Raises:
            ProjectError: the step is damaged in the project file; nothing has changed then.
        """
        if not self.can_undo:
            return
        undone = self._history.current
        version = self._history.undo()
        run, document = self._run, version.document
        self._show(run.undo_step(undone, document) if run is not None else document)

    def redo(self) -> None:
        """Does again what was undone last; does nothing when there is nothing."""
        step = self._history.redo_step
        if step is None:
            return
        current = self._history.current
        if step.before is None or step.before is current:
            version = self._history.redo()
        else:
            document = rebase(step.before.document, step.version.document, current.document)
            version = self._history.redo(Version(document))
        self._show(self._run.redo_step(version) if self._run is not None else version.document)

    def begin_run(self, label: str, *, within: FrameRange | None = None) -> RunToken:
        """Begins a run. Until it ends its masks lie above the user's document.

        Args:
            label: what the run is called in the history.
            within: the only frames that it may write; None for all.

        Raises:
            ValueError: another run is going on.
        """
        if self._run is not None:
            raise ValueError("a run is going on already")
        self._run = ActiveRun(label, self._document, within)
        return self._run.token

    def amend_run(self, token: RunToken, changes: Iterable[RunChange]) -> None:
        """Takes in masks of the run, wherever the user has not decided otherwise."""
        document = self._running(token).amend(self._document, self.store, changes)
        if document is not self._document:
            self._show(document)

    def end_run(self, token: RunToken) -> None:
        """Ends the run, done or cancelled: all it wrote becomes one undo step, after the steps made meanwhile."""
        run = self._running(token)
        if self._has_run_changes:
            self._history.insert(run.overlay.label, Version(self._document), size_bytes=run.step_bytes)
        self._run = None
        self._tell(self._document, self._document)

    def lose_steps(self, held: EditorState, kept: EditorState) -> None:
        """Forgets steps that a project file cannot give back any more, so that nobody tries to undo them.

        Args:
            held: a state of this editor.
            kept: the same without steps at its beginning or end.
        """
        if kept is held:
            return
        lead = kept.forgotten - held.forgotten
        exchange: dict[Step, Step | None] = dict.fromkeys(held.steps)
        exchange.update(zip(held.steps[lead:], kept.steps, strict=False))
        self._history.exchange(exchange)
        self._tell(self._document, self._document)

    def subscribe(self, callback: Subscriber) -> Callable[[], None]:
        """Calls back with (old, new) after every change, also of what can be undone. Returns what unsubscribes."""
        self._subscribers.append(callback)

        def unsubscribe() -> None:
            if callback in self._subscribers:
                self._subscribers.remove(callback)

        return unsubscribe

    def mask(self, object_id: ObjectId, frame_index: int) -> Mask | None:
        """What stands on a frame for an object, None where there is no mask.

        Raises:
            MaskError: the mask is missing or damaged in the project file, or not of the clip's size.
        """
        cell = self._document.cell(object_id, frame_index)
        if cell is None:
            return None
        key = cell.base, cell.added, cell.removed
        mask = self._composites.get(key)
        if mask is None:
            mask = composite(self.store, cell)
            check_size(self._document, mask)
            self._composites.put(key, mask)
        return mask

    @property
    def _has_run_changes(self) -> bool:
        """Whether anything of the run is to be seen."""
        return self._document != self._history.current.document

    def _running(self, token: RunToken) -> ActiveRun:
        if self._run is None or token is not self._run.token:
            raise ValueError("this run has ended")
        return self._run

    def _show(self, document: Document) -> None:
        old, self._document = self._document, document
        if self._run is not None:
            self._run.show(document)
        self._tell(old, document)

    def _tell(self, old: Document, new: Document) -> None:
        for callback in tuple(self._subscribers):
            callback(old, new)

    def _new_bytes(self, old: Document, new: Document) -> int:
        earlier = {one.id: one for one in old.objects}
        before = {object_id: one.cells for object_id, one in earlier.items()}
        digests, points = set[Digest](), 0
        for changed in new.objects:
            for _, was, now in changes_between(before.get(changed.id, {}), changed.cells):
                digests.update(_new_digests(was, now))
                if now is not None and now.shape is not None and (was is None or now.shape != was.shape):
                    points += len(now.shape.shape.points)
            digests |= _trimap_digests(changed) - _trimap_digests(earlier.get(changed.id))
        return sum(self.store.size_bytes(digest) for digest in digests) + _POINT_BYTES * points


def _trimap_digests(one: RotoObject | None) -> set[Digest]:
    return set() if one is None else {digest for _, trimap in one.trimaps for digest in trimap.digests}


def _new_digests(was: Cell | None, now: Cell | None) -> Iterator[Digest]:
    """The masks that a changed cell names and did not name before."""
    if now is None:
        return
    if was is None or now.base != was.base:
        yield now.base
    if now.added is not None and (was is None or now.added != was.added):
        yield now.added
    if now.removed is not None and (was is None or now.removed != was.removed):
        yield now.removed
    if now.shape is not None and (was is None or now.shape != was.shape):
        yield from now.shape.digests
