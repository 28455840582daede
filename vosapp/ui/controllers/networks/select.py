"""The select tool: marks on a frame, proposals in the background, and what becomes of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from vosapp.core.errors import UserError
from vosapp.core.mask import Mask
from vosapp.engine.job import JobResult
from vosapp.engine.select.marks import Mark, Stroke
from vosapp.presentation.selection import Selection, take
from vosapp.presentation.view_state import Tool
from vosapp.ui.jobs.background_task import BackgroundTask
from vosapp.ui.panels.bars import ViewBar
from vosapp.ui.session import Session
from vosapp.ui.viewer.canvas import Canvas
from vosapp.video.source import RgbImage

if TYPE_CHECKING:
    from vosapp.engine.select.job import SelectorCache, SelectTask


class SelectController(QObject):
    """Owns the one selection that there can be, until the user takes or drops it.

    Proposals are made one after the other; marks that come meanwhile are answered together afterwards.

    Attributes:
        task: makes a proposal.
    """

    def __init__(self, session: Session, canvas: Canvas, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = canvas
        self.task = BackgroundTask(self)
        self.task.ended.connect(self._answered)
        self._cache: SelectorCache | None = None
        self._asked: Selection | None = None
        self._asked_with = ""  # the selector that was asked
        self._prediction: Mask | None = None
        canvas.pen.marked.connect(self.mark)
        self.renew_choices()
        self.take_setting()

    def connect_bar(self, bar: ViewBar) -> None:
        """Follows the choice of what proposes masks."""
        bar.selector_chosen.connect(self.choose)

    def renew_choices(self) -> None:
        """Looks again what can propose masks here."""
        from vosapp.presentation.select_choices import selector_choices

        self._session.set(app=replace(self._session.app, select_choices=selector_choices()))

    def choose(self, name: str) -> None:
        """Lets another one propose masks from now on, which is kept as a setting."""
        try:
            self._session.settings.set("tool.selector", name)
        except UserError as error:
            self._session.fail(error)
        self.take_setting()

    def take_setting(self) -> None:
        """Asks what the settings say; marks that are on the screen are asked again."""
        session = self._session
        name = session.settings.get("tool.selector", str)
        if name == session.app.select_with:
            return
        session.set(app=replace(session.app, select_with=name))
        selection = session.shot.selection
        if selection is not None and selection.marks:
            self._ask(selection)

    @property
    def is_shown(self) -> bool:
        """Whether the selection is on the screen, so that Enter is about it."""
        selection = self._session.shot.selection
        return selection is not None and selection.frame_index == self._session.shot.frame_index

    def mark(self, mark: Mark) -> None:
        """Adds a mark to the selection of the frame shown, or begins one."""
        session, here = self._session, self._canvas.frame_index
        object_id = session.active.id if session.active is not None else 0
        selection = session.shot.selection
        if selection is None or not selection.is_of(here, object_id):
            selection = Selection(here, object_id, is_scribble=session.app.tool is Tool.SCRIBBLE)
            self._prediction = session.editor.mask(object_id, here) if object_id else None
        if isinstance(mark, Stroke):
            selection = selection.with_stroke(mark)
        else:
            selection, self._prediction = selection.with_box(mark), None
        self._ask(selection)

    def take_back(self) -> None:
        """Takes the last mark back."""
        selection = self._session.shot.selection
        if selection is None:
            return
        fewer = selection.without_last()
        if fewer is None:
            self.drop()
        else:
            self._ask(fewer)

    def take(self) -> None:
        """Puts the proposed mask into the document, in one undo step; without one nothing happens."""
        session, selection = self._session, self._session.shot.selection
        if selection is None or not selection.can_be_taken:
            return
        document, object_id = take(session.document, session.editor.store, selection)
        self.drop()
        session.editor.apply("select", document)
        session.set(shot=replace(session.shot, active_object=object_id))

    def drop(self) -> None:
        """Forgets marks and proposal; nothing in the document changes."""
        if self._session.shot.selection is not None:
            self._session.set(shot=replace(self._session.shot, selection=None))
        self._prediction = None
        if self._cache is not None and not self.task.is_running:
            self._cache.forget()

    def cancel(self) -> None:
        """Asks a proposal that is being made to stop."""
        self.task.cancel()

    def _ask(self, selection: Selection) -> None:
        """Shows the marks, and has a mask proposed for them as soon as the one before is there."""
        self._session.drop_offer()
        self._session.set(shot=replace(self._session.shot, selection=replace(selection, thinking=True)))
        if not self.task.is_running:
            self._begin()

    def _begin(self) -> None:
        from vosapp.engine.select.job import SelectorCache, select_body

        selection, frame = self._session.shot.selection, self._canvas.frame
        if selection is None or frame is None or self._canvas.frame_index != selection.frame_index:
            return
        self._asked, self._asked_with = selection, self._session.app.select_with
        if self._cache is None:
            self._cache = SelectorCache()
        self.task.start(select_body(self._told(selection, frame), self._cache), "select")

    def _told(self, selection: Selection, frame: RgbImage) -> SelectTask:
        from vosapp.engine.select.job import SelectTask

        prediction, clip = self._prediction, self._session.shot.clip
        pictures = (str(clip.path), clip.input_space) if clip is not None else ()
        key = (pictures, selection.frame_index, prediction.digest if prediction is not None else "")
        device = self._session.settings.get("engine.device", str)
        shape = None if prediction is None else prediction.array()
        return SelectTask(
            key,
            frame,
            selection.marks,
            shape,
            device=device,
            only_marked=selection.is_scribble,
            selector=self._session.app.select_with,
        )

    def _answered(self, result: JobResult[Mask]) -> None:
        session, selection, asked = self._session, self._session.shot.selection, self._asked
        self._asked = None
        if selection is None:
            return
        fits = asked is not None and asked.is_of(selection.frame_index, selection.object_id)
        is_latest = fits and asked is not None and asked.marks == selection.marks
        is_latest = is_latest and self._asked_with == session.app.select_with
        mask = result.value if fits and result.value is not None else selection.mask
        session.set(shot=replace(session.shot, selection=replace(selection, mask=mask, thinking=not is_latest)))
        if result.error is not None:
            self._fail(result.error)
        elif not is_latest:
            self._begin()

    def _fail(self, error: BaseException) -> None:
        self.drop()
        if isinstance(error, UserError):
            self._session.fail(error)
            return
        self._session.fault("The selection stopped", error, "Paint the object instead, and please report this.")
