"""Runs propagation in the background and takes its masks into the document."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QThread, QTimer, Signal

from vosapp.core.editor import RunToken
from vosapp.core.edits import make_anchor
from vosapp.core.errors import UserError
from vosapp.core.garbage_collection import spare_loaded
from vosapp.core.timeline import Direction
from vosapp.engine.job import REPORT_INTERVAL_S, JobContext, JobResult, Outcome, Progress, Stage
from vosapp.engine.run.plan import RunPlan, by_engine
from vosapp.engine.variants import split_name
from vosapp.presentation.choices import EngineChoice
from vosapp.presentation.engine_list import engine_choices, usable_name
from vosapp.presentation.engine_memory import EngineMemory, engine_of_masks
from vosapp.presentation.engine_speeds import LEAST_FRAMES, EngineSpeeds, MeasuredSpeed, with_measured
from vosapp.presentation.requests.run import Refusal, request
from vosapp.presentation.status import NoticeKind, WorkStatus
from vosapp.presentation.text.progress import progress_words, stage_words
from vosapp.presentation.text.run_report import report
from vosapp.presentation.view_state import PropagateChoice, Reach
from vosapp.ui.controllers.networks.keeping import EngineKeeping
from vosapp.ui.jobs.background_task import BackgroundTask
from vosapp.ui.panels.propagate import PropagatePanel
from vosapp.ui.session import Session
from vosapp.ui.viewer.pen import Pen

if TYPE_CHECKING:
    from vosapp.engine.run.propagation_job import PropagationTask

Body = Callable[[JobContext], Any]
MakeBody = Callable[["PropagationTask", Callable[[Any], None]], Body]

_WORDS = {Direction.FORWARD: "forward", Direction.BACKWARD: "backward", Direction.BOTH: "both ways"}


class RunController(QObject):
    """Owns the one run that there can be.

    A run is one undo step. It begins and ends here; between the two its masks enter the document as they come, and
    everything else in the window stays usable.

    Signals:
        ended: the `Outcome` of a run, after its last mask is in the document.
    """

    ended = Signal(object)

    def __init__(self, session: Session, make_body: MakeBody | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._make_body = make_body
        self.task = BackgroundTask(self)
        self.keeping = EngineKeeping(session, self)
        self.task.progressed.connect(self._progressed)
        self.task.ended.connect(self._job_ended)
        self._token: RunToken | None = None
        self._frames: set[int] = set()  # that the run has written
        self._memory = EngineMemory()
        self._speeds = EngineSpeeds()
        self._plan: RunPlan | None = None  # of the run that goes on
        self._home = -1  # where the user stood when the run began; -1 to stay where it ends
        self._followed = -1  # the frame that the run brought the user to; -1 when they go their own way
        session.clip_changed.connect(self.keeping.drop)
        session.opened.connect(self._recall_engine)
        self._take_soon = QTimer(self)
        self._take_soon.setSingleShot(True)
        self._take_soon.setInterval(round(1000 * REPORT_INTERVAL_S))
        self._take_soon.timeout.connect(self._take_masks)
        self.task.delivered.connect(self._take_soon.start)
        self._begin()

    def _begin(self) -> None:
        """Sets the panel as the user likes it, and looks which engines there are."""
        settings, choices = self._session.settings, engine_choices()
        direction = Direction(settings.get("engine.direction", str))
        choice = PropagateChoice(usable_name(settings.get("engine.name", str), choices), direction)
        follow = settings.get("engine.follow", bool)
        self._session.set(app=replace(self._session.app, engines=choices, follow=follow, propagate=choice))

    def connect_panel(self, panel: PropagatePanel, pen: Pen) -> None:
        """Follows the propagate panel; whoever paints stays where they are."""
        panel.engine_chosen.connect(self.choose_engine)
        panel.direction_chosen.connect(self.choose_direction)
        panel.reach_chosen.connect(self.choose_reach)
        panel.scope_chosen.connect(self.choose_scope)
        pen.stroke_started.connect(self.stay)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids to handlers, except Esc, which also ends polygons."""
        presses = {
            "forward": (Direction.FORWARD, None),
            "backward": (Direction.BACKWARD, None),
            "both": (Direction.BOTH, None),
            "forward_one": (Direction.FORWARD, Reach.ONE_FRAME),
            "backward_one": (Direction.BACKWARD, Reach.ONE_FRAME),
            "forward_anchor": (Direction.FORWARD, Reach.NEXT_ANCHOR),
            "backward_anchor": (Direction.BACKWARD, Reach.NEXT_ANCHOR),
        }
        runs = {f"propagate.{name}": partial(self.start_towards, *press) for name, press in presses.items()}
        return {**runs, "propagate.chosen": self.start, "propagate.follow": self.toggle_follow}

    def renew_engines(self) -> None:
        """Looks again which engines there are; one that cannot run any more gives way to one that can."""
        choices = self._measured(engine_choices())
        self.keeping.drop()
        app = self._session.app
        choice = replace(app.propagate, engine=usable_name(app.propagate.engine, choices))
        self._session.set(app=replace(app, engines=choices, propagate=choice))

    def _recall_engine(self) -> None:
        """Another project is open: takes the engine that it was last set to, or was made with, or the user's usual."""
        session, project = self._session, self._session.project
        known = self._memory.recall(project.project_id) if project is not None else ""
        session.set(app=replace(session.app, engines=self._measured(session.app.engines)))
        wanted = known or engine_of_masks(session.document) or session.settings.get("engine.name", str)
        self.choose(replace(self._session.app.propagate, engine=usable_name(wanted, session.app.engines)))

    def _measured(self, choices: tuple[EngineChoice, ...]) -> tuple[EngineChoice, ...]:
        project = self._session.project
        return with_measured(choices, self._speeds.of(project.project_id) if project is not None else {})

    def _measure(self, plan: RunPlan | None, run: WorkStatus | None) -> None:
        """Keeps how long a frame took in a run that was long enough to tell."""
        session, project = self._session, self._session.project
        if plan is None or run is None or project is None or run.done < LEAST_FRAMES or run.frames_per_second <= 0:
            return
        if len(by_engine(session.document, plan)) > 1:
            return  # each of several engines had another speed
        seconds, device = 1 / run.frames_per_second, device_of(plan.engine, session.settings.get("engine.device", str))
        self._speeds.keep(project.project_id, MeasuredSpeed(seconds, len(plan.object_ids), device, plan.engine))
        session.set(app=replace(session.app, engines=self._measured(session.app.engines)))

    # -- settings -----------------------------------------------------------------------------------------------

    def choose(self, choice: PropagateChoice) -> None:
        """Sets the panel."""
        if choice.engine != self._session.app.propagate.engine:
            self.keeping.drop()
        self._session.set(app=replace(self._session.app, propagate=choice))

    def choose_engine(self, name: str) -> None:
        """Takes another engine, with its variants, and remembers it for this project."""
        self.choose(replace(self._session.app.propagate, engine=name))
        if self._session.project is not None:
            self._memory.keep(self._session.project.project_id, name)

    def choose_direction(self, direction: Direction) -> None:
        """Takes another direction."""
        self.choose(replace(self._session.app.propagate, direction=direction))

    def choose_reach(self, reach: Reach) -> None:
        """Takes another range."""
        self.choose(replace(self._session.app.propagate, reach=reach))

    def choose_scope(self, all_objects: bool) -> None:
        """Takes all objects or the active one."""
        self.choose(replace(self._session.app.propagate, all_objects=all_objects))

    # -- running ------------------------------------------------------------------------------------------------

    def start_towards(self, direction: Direction, reach: Reach | None) -> None:
        """Starts in a direction; a single frame or a way to the next anchor leaves the panel's range as it is."""
        choice = self._session.app.propagate
        if reach is None:
            self.choose(replace(self._session.app.propagate, direction=direction))
            self.start()
        else:
            self.start(replace(choice, direction=direction, reach=reach))

    def start(self, choice: PropagateChoice | None = None) -> None:
        """Starts a run as set in the panel, or as given. While one goes on this does nothing."""
        session = self._session
        if self.is_running:
            return
        asked = request(session.document, session.view, choice)
        if isinstance(asked, Refusal):
            session.notify(asked.reason, kind=NoticeKind.WARNING)
            return
        self._anchor_paint(asked.plan)
        # a single frame is made to be looked at: step, look, correct, step; a correction is looked at where it is
        is_step = len(asked.plan.within) == 1
        follows = is_step or (session.app.follow and not asked.redone)
        self._followed = session.shot.frame_index if follows else -1
        self._home = -1 if is_step else session.shot.frame_index
        self._run(asked.plan, f"propagate {_WORDS[asked.plan.direction]}")

    def _run(self, plan: RunPlan, label: str) -> None:
        from vosapp.engine.run.propagation_job import propagation_body

        session, make_body = self._session, self._make_body or propagation_body
        task = self.keeping.task_of(plan)
        self._frames, self._plan = set(), plan
        self._token = session.editor.begin_run(label, within=plan.within)
        session.set(shot=replace(session.shot, run=WorkStatus(label.capitalize()), notice=None))
        self.task.start_delivering(partial(make_body, task), label, QThread.Priority.LowPriority)

    def _prepare_next(self, plan: RunPlan) -> None:
        """Brings the engine to where the next step begins, while the user looks at this one."""
        session = self._session
        if len(plan.within) > 1 or session.shot.frame_index != plan.within.first:
            return
        choice = replace(session.app.propagate, direction=plan.direction, reach=Reach.ONE_FRAME, engine=plan.engine)
        asked = request(session.document, session.view, choice)
        if not isinstance(asked, Refusal):
            self.keeping.prepare(asked.plan)

    def _anchor_paint(self, plan: RunPlan) -> None:
        """Makes anchors of the corrections where the run starts: propagating from them confirms them."""
        editor = self._session.editor
        document = editor.document
        for object_id in plan.object_ids:
            cell = document.cell(object_id, plan.start)
            if cell is not None and cell.is_painted:
                document = make_anchor(document, editor.store, object_id, plan.start)
        if document is not editor.document:
            editor.apply("make anchor", document)

    def cancel(self) -> None:
        """Asks the run to stop; what is finished stays."""
        if self.is_running:
            self.task.cancel()
            run = self._session.shot.run
            if run is not None:
                self._session.set(shot=replace(self._session.shot, run=replace(run, cancelling=True)))

    @property
    def is_running(self) -> bool:
        """Whether a run goes on."""
        return self.task.is_running

    def _progressed(self, progress: Progress) -> None:
        run = self._session.shot.run
        if run is None:
            return
        self._session.set(
            shot=replace(
                self._session.shot,
                run=replace(
                    run,
                    done=progress.done,
                    total=progress.total,
                    frames_per_second=progress.frames_per_second,
                    seconds_left=progress.seconds_left,
                    message=progress_words(progress, self._first_number()),
                    stage=stage_words(progress.stage) if progress.stage is Stage.LEARNING else "",
                    note=progress.note or run.note,
                ),
            )
        )

    def _first_number(self) -> int:
        clip = self._session.document.clip
        return clip.first_number if clip else 0

    def _take_masks(self) -> None:
        if self._token is None:
            return
        results = self.task.take_all()
        spare_loaded()  # by now the engine's libraries are there
        self._session.set(
            shot=replace(
                self._session.shot,
                damaged=self._session.shot.damaged.union(*(result.damaged for result in results)),
            )
        )
        changes = [change for result in results for change in result.changes()]
        self._frames |= {change.frame_index for change in changes}
        if changes:
            self._session.editor.amend_run(self._token, changes)
            self._go_along(changes[-1].frame_index)

    def _go_along(self, frame_index: int) -> None:
        """Shows the newest frame as long as the user stays where the run brought them."""
        view = self._session.view
        if self._followed != view.shot.frame_index or view.shot.playback.speed or view.shot.polygon_points:
            self._followed = -1
            return
        self._followed = frame_index
        self._session.set(shot=replace(self._session.shot, frame_index=frame_index))

    def _go_home(self) -> None:
        """Takes the playhead back to where the run began, unless the user went elsewhere."""
        if self._home >= 0 and self._followed == self._session.shot.frame_index:
            self._session.set(shot=replace(self._session.shot, frame_index=self._home))
        self._home = self._followed = -1

    def stay(self) -> None:
        """The user begins to paint: the picture stays where it is for the rest of the run."""
        self._followed = -1

    def toggle_follow(self) -> None:
        """Goes along with runs, or stays where the user is."""
        follow = not self._session.app.follow
        self._session.set(app=replace(self._session.app, follow=follow))
        self._followed = self._session.shot.frame_index if follow else -1

    def _job_ended(self, result: JobResult[Any]) -> None:
        self._take_soon.stop()
        self._take_masks()
        token, self._token = self._token, None
        if token is not None:
            self._session.editor.end_run(token)
        run = self._session.shot.run
        self._session.set(shot=replace(self._session.shot, run=None))
        self._go_home()
        self._say(result, run.note if run is not None else "")
        self.ended.emit(result.outcome)
        plan, self._plan = self._plan, None
        self._measure(plan, run)
        was_stopped = run is None or run.cancelling  # perhaps too late for its last frame; the clip may be being left
        if plan is not None and result.outcome is Outcome.DONE and not was_stopped:
            self._prepare_next(plan)

    def _say(self, result: JobResult[Any], note: str) -> None:
        if result.error is None:
            cancelled = result.outcome is Outcome.CANCELLED
            notice = report(self._session.document, self._frames, note=note, cancelled=cancelled)
            if notice is not None:
                self._session.show_notice(notice)
        elif isinstance(result.error, UserError):
            self._session.fail(result.error)
        else:
            hint = "The finished frames stay. Try another engine, and please report this."
            self._session.fault("The run stopped", result.error, hint)


def device_of(engine: str, wanted: str) -> str:
    """Where an engine that has just run computed: "cpu", "cuda" or "mps". Asks torch only where a network ran."""
    if split_name(engine)[0] == "flow" or "torch" not in sys.modules:
        return "cpu"
    from vosapp.engine.device import choose_device

    return choose_device(wanted).type
