"""Shows the clip's facts, and changes its layer or input space, each as an undo step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from vosapp.core.editor import Editor
from vosapp.core.errors import UserError
from vosapp.presentation import project_files
from vosapp.presentation.project_files import Media, fits, other_clip
from vosapp.presentation.text.clip_text import at_rate
from vosapp.ui.controllers.files.relinking import relink
from vosapp.ui.dialogs.clip_facts import ClipFactsDialog
from vosapp.ui.jobs.io_queue import IoQueue, IoTask
from vosapp.ui.session import Session
from vosapp.video.input_space import studio_spaces


class ClipChoicesController(QObject):
    """Shows what was found in the clip, and shows it anew when another layer or input space is chosen.

    Attributes:
        dialog: while it is open.

    Signals:
        rate_asked: the user wants to set the frame rate.
    """

    rate_asked = Signal()

    def __init__(self, session: Session, window: QWidget, io: IoQueue, parent: QObject | None = None) -> None:
        """Makes the controller; `io` opens the clip anew."""
        super().__init__(parent)
        self._session = session
        self._window = window
        self._io = io
        self.dialog: ClipFactsDialog | None = None
        session.changed.connect(self._refresh)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids to handlers."""
        return {"file.clip_facts": self.show}

    def show(self) -> None:
        """Opens the dialog, or brings it to the front."""
        if self.dialog is not None:
            self.dialog.raise_()
            return
        if self._session.shot.clip is None:
            return
        try:
            studio = studio_spaces()
        except UserError as error:
            studio = ()
            self._session.fail(error)
        self.dialog = ClipFactsDialog(studio, self._window)
        self.dialog.layer_chosen.connect(self.choose_layer)
        self.dialog.space_chosen.connect(self.choose_space)
        self.dialog.rate_asked.connect(self.rate_asked)
        self.dialog.finished.connect(self._closed)
        self._refresh()
        self.dialog.open()

    def choose_layer(self, name: str) -> None:
        """Shows another layer of an EXR."""
        clip = self._session.shot.clip
        if clip is not None and name != clip.layer:
            read = partial(project_files.read_layer, clip.path, name, input_space=clip.input_space)
            self._read(read, "choose layer")

    def choose_space(self, name: str) -> None:
        """Takes the numbers of the clip's pictures for those of another space."""
        clip = self._session.document.clip
        if clip is not None and name != clip.input_space:
            read = partial(project_files.read_media, Path(clip.path), input_space=name)
            self._read(read, "choose input space")

    def _read(self, read: Callable[..., Media], label: str) -> None:
        done = partial(self._take, self._session.editor, label)
        self._io.run(IoTask(read, done=done, failed=self._fail, reads=True))

    def _take(self, editor: Editor, label: str, media: Media) -> None:
        session, clip = self._session, self._session.document.clip
        if session.editor is not editor or clip is None:
            return  # another clip was opened meanwhile
        if media.warning:
            self._fail(UserError(media.warning))
            return
        # A count that is still a claim says nothing against the one that is known.
        counted = clip.frame_count if media.info.provisional else media.ref.frame_count
        media = replace(media, ref=replace(media.ref, frame_count=counted))
        if session.document.objects and not fits(clip, media.ref):
            self._fail(other_clip(clip, media.ref))
            return
        relink(session, media, label=label)

    def _fail(self, error: UserError) -> None:
        self._session.fail(error)
        self._refresh()

    def _refresh(self) -> None:
        if self.dialog is None:
            return
        clip = self._session.shot.clip
        if clip is None:
            self.dialog.reject()
        else:
            self.dialog.show_facts(at_rate(clip, self._session.document.clip), self._session.shot.damaged)

    def _closed(self, _result: int) -> None:
        self.dialog = None
