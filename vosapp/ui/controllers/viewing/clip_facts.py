"""Takes over facts of the clip as the decoder finds them: exact length, damaged frames."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from PySide6.QtCore import QObject

from vosapp.presentation.status import NoticeKind
from vosapp.ui.session import Session
from vosapp.video.source import ClipInfo


class ClipFactsController(QObject):
    """Takes in facts about the clip as its decoder finds them. Nothing that the user made is lost by them."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        session.clip_changed.connect(self._begin)

    def _begin(self) -> None:
        clip = self._session.shot.clip
        self._session.set(
            shot=replace(self._session.shot, damaged=frozenset(clip.damaged if clip is not None else ()), waiting=False)
        )

    def take_facts(self, info: ClipInfo) -> None:
        """Takes over the facts of the viewer's decoder: the exact ones in place of the provisional ones."""
        session, before = self._session, self._session.shot.clip
        if info == before:
            return
        session.set(shot=replace(session.shot, clip=info, damaged=session.shot.damaged | set(info.damaged)))
        self._tell_news(before.notes if before is not None else (), info.notes)
        if not info.provisional:
            self._set_length(info.frame_count)

    def take_damage(self, frames: Collection[int]) -> None:
        """Remembers frames that turned out to be damaged."""
        if not self._session.shot.damaged.issuperset(frames):
            self._session.set(shot=replace(self._session.shot, damaged=self._session.shot.damaged | set(frames)))

    def _tell_news(self, before: Collection[str], notes: Collection[str]) -> None:
        """Takes away what is no longer so, and tells what was not known when the clip was opened."""
        notice = self._session.shot.notice
        if notice is not None and notice.text in before and notice.text not in notes:
            self._session.dismiss()
        news = [note for note in notes if note not in before]
        if news:
            self._session.notify(news[0], " ".join(news[1:]), NoticeKind.WARNING)

    def _set_length(self, frame_count: int) -> None:
        """Brings the document to the true number of frames, and what lies beyond it back into the clip."""
        session, clip = self._session, self._session.document.clip
        if clip is None or clip.frame_count == frame_count:
            return
        session.editor.count_frames(frame_count)
        if session.shot.frame_index > session.last_frame:
            session.set(shot=replace(session.shot, frame_index=session.last_frame))
