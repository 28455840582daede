"""Looks an export over while its dialog is open: at once where that is quick, else in a thread, and never twice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from vosapp.core.document import Document
from vosapp.engine.job import JobContext, JobResult
from vosapp.export.recipe import Recipe
from vosapp.presentation.requests.export_choice import ExportChoice
from vosapp.presentation.requests.export_findings import LOOKING, LookedOver, look_export_over
from vosapp.ui.jobs.background_task import BackgroundTask

QUICK_CELLS = 10_000
"""Masks and frames that are looked over within a few milliseconds."""


@dataclass(frozen=True, slots=True)
class _Question:
    document: Document
    wanted: Recipe
    choice: ExportChoice

    def is_same(self, other: _Question | None) -> bool:
        if other is None or other.document is not self.document:
            return False
        return (other.wanted, other.choice) == (self.wanted, self.choice)


class ExportLookOver(QObject):
    """What the pre-flight of an export says, for the document of now. Lives in the GUI thread.

    Signals:
        changed: an answer has come that `of` could not give at once.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._asked: _Question | None = None
        self._answered: _Question | None = None
        self._answer: LookedOver = LOOKING
        self.task = BackgroundTask(self)
        self.task.ended.connect(self._ended)

    def of(self, document: Document, wanted: Recipe, choice: ExportChoice) -> LookedOver:
        """The answer for a document and a choice. Until it is there the one before, or that it is being looked at."""
        # Where it goes and what it is called make no difference.
        question = _Question(document, replace(wanted, path=Path(), name=""), replace(choice, folder="", name=""))
        if not question.is_same(self._answered):
            if _is_quick(document):
                self._answered, self._answer = question, look_export_over(document, wanted, choice)
            elif not self.task.is_running:
                self._ask(question)
        return self._answer

    def cancel(self) -> None:
        """Forgets what is being looked at, and the last answer: the clip is being left."""
        self.task.cancel()
        self._asked = self._answered = None
        self._answer = LOOKING

    def _ask(self, question: _Question) -> None:
        self._asked = question
        self.task.start(partial(_look, question), "look an export over")

    def _ended(self, result: JobResult[LookedOver]) -> None:
        if result.value is None or self._asked is None:
            return
        self._answered, self._answer = self._asked, result.value
        self.changed.emit()  # whoever shows it asks again, for the document of now


def _look(question: _Question, _context: JobContext) -> LookedOver:
    return look_export_over(question.document, question.wanted, question.choice)


def _is_quick(document: Document) -> bool:
    frames = document.clip.frame_count if document.clip is not None else 0
    return sum(len(one.cells) + frames for one in document.objects) <= QUICK_CELLS
