"""Messages, progress and project status of the window, as frozen values."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime


class NoticeKind(enum.Enum):
    """Style of a message."""

    INFO = "info"
    GOOD = "good"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Notice:
    """Message shown over the viewer until closed or replaced.

    Attributes:
        text: what happened.
        hint: what to do about it. May be empty.
        kind: how it looks. Errors stay, others go after some seconds.
        serial: tells two equal notices apart.
        details: where in the program it happened, for who mends it; "" for nothing.
        action, verb: id of the action that a button of the message triggers and what is on it; "" for no button.
    """

    text: str
    hint: str = ""
    kind: NoticeKind = NoticeKind.INFO
    serial: int = 0
    action: str = ""
    verb: str = ""
    details: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A notice and when it was shown, in local time."""

    at: datetime
    notice: Notice


@dataclass(frozen=True, slots=True)
class WorkStatus:
    """Progress of a background run.

    Attributes:
        title: what it does, "Propagate forward".
        done, total: frames finished and in all; total 0 while unknown.
        frames_per_second: 0 while unknown.
        seconds_left: None while unknown.
        message: what is happening now, or "".
        stage: what comes before the frames, such as learning, while it goes on; else "".
        note: what the user has to know about this run, such as that memory ran out, or "".
        cancelling: the user pressed Cancel and the current frame is being finished.
    """

    title: str
    done: int = 0
    total: int = 0
    frames_per_second: float = 0.0
    seconds_left: float | None = None
    message: str = ""
    stage: str = ""
    note: str = ""
    cancelling: bool = False


@dataclass(frozen=True, slots=True)
class FileWork:
    """Progress of work on a file: opening, saving, compacting.

    Attributes:
        title: what is done, "Saving as shot.vosapp".
        done, total: masks or frames finished and in all; total 0 while unknown.
        can_cancel: the user may stop it.
        cancelling: they did.
        blocks: nothing else can be done meanwhile.
    """

    title: str
    done: int = 0
    total: int = 0
    can_cancel: bool = False
    cancelling: bool = False
    blocks: bool = False


@dataclass(frozen=True, slots=True)
class ProjectStatus:
    """Place and undo labels of the open document.

    Attributes:
        name: for the title; "" before a clip is open.
        path: of the project file, "" before a clip is open.
        saved: the user chose its place; else it lives with the unsaved work in the user's data folder.
        read_only: changes cannot be kept in this file.
        undo_label, redo_label: what the next undo and redo would do, "" when there is nothing.
    """

    name: str = ""
    path: str = ""
    saved: bool = False
    read_only: bool = False
    undo_label: str = ""
    redo_label: str = ""
