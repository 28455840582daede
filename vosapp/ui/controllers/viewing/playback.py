"""Moves the playhead: plays at the source's rate, steps, jumps, in and out."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer

from vosapp.core import edits
from vosapp.core.errors import UserError
from vosapp.core.timeline import FrameRange
from vosapp.presentation.status import NoticeKind
from vosapp.presentation.text.frame_entry import typed_frame
from vosapp.presentation.timeline.lanes import CoverageCache, Doubts, holes, most_doubtful, stops
from vosapp.ui.panels.transport import Transport
from vosapp.ui.session import Session
from vosapp.ui.timeline.view import TimelineView

FASTEST = 8
BIG_STEP = 10
AROUND = 12  # frames before and after the one that is looped around


class PlaybackController(QObject):
    """Owns the playhead and the playback clock.

    Playing follows the clock: the frame on the screen is the one whose time it is. A frame that was not decoded in
    time is passed over and counted as dropped, so that a second of the clip takes a second.
    """

    def __init__(
        self,
        session: Session,
        *,
        clock: Callable[[], float] = time.perf_counter,
        parent: QObject | None = None,
    ) -> None:
        """Makes the controller.

        Args:
            session: what is open.
            clock: seconds, for tests.
            parent: owner.
        """
        super().__init__(parent)
        self._session = session
        self._clock = clock
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)
        self._started_at = 0.0
        self._start_frame = 0
        self._due = 0
        self._shown: deque[float] = deque(maxlen=120)
        self._coverage = CoverageCache()
        self._transport: Transport | None = None
        self._around_from = 0  # where looping around a frame began
        session.set(app=replace(session.app, loop=session.settings.get("view.loop", bool)))

    def connect_panels(self, transport: Transport, timeline: TimelineView) -> None:
        """Follows the line of playback controls and the timeline."""
        self._transport = transport
        transport.frame_typed.connect(self.go_typed)
        timeline.scrubbed.connect(self.go)
        timeline.in_out_dragged.connect(self.set_in_out)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Maps action ids to handlers."""
        return {
            "play.toggle": self.toggle,
            "play.forward": partial(self.shuttle, 1),
            "play.backward": partial(self.shuttle, -1),
            "play.stop": self.stop,
            "play.loop": self.toggle_loop,
            "play.around": self.toggle_around,
            "go.previous": partial(self.step, -1),
            "go.next": partial(self.step, 1),
            "go.back_10": partial(self.step, -BIG_STEP),
            "go.on_10": partial(self.step, BIG_STEP),
            "go.first": partial(self.go, 0),
            "go.last": self.go_last,
            "go.previous_anchor": partial(self._jump, "anchor", -1),
            "go.next_anchor": partial(self._jump, "anchor", 1),
            "go.previous_doubt": partial(self._jump, "doubt", -1),
            "go.next_doubt": partial(self._jump, "doubt", 1),
            "go.worst": self.go_worst,
            "go.previous_hole": partial(self._jump, "hole", -1),
            "go.next_hole": partial(self._jump, "hole", 1),
            "go.previous_cut": partial(self._jump, "cut", -1),
            "go.next_cut": partial(self._jump, "cut", 1),
            "mark.in": self.set_in,
            "mark.out": self.set_out,
            "mark.clear": partial(self._set_range, None),
        }

    # -- standing -----------------------------------------------------------------------------------------------

    def go(self, frame_index: int) -> None:
        """Stops and goes to a frame, kept within the clip."""
        self.stop()
        shot, frame = self._session.shot, min(max(frame_index, 0), self._session.last_frame)
        around = shot.around if shot.around is not None and frame in shot.around else None
        self._session.set(shot=replace(shot, frame_index=frame, around=around))

    def go_last(self) -> None:
        """Goes to the last frame."""
        self.go(self._session.last_frame)

    def step(self, by: int) -> None:
        """Goes some frames on or back."""
        self.go(self._session.shot.frame_index + by)

    def go_typed(self, text: str) -> None:
        """Goes to a frame as typed: a number in the source's numbering, "+20" from here, or a timecode."""
        clip, shot = self._session.document.clip, self._session.shot
        if clip is None:
            return
        start = shot.clip.start_timecode if shot.clip is not None else ""
        try:
            frame = typed_frame(text, clip, here=shot.frame_index, start_timecode=start)
        except UserError as error:
            if self._transport is not None:
                self._transport.refuse_entry(f"{error.message} {error.hint}")
            return
        if self._transport is not None:
            self._transport.accept_entry()
        self.go(frame)

    def _jump(self, what: str, direction: int) -> None:
        self._session.drop_offer()
        here = self._session.shot.frame_index
        frames = self._stops(what)
        ahead = [f for f in frames if (f > here if direction > 0 else f < here)]
        if ahead:
            self.go(min(ahead) if direction > 0 else max(ahead))
        elif frames:
            self.go(min(frames) if direction > 0 else max(frames))
        elif what == "hole" and self._session.active is not None:
            name = self._session.active.name
            self._session.notify(f"{name} has a mask on every frame, or is marked as absent.", kind=NoticeKind.GOOD)

    def go_worst(self) -> None:
        """Goes to the most doubtful frame of all."""
        worst = most_doubtful(self._doubts())
        if worst is not None:
            self.go(worst)

    def _stops(self, what: str) -> Sequence[int]:
        if what == "cut":
            return self._session.document.cuts
        if what == "hole":
            return self._holes()
        return self._anchors() if what == "anchor" else stops(self._doubts())

    def _holes(self) -> list[int]:
        """First frames of stretches where the active object has neither a mask nor an absence, from in to out."""
        document, active = self._session.document, self._session.active
        if active is None:
            return []
        spans = self._coverage.of(document)[active.id].spans
        return [hole.first for hole in holes(spans, document.working_range())]

    def _anchors(self) -> list[int]:
        return sorted({frame for item in self._session.document.objects for frame in item.anchors()})

    def _doubts(self) -> Doubts:
        return self._coverage.doubts(self._session.document)[0]

    # -- in and out ---------------------------------------------------------------------------------------------

    def set_in_out(self, in_out: FrameRange | None) -> None:
        """Sets the part of the clip to work on while it is dragged: the drag is one step."""
        self._set_range(in_out, group="in_out")

    def set_in(self) -> None:
        """Sets in here; out stays when it is not before."""
        here, in_out = self._session.shot.frame_index, self._session.document.in_out
        last = in_out.last if in_out is not None and in_out.last >= here else self._session.last_frame
        self._set_range(FrameRange(here, last))

    def set_out(self) -> None:
        """Sets out here; in stays when it is not after."""
        here, in_out = self._session.shot.frame_index, self._session.document.in_out
        self._set_range(FrameRange(in_out.first if in_out is not None and in_out.first <= here else 0, here))

    def _set_range(self, in_out: FrameRange | None, *, group: str = "") -> None:
        document = self._session.document
        if in_out != document.in_out:
            label = "clear in and out" if in_out is None else "set in and out"
            self._session.editor.apply(label, edits.set_in_out(document, in_out), group=group)

    # -- playing ------------------------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Plays forward, or stops."""
        if self._session.shot.playback.speed:
            self.stop()
        else:
            self.play(1)

    def shuttle(self, direction: int) -> None:
        """J and L: plays in a direction; pressed again it plays faster."""
        speed = self._session.shot.playback.speed
        faster = speed * 2 if speed * direction > 0 else direction
        self.play(min(max(faster, -FASTEST), FASTEST))

    def toggle_loop(self) -> None:
        """Begins again at the end, or stops there."""
        app = self._session.app
        self._session.set(app=replace(app, loop=not app.loop))

    def toggle_around(self) -> None:
        """Plays the frames around this one over and over, or ends that and goes back to it."""
        session, shot = self._session, self._session.shot
        if shot.around is not None:
            session.set(shot=replace(shot, around=None))
            self.go(self._around_from)
            return
        here, cuts = shot.frame_index, session.document.cuts
        first = max((here - AROUND, 0, *(cut for cut in cuts if cut <= here)))
        last = min((here + AROUND, session.last_frame, *(cut - 1 for cut in cuts if cut > here)))
        self._around_from = here
        session.set(shot=replace(shot, around=FrameRange(first, last), frame_index=first))
        self.play(1)

    def play(self, speed: int) -> None:
        """Plays at a multiple of the source's rate, backward when negative."""
        clip = self._session.document.clip
        if clip is None or clip.frame_count < 2:
            return
        here, span = self._session.shot.frame_index, self._range()
        if here not in span or (here == span.last and speed > 0) or (here == span.first and speed < 0):
            here = span.first if speed > 0 else span.last
        self._start_frame = self._due = here
        self._started_at = self._clock()
        self._shown.clear()
        playback = replace(self._session.shot.playback, speed=speed, dropped=0, measured_rate=0.0)
        self._session.set(shot=replace(self._session.shot, playback=playback, frame_index=here))
        rate = float(clip.rate) * min(abs(speed), 2)
        self._timer.start(max(4, round(500 / rate)))  # twice a frame: a late tick costs half a frame, not a whole one

    def stop(self) -> None:
        """Stands still where the playhead is."""
        self._timer.stop()
        playback = self._session.shot.playback
        if playback.speed:
            self._session.set(shot=replace(self._session.shot, playback=replace(playback, speed=0, measured_rate=0.0)))

    def tick(self) -> None:
        """Shows the frame whose time it is, if it is decoded."""
        clip, playback = self._session.document.clip, self._session.shot.playback
        if clip is None or not playback.speed:
            self.stop()
            return
        elapsed = self._clock() - self._started_at
        due = self._start_frame + int(elapsed * float(clip.rate) * abs(playback.speed)) * _sign(playback.speed)
        if due == self._due:
            return
        span = self._range()
        if due not in span:
            self._at_end(span, playback.speed)
            return
        shown = self._session.shot.picture_index == self._due
        if shown:
            self._shown.append(self._clock())
        passed_over = max(0, abs(due - self._due) - abs(playback.speed))
        self._due = due
        dropped = playback.dropped + passed_over + (not shown)
        self._session.set(
            shot=replace(
                self._session.shot,
                playback=replace(playback, dropped=dropped, measured_rate=self._rate()),
                frame_index=due,
            )
        )

    def _at_end(self, span: FrameRange, speed: int) -> None:
        if self._session.app.loop or self._session.shot.around is not None:
            self._start_frame = self._due = span.first if speed > 0 else span.last
            self._started_at = self._clock()
            self._session.set(shot=replace(self._session.shot, frame_index=self._due))
        else:
            self._session.set(shot=replace(self._session.shot, frame_index=span.last if speed > 0 else span.first))
            self.stop()

    def _range(self) -> FrameRange:
        """Range that is played: around a frame, in to out when the playhead is inside, else all."""
        around = self._session.shot.around
        if around is not None and self._session.shot.frame_index in around:
            return around
        in_out = self._session.document.in_out
        if in_out is not None and self._session.shot.frame_index in in_out:
            return in_out
        return FrameRange(0, self._session.last_frame)

    def _rate(self) -> float:
        now = self._clock()
        recent = [moment for moment in self._shown if now - moment <= 1.0]
        span = now - recent[0] if len(recent) > 1 else 0.0
        return (len(recent) - 1) / span if span > 0.2 else 0.0


def _sign(value: int) -> int:
    return 1 if value > 0 else -1
