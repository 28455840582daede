"""Runs exports in the background and their dialog."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from vosapp.core.errors import UserError
from vosapp.engine.job import JobResult, Outcome, Progress
from vosapp.export.formats import ExportFormat
from vosapp.export.place.earlier import PlaceTakenError
from vosapp.export.recipe import MissingMasks, Recipe
from vosapp.presentation.requests.export import ExportDisplay, Request, ShapeRequest, recipe, requests, resolve_export
from vosapp.presentation.requests.export_choice import ExportChoice, Scope
from vosapp.presentation.requests.export_findings import Finding, size_finding
from vosapp.presentation.status import NoticeKind, WorkStatus
from vosapp.presentation.text.progress import progress_words
from vosapp.ui.controllers.export_sample import ExportSampler
from vosapp.ui.controllers.look_over import ExportLookOver
from vosapp.ui.dialogs.confirming import Confirming
from vosapp.ui.dialogs.export import ExportDialog
from vosapp.ui.jobs.background_task import BackgroundTask, Body
from vosapp.ui.session import Session

if TYPE_CHECKING:
    from vosapp.core.document import Document, MaskStore
    from vosapp.export.export_job import ExportReport
    from vosapp.export.sample import Sample
    from vosapp.export.shapes.job import ShapeReport


@dataclass(frozen=True)
class _Queued:
    """An export with the document as it was when it was asked for."""

    request: Request
    document: Document
    store: MaskStore


class ExportDialogs(Confirming, Protocol):
    """Asks where to write and whether to replace; None when the user cancelled."""

    def ask_folder(self, title: str, folder: str) -> Path | None: ...


class ExportController(QObject):
    """Owns the one export that goes on, those that wait for it, and what the export dialog is set to.

    Signals:
        changed: the dialog has to show something else.
        ended: the `Outcome` of an export.
    """

    changed = Signal()
    ended = Signal(object)

    def __init__(
        self, session: Session, dialogs: ExportDialogs, window: QWidget, parent: QObject | None = None
    ) -> None:
        """Makes the controller; the export dialog lies over `window`."""
        super().__init__(parent)
        self._window = window
        self._session = session
        self._dialogs = dialogs
        self.task = BackgroundTask(self)
        self.task.progressed.connect(self._progressed)
        self.task.ended.connect(self._job_ended)
        self.look_over = ExportLookOver(self)
        self.look_over.changed.connect(self.changed)
        self._result: Finding | None = None
        self._result_path = ""
        self._going: _Queued | None = None
        self._waiting: list[_Queued] = []
        self.sampler = ExportSampler(self)
        self.sampler.sampled.connect(self._take_sample)
        self._sample: Sample | None = None
        self.dialog: ExportDialog | None = None
        self.choice = ExportChoice()
        session.changed.connect(self.changed)
        session.opened.connect(self._reset)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids to handlers."""
        return {"file.export": self.show}

    def show(self) -> None:
        """Shows the export dialog, which is made when it is first asked for."""
        if self.dialog is None:
            self.dialog = self._make_dialog()
        self.sampler.go_on()
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()
        self._refresh()

    def _make_dialog(self) -> ExportDialog:
        dialog = ExportDialog(self._window)
        dialog.product_chosen.connect(self.choose_product)
        dialog.changed.connect(self.choose)
        dialog.finished.connect(self._refresh)
        dialog.waiting_removed.connect(self.remove_waiting)
        dialog.folder_asked.connect(self.choose_folder)
        dialog.export_asked.connect(self.start)
        dialog.cancel_asked.connect(self.cancel_one)
        self.changed.connect(self._refresh)
        return dialog

    def _refresh(self) -> None:
        if self.dialog is None:
            return
        if not self.dialog.isVisible():
            self.sampler.ask(None)
            return
        display = self.display()
        self.dialog.show_export(display)
        session = self._session
        if self.choice.shapes or not display.possible:
            self.sampler.ask(None)
        else:
            wanted = recipe(session.document, session.view, self.choice)
            self.sampler.ask((session.document, session.editor.store, wanted, session.shot.frame_index))

    def _take_sample(self, sample: Sample | None) -> None:
        self._sample = sample
        if self.dialog is None:
            return
        if sample is None:
            self.dialog.show_sample(None, None)
            return
        wanted = recipe(self._session.document, self._session.view, self.choice)
        frames = wanted.frames or self._session.document.working_range()
        size = size_finding(sample.bytes_a_frame, len(frames), wanted, sample.free_bytes)
        self.dialog.show_sample(sample.picture, size)

    def display(self) -> ExportDisplay:
        """Resolves what the dialog shows now."""
        document, state = self._session.document, self._session.view
        looked = self.look_over.of(document, recipe(document, state, self.choice), self.choice)
        shown = resolve_export(document, state, self.choice, looked)
        waiting = tuple(str(one.request.path) for one in self._waiting)
        return replace(shown, result=self._result, result_path=self._result_path, waiting=waiting)

    def choose(self, choice: ExportChoice) -> None:
        """Sets the dialog."""
        self.sampler.go_on()
        self.choice = choice
        self._result = None
        self.changed.emit()

    def choose_format(self, chosen: ExportFormat) -> None:
        """Takes another format."""
        self.choose(replace(self.choice, format=chosen, shapes=""))

    def choose_product(self, chosen: ExportFormat | str) -> None:
        """Takes a format, or a kind of shapes by its name."""
        if isinstance(chosen, ExportFormat):
            self.choose_format(chosen)
        else:
            self.choose(replace(self.choice, shapes=chosen))

    def choose_in_out(self, in_out: bool) -> None:
        """Takes in to out, or the whole clip."""
        self.choose(replace(self.choice, in_out=in_out))

    def choose_scope(self, scope: Scope) -> None:
        """Takes all objects, the active one, or each by itself."""
        self.choose(replace(self.choice, scope=scope))

    def choose_missing(self, missing: MissingMasks) -> None:
        """Says what happens to frames without a mask."""
        self.choose(replace(self.choice, missing=missing))

    def choose_folder(self) -> None:
        """Asks for the folder to write to."""
        folder = self._dialogs.ask_folder("Export to", str(Path(self.display().target).parent))
        if folder is not None:
            self.choose(replace(self.choice, folder=str(folder)))

    def start(self) -> None:
        """Starts the export as set, asking first when files of other origin lie there.

        Only one goes on at a time; what is asked for meanwhile waits, with the masks as they are now.
        """
        session = self._session
        if not self.display().possible:
            return
        if self.task.hangs:  # it may still write a file
            session.notify(
                "The export before still waits for a drive that does not answer.",
                "It ends by itself when the drive answers. Wait for that, or start vosapp anew.",
                NoticeKind.WARNING,
            )
            return
        wanted = requests(session.document, session.view, self.choice)
        self._waiting += [_Queued(one, session.document, session.editor.store) for one in wanted]
        self._next()

    def remove_waiting(self, place: int) -> None:
        """Takes an export off the list of those that wait."""
        if 0 <= place < len(self._waiting):
            del self._waiting[place]
            self.changed.emit()

    def _next(self) -> None:
        """Starts the first that waits, if nothing goes on."""
        if self._waiting and not self.is_running:
            self._begin(self._waiting.pop(0))
        else:
            self.changed.emit()

    def _begin(self, queued: _Queued) -> None:
        """Starts an export. What lies in its place is looked at in the worker's thread: disks can be slow."""
        self._going, self._result = queued, None
        session = self._session
        session.set(shot=replace(session.shot, export=WorkStatus("Export")))
        self.task.start(_body(queued), "export")

    def cancel(self) -> None:
        """Asks the export to stop, and forgets those that wait: the clip is being left."""
        self._waiting.clear()
        self.cancel_one()

    def cancel_one(self) -> None:
        """Asks the export that goes on to stop; those that wait come next."""
        status = self._session.shot.export
        if self.is_running and status is not None:
            self.task.cancel()
            self._session.set(shot=replace(self._session.shot, export=replace(status, cancelling=True)))

    @property
    def is_running(self) -> bool:
        """Whether an export goes on."""
        return self.task.is_running

    def _progressed(self, progress: Progress) -> None:
        status = self._session.shot.export
        if status is not None:
            self._session.set(
                shot=replace(
                    self._session.shot,
                    export=replace(
                        status,
                        done=progress.done,
                        total=progress.total,
                        frames_per_second=progress.frames_per_second,
                        seconds_left=progress.seconds_left,
                        message=progress_words(progress),
                    ),
                )
            )

    def _job_ended(self, result: JobResult[ExportReport | ShapeReport]) -> None:
        going = self._going
        if going is not None:
            self._result, self._result_path = _outcome(result, going.request)
        if self.task.hangs:
            text = "Stopped, but a drive does not answer. What is unfinished there goes when it answers."
            self._result = Finding(NoticeKind.WARNING, text)
        status = self._session.shot.export
        self._session.set(shot=replace(self._session.shot, export=None))
        goes_on = status is not None and not status.cancelling
        if isinstance(result.error, PlaceTakenError) and going is not None and goes_on:
            again, tell = partial(self._replace, going), partial(self._tell, result.outcome)
            self._dialogs.confirm("Replace what is there?", result.error.message, "Replace", agreed=again, refused=tell)
        else:
            self._tell(result.outcome)

    def _replace(self, queued: _Queued) -> None:
        self._waiting.insert(0, replace(queued, request=replace(queued.request, overwrite=True)))
        self._next()

    def _tell(self, outcome: Outcome) -> None:
        if self._result is not None:
            self._session.notify(self._result.text, kind=self._result.kind)
        if not self.task.hangs:
            self._next()
        self.ended.emit(outcome)

    def _reset(self) -> None:
        self.choice = replace(self.choice, folder="")
        self._result, self._result_path = None, ""
        self._waiting.clear()
        self.sampler.go_on()


def _body(queued: _Queued) -> Body:
    request = queued.request
    if isinstance(request, ShapeRequest):
        from vosapp.export.shapes.job import ShapeTask, shape_body

        return shape_body(
            ShapeTask(
                queued.document,
                queued.store,
                request.format,
                request.path,
                tolerance_px=request.tolerance_px,
                object_ids=request.object_ids,
                overwrite=request.overwrite,
            )
        )
    from vosapp.export.export_job import ExportTask, export_body  # loads OpenCV

    return export_body(ExportTask(queued.document, queued.store, request))


def _outcome(result: JobResult[ExportReport | ShapeReport], request: Request) -> tuple[Finding, str]:
    """Message about an export that ended, and the path that can be shown."""
    from vosapp.export.shapes.job import ShapeReport

    report, path = result.value, request.path
    if report is not None:
        files = len(report.files)
        what = f"{files} files" if files > 1 else path.name
        if isinstance(report, ShapeReport):
            near = min((fit.share_within for fit in report.objects), default=1.0)
            text = f"Done: {what}; {near:.1%} of the outlines lie within the tolerance and half a pixel."
        else:
            text = f"Done: {len(report.frames)} frames in {what}, read back and found as written."
        return Finding(NoticeKind.GOOD, text), str(path)
    if result.outcome is Outcome.CANCELLED:
        left = "What is written so far waits in a hidden folder; Export goes on from there."
        nothing = "Nothing of it was left behind; what an earlier export wrote is as it was."
        text = f"Stopped. {left if isinstance(request, Recipe) and request.resume else nothing}"
        return Finding(NoticeKind.WARNING, text), ""
    if isinstance(result.error, UserError):
        return Finding(NoticeKind.ERROR, str(result.error)), ""
    return Finding(NoticeKind.ERROR, f"The export stopped because of an error in the program: {result.error}."), ""
