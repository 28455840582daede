"""Session: the open editor, its project file and the view state, with one signal for changes.

Controllers change it, the presenter shows it. It lives in the GUI thread, like everything that changes it.
"""

from __future__ import annotations

import itertools
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from vosapp.core.document import Document, RotoObject
from vosapp.core.editor import Editor
from vosapp.core.errors import UserError
from vosapp.core.settings import Settings
from vosapp.presentation.key_bindings import KeyBindings
from vosapp.presentation.requests.run import active_object
from vosapp.presentation.status import Message, Notice, NoticeKind, ProjectStatus
from vosapp.presentation.view_state import AppView, ShotView, ViewState
from vosapp.video.source import ClipInfo

if TYPE_CHECKING:
    from vosapp.core.project import Project


MESSAGES = 200  # that are kept to be read again


class Session(QObject):
    """The state of the window.

    Attributes:
        editor: of the open document; an empty one before a clip is open.
        project: the file that keeps it, None before a clip is open.
        view: everything on the screen that is not the document.
        settings: of the user.

    Signals:
        changed: document or view state are other ones now.
        clip_changed: the clip to be shown is another one, of what is opened next or, after a relink for instance, of
            the same document; or it is to be read in another way.
        opened: another clip or project is open, or none any more.
    """

    changed = Signal()
    clip_changed = Signal()
    opened = Signal()

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self.messages: deque[Message] = deque(maxlen=MESSAGES)
        self.keys = KeyBindings(settings.get("keys.flavour", str))
        self.editor = Editor()
        self.project: Project | None = None
        self.view = ViewState()
        self._forgotten = 0
        self._told_of_forgetting = False
        self._serials = itertools.count(1)
        self._unsubscribe: Callable[[], None] = self.editor.subscribe(self._document_changed)

    @property
    def document(self) -> Document:
        """The document as shown."""
        return self.editor.document

    @property
    def active(self) -> RotoObject | None:
        """The object that the tools change."""
        return active_object(self.document, self.view)

    @property
    def last_frame(self) -> int:
        """Index of the clip's last frame, 0 without a clip."""
        clip = self.document.clip
        return clip.frame_count - 1 if clip else 0

    @property
    def app(self) -> AppView:
        """The part of the view state that survives a clip."""
        return self.view.app

    @property
    def shot(self) -> ShotView:
        """The part of the view state that belongs to the open shot."""
        return self.view.shot

    def set(self, *, app: AppView | None = None, shot: ShotView | None = None) -> None:
        """Replaces parts of the view state: `set(shot=replace(session.shot, frame_index=3))`."""
        view = ViewState(app or self.app, shot or self.shot)
        if view != self.view:
            self.view = view
            self.changed.emit()

    def adopt(self, editor: Editor, project: Project | None, clip: ClipInfo | None, *, saved: bool) -> None:
        """Takes over another document. The one before must have been closed.

        Args:
            editor: of the document.
            project: the file that keeps it.
            clip: facts of the media, None when it is missing.
            saved: the user chose the file's place.
        """
        self._unsubscribe()
        self.editor, self.project = editor, project
        self._forgotten, self._told_of_forgetting = editor.history.forgotten, False
        self._unsubscribe = editor.subscribe(self._document_changed)
        self.view = ViewState(self.app, ShotView(clip=clip, project=self._project_status(saved=saved)))
        self.clip_changed.emit()
        self.opened.emit()
        self.changed.emit()

    def mark_saved(self) -> None:
        """The project has a place that the user chose."""
        self.set(shot=replace(self.shot, project=self._project_status(saved=True)))

    def notify(self, text: str, hint: str = "", kind: NoticeKind = NoticeKind.INFO) -> None:
        """Shows a message."""
        self.show_notice(Notice(text, hint, kind))

    def show_notice(self, notice: Notice) -> None:
        """Shows a message that is made already, and keeps it to be read again."""
        self.messages.append(Message(datetime.now(), notice))
        self.set(shot=replace(self.shot, notice=replace(notice, serial=next(self._serials))))

    def fault(self, what: str, error: BaseException, hint: str) -> None:
        """Shows that something stopped because of an error in the program, with where it happened as details."""
        details = "".join(traceback.format_exception(error))
        text = f"{what} because of an error in the program: {error or type(error).__name__}."
        self.show_notice(Notice(text, hint, NoticeKind.ERROR, details=details))

    def fail(self, error: UserError) -> None:
        """Shows what went wrong and what to do."""
        self.notify(error.message, error.hint, NoticeKind.ERROR)

    def drop_offer(self) -> None:
        """Takes a message away that offers something: the user goes on without it."""
        if self.shot.notice is not None and self.shot.notice.action:
            self.dismiss()

    def dismiss(self) -> None:
        """Takes the message away."""
        self.set(shot=replace(self.shot, notice=None))

    def _document_changed(self, _old: Document, new: Document) -> None:
        shot = self.shot
        # an active object that goes is kept in mind: when undo or redo brings it back, the tools are about it again
        if shot.solo and all(item.id != shot.solo for item in new.objects):
            shot = replace(shot, solo=0)
        shot = replace(shot, project=self._project_status(saved=shot.project.saved))
        self.view = ViewState(self.app, shot)
        self.changed.emit()
        if self.editor.history.forgotten > self._forgotten and not self._told_of_forgetting:
            self._told_of_forgetting = True
            self._tell_of_forgetting()
        self._forgotten = self.editor.history.forgotten

    def _tell_of_forgetting(self) -> None:
        """Says, once in a shot, that the first steps are gone: undo is long, and not endless."""
        limit = self.editor.history.limit_bytes / 2**20
        self.notify(
            f"Undo holds {limit:,.0f} MB of masks and is full: from now on the oldest steps go.",
            "The masks themselves all stay. The setting project.history_mb makes room for more steps.",
        )

    def _project_status(self, *, saved: bool) -> ProjectStatus:
        clip = self.document.clip
        if clip is None:
            return ProjectStatus()
        path = Path(self.project.path) if self.project is not None else None
        name = path.stem if saved and path is not None else Path(clip.path).name
        return ProjectStatus(
            name=name,
            path=str(path or ""),
            saved=saved,
            read_only=self.project is not None and self.project.read_only,
            undo_label=self.editor.undo_label,
            redo_label=self.editor.redo_label,
        )
