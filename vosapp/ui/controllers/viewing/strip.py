"""Opens the strip of frames, goes through what is doubtful, approves it or has it mended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from PySide6.QtCore import QObject

from vosapp.core import edits
from vosapp.core.document import Colour
from vosapp.core.errors import MaskError, UserError
from vosapp.core.locked_words import UNLOCK_HINT, locked_words
from vosapp.core.mask import BoolImage
from vosapp.presentation.strip import Suspect, doubtful_object, next_suspect, suspect_at, suspects
from vosapp.presentation.timeline.lanes import CoverageCache
from vosapp.presentation.view_state import StripKind, Tool
from vosapp.ui.controllers.viewing.playback import PlaybackController
from vosapp.ui.controllers.viewing.thumbnails import Thumbnails
from vosapp.ui.panels.frame_strip import FrameStrip
from vosapp.ui.session import Session
from vosapp.ui.timeline.view import TimelineView
from vosapp.video.source import RgbImage

TINT = 0.5  # share of an object's colour in its mask on a thumbnail


class StripController(QObject):
    """Owns the strip above the timeline."""

    def __init__(
        self,
        session: Session,
        *,
        playback: PlaybackController,
        thumbnails: Thumbnails,
        parent: QObject | None = None,
    ) -> None:
        """Makes the controller; `playback` goes to frames, `thumbnails` reads their pictures."""
        super().__init__(parent)
        self._session = session
        self._playback = playback
        self._thumbnails = thumbnails
        self._panel: FrameStrip | None = None
        self._timeline: TimelineView | None = None
        self._coverage = CoverageCache()
        session.set(app=replace(session.app, thumbnails=session.settings.get("view.thumbnails", bool)))

    def connect_panels(self, panel: FrameStrip, timeline: TimelineView) -> None:
        """Follows the strip, and the timeline with its row of pictures."""
        self._panel, self._timeline = panel, timeline
        timeline.thumbnails_wanted.connect(self.show_on_timeline)
        self._thumbnails.arrived.connect(self.show_on_timeline)
        panel.picked.connect(self.pick)
        panel.opened.connect(self._playback.go)
        panel.pictures_wanted.connect(self.show_pictures)
        self._thumbnails.arrived.connect(self.show_pictures)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids to handlers."""
        return {
            "view.review": partial(self.toggle, StripKind.REVIEW),
            "view.thumbnails": self.toggle_thumbnails,
            "view.memory": partial(self.toggle, StripKind.MEMORY),
            "memory.mute": self.toggle_muted,
            "memory.remove": self.remove_anchor,
            "memory.go": self.go_to_anchor,
            "review.approve": self.approve,
            "review.approve_range": self.approve_stretch,
            "review.fix": self.fix,
            "review.next": self.next,
        }

    def toggle(self, kind: StripKind) -> None:
        """Opens the strip, with the most doubtful frame, or closes it."""
        session = self._session
        opens = session.shot.strip is not kind
        session.set(shot=replace(session.shot, strip=kind if opens else StripKind.OFF))
        if opens and kind is StripKind.REVIEW and self._here() is None:
            self.next()
        session.changed.emit()  # an action that was pressed again has unchecked itself

    def pick(self, frame_index: int) -> None:
        """Goes to the frame of a card; in the memory strip, which is about the frame shown, it is only picked."""
        if self._session.shot.strip is StripKind.MEMORY:
            self._session.set(shot=replace(self._session.shot, picked_anchor=frame_index))
        else:
            self._playback.go(frame_index)

    def toggle_muted(self) -> None:
        """Shows the picked anchor to engines, or not."""
        session, active = self._session, self._session.active
        if active is not None:
            frame = session.shot.picked_anchor
            muted = frame not in active.muted
            document = edits.set_muted(session.document, active.id, frame, muted)
            session.editor.apply("mute anchor" if muted else "unmute anchor", document)
        session.changed.emit()  # an action that was pressed again has unchecked itself

    def remove_anchor(self) -> None:
        """Deletes the mask of the picked anchor."""
        session, active = self._session, self._session.active
        if active is not None:
            document = edits.delete_masks(session.document, active.id, [session.shot.picked_anchor])
            session.editor.apply("remove anchor", document)

    def go_to_anchor(self) -> None:
        """Goes to the frame of the picked anchor."""
        self._playback.go(self._session.shot.picked_anchor)

    def next(self) -> None:
        """Goes to the next suspect, by doubt."""
        suspect = next_suspect(self._suspects(), self._session.shot.frame_index)
        if suspect is not None:
            self._playback.go(suspect.frame)

    def approve(self) -> None:
        """Approves all predictions on this frame and goes on."""
        here = self._session.shot.frame_index
        self._approve(here, here, "approve")

    def approve_stretch(self) -> None:
        """Approves all predictions in the stretch around this frame and goes on."""
        here = self._here()
        if here is not None:
            self._approve(here.first, here.last, "approve range")

    def fix(self) -> None:
        """Takes the brush to the most doubtful object of this frame, or of the next suspect."""
        session = self._session
        if self._here() is None:
            self.next()
        wrong = doubtful_object(session.document, session.shot.frame_index)
        session.set(
            app=replace(session.app, tool=Tool.BRUSH),
            shot=replace(session.shot, active_object=wrong or session.shot.active_object),
        )

    def show_pictures(self) -> None:
        """Puts the pictures that are there on the strip, with the masks over them."""
        if self._panel is None or self._session.shot.strip is StripKind.OFF:
            return
        pictures = self._thumbnails.of("strip", self._panel.frames)
        self._panel.show_pictures({frame: self._tinted(picture, frame) for frame, picture in pictures.items()})

    def show_on_timeline(self) -> None:
        """Puts the pictures that are there on the timeline, where it shows some."""
        if self._timeline is not None:
            self._timeline.show_pictures(self._thumbnails.of("timeline", self._timeline.picture_frames()))

    def toggle_thumbnails(self) -> None:
        """Shows pictures of the clip in the timeline, or not, and remembers it."""
        on = not self._session.app.thumbnails
        self._session.set(app=replace(self._session.app, thumbnails=on))
        try:
            self._session.settings.set("view.thumbnails", on)
        except UserError as error:
            self._session.fail(error)

    def _approve(self, first: int, last: int, label: str) -> None:
        session = self._session
        document, here = session.document, self._here()
        after = next_suspect(self._suspects(), session.shot.frame_index) if here is not None else None
        frames = range(first, last + 1)
        for item in document.objects:
            if not item.locked:
                document = edits.approve(document, item.id, frames)
        session.editor.apply(label, document)
        self._tell_locked(frames)
        left = self._suspects()
        if after is not None and left and suspect_at(left, session.shot.frame_index) is None:
            self._playback.go(after.frame if suspect_at(left, after.frame) is not None else left[0].frame)

    def _tell_locked(self, frames: range) -> None:
        """Says which predictions were not approved because their objects are locked."""
        left = [
            item.id
            for item in self._session.document.objects
            if item.locked and any(frame in item.cells and not item.cells[frame].is_barrier for frame in frames)
        ]
        if left:
            self._session.notify(locked_words(self._session.document, left), UNLOCK_HINT)

    def _suspects(self) -> tuple[Suspect, ...]:
        return suspects(self._coverage.doubts(self._session.document)[0])

    def _here(self) -> Suspect | None:
        return suspect_at(self._suspects(), self._session.shot.frame_index)

    def _tinted(self, picture: RgbImage, frame_index: int) -> RgbImage:
        tinted = picture
        for item in reversed(self._session.document.objects):
            if not self._session.shot.shows(item.id):
                continue
            try:
                mask = self._session.editor.mask(item.id, frame_index)
            except MaskError:
                continue  # it is told when that frame is shown
            if mask is not None:
                tinted = with_mask(tinted, mask.array(), item.colour)
        return tinted


def with_mask(picture: RgbImage, mask: BoolImage, colour: Colour) -> RgbImage:
    """A small picture (height, width, 3) with a large mask laid over it in a colour."""
    rows = np.arange(picture.shape[0]) * mask.shape[0] // picture.shape[0]
    columns = np.arange(picture.shape[1]) * mask.shape[1] // picture.shape[1]
    inside = mask[rows[:, None], columns[None, :]]
    tinted = picture.copy()
    tinted[inside] = (picture[inside] * (1 - TINT) + np.array(colour) * TINT).astype(np.uint8)
    return tinted
