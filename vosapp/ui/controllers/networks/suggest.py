"""Searches for objects in the background and makes objects of what is accepted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QThread, Signal

from vosapp.core.errors import UserError
from vosapp.engine.job import JobContext, JobResult, Outcome, Progress
from vosapp.presentation.status import WorkStatus
from vosapp.presentation.suggestions import Suggestions, accept, suggestions_of
from vosapp.presentation.text.progress import progress_words
from vosapp.ui.jobs.background_task import BackgroundTask
from vosapp.ui.panels.suggest import SuggestPanel
from vosapp.ui.session import Session
from vosapp.ui.viewer.canvas import Canvas

if TYPE_CHECKING:
    from vosapp.engine.suggest.job import SuggestTask
    from vosapp.engine.suggest.proposals import Proposal

SuggestBody = Callable[[JobContext], "list[Proposal]"]
MakeSuggestBody = Callable[["SuggestTask", Callable[[Any], None]], SuggestBody]


class SuggestController(QObject):
    """Owns the one search that there can be and its result, until the user accepts or discards it.

    Signals:
        ended: the `Outcome` of a search.
    """

    ended = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.task = BackgroundTask(self)
        self.task.progressed.connect(self._progressed)
        self.task.delivered.connect(self._take_found)
        self.task.ended.connect(self._job_ended)
        self.make_body: MakeSuggestBody | None = None  # tests put other proposals in place of the networks'
        self.renew_choices()

    def connect_panel(self, panel: SuggestPanel, canvas: Canvas) -> None:
        """Follows the panel, and lets panel and picture light the same suggestion."""
        canvas.suggestion_clicked.connect(self.toggle)
        canvas.suggestion_hovered.connect(panel.show_hovered)
        panel.hovered.connect(canvas.suggestions.hover)
        panel.hovered.connect(panel.show_hovered)
        panel.toggled.connect(self.toggle)
        panel.network_chosen.connect(self.choose_network)
        panel.accepted.connect(self.accept)
        panel.discarded.connect(self.discard)
        panel.stopped.connect(self.cancel)

    @property
    def is_open(self) -> bool:
        """Whether there is a search, something found, or help to discard."""
        view = self._session.view
        return view.shot.suggestions is not None or bool(view.shot.network_help)

    @property
    def is_running(self) -> bool:
        """Whether a search goes on."""
        return self.task.is_running

    @property
    def is_shown(self) -> bool:
        """Whether the outlines are on the screen, so that Enter and the digits are about them."""
        view = self._session.view
        return view.shot.suggestions is not None and view.shot.frame_index == view.shot.suggestions.frame_index

    # -- searching ----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Searches on the frame shown; without any network it says how to get one."""
        session = self._session
        if self.is_running or session.document.clip is None or session.shot.run is not None:
            return
        if self.make_body is None and self._explain_lack():
            return
        from vosapp.engine.suggest.job import SuggestTask, suggest_body

        frame_index = session.shot.frame_index
        names = tuple(name for name in (session.app.suggest_with,) if name)
        task = SuggestTask(session.document, frame_index, session.settings.get("engine.device", str), names)
        session.set(
            shot=replace(
                session.shot,
                suggestions=Suggestions(frame_index, searching=True),
                searching=WorkStatus("Suggest objects"),
                network_help=(),
                notice=None,
            )
        )
        body = partial(self.make_body or suggest_body, task)
        self.task.start_delivering(body, "suggest objects", QThread.Priority.LowPriority)

    def renew_choices(self) -> None:
        """Looks again which networks can be asked."""
        from vosapp.presentation.suggest.networks import suggest_choices

        self._session.set(app=replace(self._session.app, suggest_choices=suggest_choices()))

    def _explain_lack(self) -> bool:
        """Shows how to get a network when there is none; returns whether there is none."""
        from vosapp.presentation.suggest.networks import network_help

        self.renew_choices()
        if self._session.app.suggest_choices:
            return False
        self._session.set(shot=replace(self._session.shot, suggestions=None, network_help=network_help()))
        return True

    def choose_network(self, name: str) -> None:
        """Asks another network, "" all of them, from now on; a search that is on the screen is made again with it."""
        self._session.set(app=replace(self._session.app, suggest_with=name))
        found = self._session.shot.suggestions
        if found is not None and not self.is_running:
            self._session.set(shot=replace(self._session.shot, frame_index=found.frame_index))
            self.start()

    def cancel(self) -> None:
        """Stops the search; what it found so far stays to be chosen from."""
        work = self._session.shot.searching
        if self.is_running and work is not None:
            self.task.cancel()
            self._session.set(shot=replace(self._session.shot, searching=replace(work, cancelling=True)))

    def _progressed(self, progress: Progress) -> None:
        work = self._session.shot.searching
        if work is not None:
            self._session.set(
                shot=replace(self._session.shot, searching=replace(work, message=progress_words(progress)))
            )

    def _take_found(self) -> None:
        deliveries = self.task.take_all()
        if deliveries:
            self._show_found(deliveries[-1], searching=True)

    def _show_found(self, proposals: Sequence[Proposal], *, searching: bool) -> None:
        found = self._session.shot.suggestions
        if found is not None:
            self._session.set(
                shot=replace(
                    self._session.shot, suggestions=found.with_found(suggestions_of(proposals), searching=searching)
                )
            )

    def _job_ended(self, result: JobResult[list[Proposal]]) -> None:
        self._take_found()
        found = self._session.shot.suggestions
        if result.value is not None:
            self._show_found(result.value, searching=False)
        elif found is not None:
            self._session.set(shot=replace(self._session.shot, suggestions=replace(found, searching=False)))
        self._session.set(shot=replace(self._session.shot, searching=None))
        self._say(result)
        self.ended.emit(result.outcome)

    def _say(self, result: JobResult[list[Proposal]]) -> None:
        session, found = self._session, self._session.shot.suggestions
        if found is not None and not found.items:
            session.set(shot=replace(session.shot, suggestions=None))
        if isinstance(result.error, UserError):
            session.fail(result.error)
        elif result.error is not None:
            session.fault("The search stopped", result.error, "Paint the object instead, and please report this.")
        elif result.outcome is Outcome.DONE and not result.value:
            session.notify(
                "Nothing that stands out was found on this frame.",
                "Try a frame where the object is large and clear, or paint it.",
            )

    # -- what becomes of it -------------------------------------------------------------------------------------

    def toggle(self, place: int) -> None:
        """Chooses a suggestion, or not any more."""
        found = self._session.shot.suggestions
        if found is not None:
            self._session.set(shot=replace(self._session.shot, suggestions=found.toggled(place)))

    def accept(self) -> None:
        """Makes objects of what is chosen, in one undo step, and the first of them the active one."""
        session, found = self._session, self._session.shot.suggestions
        if found is None or not found.chosen:
            return
        document, made = accept(session.document, session.editor.store, found)
        self._forget()
        session.editor.apply("add suggested objects" if len(made) > 1 else "add suggested object", document)
        session.set(shot=replace(session.shot, active_object=made[0]))

    def discard(self) -> None:
        """Forgets what was found; a search that goes on is stopped first."""
        if self.is_running:
            self.cancel()
        self._forget()

    def _forget(self) -> None:
        self._session.set(shot=replace(self._session.shot, suggestions=None, network_help=()))
