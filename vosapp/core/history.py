"""Undo and redo: the versions of the document, one after each step, bounded by bytes.

Every version is kept whole. Versions share all that did not change between them, so a step costs what it changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from vosapp.core.document import Document
from vosapp.core.errors import ProjectError

DEFAULT_LIMIT_BYTES = 2 * 2**30
STEP_BYTES = 2_000  # what a step costs beside its masks: a chunk or two of cells and their place in the file


class Version:
    """The document as it stood at one moment. It may still lie in the project file and be read when first needed.

    Attributes:
        digest: identifies the stored form once the project file holds it.
    """

    __slots__ = ("_document", "_load", "digest")

    def __init__(
        self,
        document: Document | None = None,
        *,
        load: Callable[[], Document] | None = None,
        digest: bytes | None = None,
    ) -> None:
        if (document is None) == (load is None):
            raise ValueError("a version has a document or knows how to load it")
        self._document = document
        self._load = load
        self.digest = digest

    @property
    def document(self) -> Document:
        """The document. May read the project file: raises ProjectError when it is damaged there."""
        document, load = self._document, self._load
        if document is not None:
            return document
        if load is None:
            raise ValueError("a version has a document or knows how to load it")
        self._document = document = load()
        return document

    @property
    def is_loaded(self) -> bool:
        """Whether the document is in memory."""
        return self._document is not None

    def release(self, load: Callable[[], Document]) -> None:
        """Lets go of the document, which can be loaded again. May be called from another thread."""
        self._load = load
        self._document = None


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One step of the user.

    Attributes:
        label: what was done, for the menu; "" for the state that the history begins with.
        version: the document after the step.
        before: the document that the step was made on. Usually the version of the step below; another one when a run
            came in between.
        size_bytes: the masks that came with the step, and a little for the step.
        group: steps in a row of one group, such as the drag of a slider, are one step; "" for a group of its own.
    """

    label: str
    version: Version
    before: Version | None = None
    size_bytes: int = STEP_BYTES
    group: str = ""


class History:
    """The steps that can be undone and redone, with the present in between.

    Attributes:
        limit_bytes: beyond this the oldest steps are forgotten with the next step; the last one always stays.
        forgotten: how many steps were forgotten, ever.
        dropped_bytes: what the steps accounted for that went since the history was made, oldest or redoable ones.
    """

    def __init__(self, first: Version, *, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        self._steps: list[Step] = [Step("", first, size_bytes=0)]
        self._head = 0
        self.limit_bytes = limit_bytes
        self.forgotten = 0
        self.dropped_bytes = 0

    @classmethod
    def of_steps(cls, steps: Sequence[Step], head: int, *, forgotten: int = 0) -> History:
        """A history as it was stored. The first step is the state that it begins with."""
        if not 0 <= head < len(steps):
            raise ValueError(f"the present, {head}, is not one of {len(steps)} steps")
        made = cls(steps[0].version)
        made._steps = list(steps)
        made.forgotten = forgotten
        made._head = head
        return made

    @property
    def current(self) -> Version:
        """The present."""
        return self._steps[self._head].version

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps, oldest first; `head` is the position of the last one done."""
        return tuple(self._steps)

    @property
    def head(self) -> int:
        """Position of the last step done; 0 when all are undone."""
        return self._head

    @property
    def size_bytes(self) -> int:
        """Bytes that the steps account for."""
        return sum(step.size_bytes for step in self._steps)

    @property
    def undo_step(self) -> Step | None:
        """The step that undo takes back, or None."""
        return self._steps[self._head] if self._head else None

    @property
    def redo_step(self) -> Step | None:
        """The step that redo does again, or None."""
        return self._steps[self._head + 1] if self._head + 1 < len(self._steps) else None

    def push(self, label: str, version: Version, *, size_bytes: int = STEP_BYTES, group: str = "") -> None:
        """Adds a step after the present. What could be redone is forgotten."""
        self.dropped_bytes += sum(step.size_bytes for step in self._steps[self._head + 1 :])
        del self._steps[self._head + 1 :]
        top, before, first = self._steps[self._head], self.current, self._head + 1
        if group and top.group == group and self._head > 0:
            before, first = top.before or self._steps[self._head - 1].version, self._head
            size_bytes += top.size_bytes
        self._steps[first:] = [Step(label, version, before, size_bytes, group)]
        self._head = len(self._steps) - 1
        self._forget()

    def insert(self, label: str, version: Version, *, size_bytes: int = STEP_BYTES) -> None:
        """Adds a step after the present and keeps what can be redone: for a run, which is no edit of the user's."""
        self._steps.insert(self._head + 1, Step(label, version, self.current, size_bytes))
        self._head += 1
        self._forget()

    def undo(self) -> Version:
        """Goes one step back and returns the version there. Raises ValueError when there is none."""
        if self._head == 0:
            raise ValueError("nothing to undo")
        version = self._steps[self._head - 1].version
        self._loaded(version)
        self._head -= 1
        return version

    def redo(self, redone: Version | None = None) -> Version:
        """Goes one step forward and returns the version there. Raises ValueError when there is none.

        Args:
            redone: what the step makes of the present, when it was made on another version.
        """
        step = self.redo_step
        if step is None:
            raise ValueError("nothing to redo")
        if redone is not None:
            step = Step(step.label, redone, self.current, step.size_bytes)
        self._loaded(step.version)
        self._head += 1
        self._steps[self._head] = step
        return step.version

    def exchange(self, steps: Mapping[Step, Step | None]) -> None:
        """Puts steps in the place of others, without a change of what they made; None takes steps away at the ends."""
        exchanged = [steps.get(step, step) for step in self._steps]
        lead = next(place for place, step in enumerate(exchanged) if step is not None)
        self._steps = [step for step in exchanged if step is not None]
        self._head -= lead
        self.forgotten += lead

    def amend(self, change: Callable[[Document], Document]) -> None:
        """Changes all versions alike, by what is no step of the user's. Those that cannot be read stay as they are."""
        made: dict[Version, Version] = {}

        def amended(version: Version) -> Version:
            if version not in made:
                made[version] = version
                with suppress(ProjectError):
                    document = change(version.document)
                    made[version] = version if document is version.document else Version(document)
            return made[version]

        self._steps = [
            replace(step, version=amended(step.version), before=None if step.before is None else amended(step.before))
            for step in self._steps
        ]

    def load_near(self, steps: int, check: Callable[[], None]) -> None:
        """Reads the documents around the present, the nearest first, so that undo and redo need not wait for a disk.

        May be called from another thread. Versions that cannot be read stay unread.

        Args:
            steps: how many on either side.
            check: called before each; what it raises ends the reading.
        """
        known, head = self.steps, self._head
        near = sorted(enumerate(known), key=lambda place: abs(place[0] - head))[: 2 * steps + 1]
        for _, step in near:
            check()
            with suppress(ProjectError):
                self._loaded(step.version)

    @staticmethod
    def _loaded(version: Version) -> None:
        """Reads the version now, so that a damaged one fails before anything has moved."""
        _ = version.document

    def _forget(self) -> None:
        size_bytes, gone = self.size_bytes, 0
        while size_bytes > self.limit_bytes and gone < self._head - 1:
            gone += 1
            size_bytes -= self._steps[gone].size_bytes
            self.dropped_bytes += self._steps[gone].size_bytes
        if gone:
            first = Step("", self._steps[gone].version, size_bytes=0)
            self._steps[: gone + 1] = [first]
            self._head -= gone
            self.forgotten += gone
