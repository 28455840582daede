"""What the window shows besides the document: playhead, tool, view mode, running work. Frozen values, no Qt.

Nothing here is saved with a project and nothing here can be undone. Controllers replace fields; `display.resolve`
turns a document and a view state into what is on the screen.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from vosapp.core.document import Document, ObjectId
from vosapp.core.recent import UnsavedWork
from vosapp.core.timeline import Direction
from vosapp.presentation.suggest.suggestions import Suggestions
from vosapp.video.source import ClipInfo


class Tool(enum.Enum):
    """What the left mouse button does on the picture."""

    BRUSH = "brush"
    ERASER = "eraser"
    POLYGON = "polygon"
    HAND = "hand"


class ViewMode(enum.Enum):
    """How masks are shown over the picture."""

    OVERLAY = "overlay"
    OUTLINE = "outline"
    MATTE = "matte"
    CUTOUT = "cutout"
    SOURCE = "source"


class Backdrop(enum.Enum):
    """What lies behind the objects in the cutout view."""

    BLACK = "black"
    GREY = "grey"
    WHITE = "white"
    GREEN = "green"
    MAGENTA = "magenta"


class Wipe(enum.Enum):
    """What the masks of the viewer are compared with, right of a line that can be dragged."""

    OFF = "off"
    SOURCE = "source"
    BEFORE = "before"


class Reach(enum.Enum):
    """How far a run goes. `AS_NEEDED` redoes only the frames around a correction, and else goes as far as `ALL`."""

    AS_NEEDED = "as_needed"
    ALL = "all"
    NEXT_ANCHOR = "next_anchor"
    IN_OUT = "in_out"
    ONE_FRAME = "one_frame"


class NoticeKind(enum.Enum):
    """How a message to the user looks."""

    INFO = "info"
    GOOD = "good"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the user, shown over the viewer until closed or replaced.

    Attributes:
        text: what happened.
        hint: what to do about it. May be empty.
        kind: how it looks. Errors stay, others go after some seconds.
        serial: tells two equal notices apart.
        action, verb: id of the action that a button of the message triggers and what is on it; "" for no button.
    """

    text: str
    hint: str = ""
    kind: NoticeKind = NoticeKind.INFO
    serial: int = 0
    action: str = ""
    verb: str = ""


@dataclass(frozen=True, slots=True)
class WorkStatus:
    """A background run in progress.

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
    """Work on a file in the background: opening, saving, compacting.

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
    """Where the open document is kept.

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


class Speed(enum.Enum):
    """How quick an engine is on a processor, for one object at 480x854."""

    FAST = "fast"
    MEDIUM = "medium"
    SLOW = "slow"


@dataclass(frozen=True, slots=True)
class VariantChoice:
    """A way to run an engine that can be ticked: its name, title and what it changes."""

    name: str
    title: str
    summary: str


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """An engine in the list.

    Attributes:
        name: of the registry.
        title, summary: for the user.
        ready: can run now.
        reason: why not, when it cannot.
        speed: its class, None while nobody measured it.
        facts: (what, value) for the user: speed, memory, licence.
        variants: ways to run it besides the usual one.
        importable: its authors publish weights that can be imported.
    """

    name: str
    title: str
    summary: str = ""
    ready: bool = True
    reason: str = ""
    speed: Speed | None = None
    facts: tuple[tuple[str, str], ...] = ()
    variants: tuple[VariantChoice, ...] = ()
    importable: bool = False


@dataclass(frozen=True, slots=True)
class NetworkHelp:
    """How to get a network that is not here.

    Attributes:
        title, strengths: what it is.
        way: how to get its weights, in one sentence.
        licence: what may be done with them.
    """

    title: str
    strengths: str
    way: str
    licence: str


@dataclass(frozen=True, slots=True)
class SuggestChoice:
    """What can be asked for objects: a network, with a variant perhaps, as "cosnet/crf"; "" for all networks."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Playback:
    """Whether and how the clip plays.

    Attributes:
        speed: 0 stands; 1 forward at the source's rate, -1 backward; 2, 4, 8 faster.
        loop: starts again at the end of the range.
        dropped: frames not shown since play was pressed because they came too late.
        measured_rate: frames shown a second over the last second, 0 while standing.
    """

    speed: int = 0
    loop: bool = True
    dropped: int = 0
    measured_rate: float = 0.0


@dataclass(frozen=True, slots=True)
class PropagateChoice:
    """What the propagate panel is set to; the engine with its variants, "rgmp/bf16"."""

    engine: str = ""
    direction: Direction = Direction.FORWARD
    reach: Reach = Reach.AS_NEEDED
    all_objects: bool = True


@dataclass(frozen=True, slots=True)
class ViewState:
    """Everything on the screen that is not the document.

    Attributes:
        clip: facts of the open clip, None on the start page.
        frame_index: where the playhead stands.
        picture_index: the frame whose picture is on the screen; it follows the playhead as soon as it is decoded.
        tool, brush_px, pressure: the pen; the size is a diameter in picture pixels; `pressure` lets a tablet vary it.
        mode, backdrop, opacity, peek: the look; `peek` shows the source while a key is held.
        wipe, wipe_at: what masks are compared with, and where the line stands, as a share of the picture's width.
        before_run: the document when the last run began, None before the first one of a shot.
        active_object: id of the object that the tools change; 0 or one that is gone stands for the first.
        hidden, solo: objects not shown; the only object shown, or 0.
        playback, propagate, engines, project: see their classes.
        follow: the playhead goes along with a run until the user goes elsewhere.
        onion: outlines of the active object on the frames before and after lie over the picture.
        run, export: work in progress, or None.
        searching, suggestions: a search for objects in progress, and what it found; None without.
        suggest_choices, suggest_with: what can be asked for objects, none without weights; the name of the chosen one.
        network_help: networks that could suggest objects if they had weights, while the window tells of them.
        notice: a message on the screen, or None.
        media_problem: why the clip's pictures cannot be shown, or "".
        opening: name of the clip that is being opened, or "".
        waiting: the media takes long to answer.
        damaged: frames known to be damaged or missing in the clip.
        polygon_points: corners set so far with the polygon tool.
        recent, unsaved: paths and unsaved work for the start page.
        file_work: what goes on with a file, or None.
    """

    clip: ClipInfo | None = None
    frame_index: int = 0
    picture_index: int = -1
    tool: Tool = Tool.BRUSH
    brush_px: float = 40.0
    pressure: bool = True
    mode: ViewMode = ViewMode.OVERLAY
    backdrop: Backdrop = Backdrop.BLACK
    opacity: float = 0.5
    peek: bool = False
    wipe: Wipe = Wipe.OFF
    wipe_at: float = 0.5
    before_run: Document | None = None
    active_object: ObjectId = 0
    hidden: frozenset[ObjectId] = frozenset()
    solo: ObjectId = 0
    playback: Playback = Playback()
    propagate: PropagateChoice = PropagateChoice()
    engines: tuple[EngineChoice, ...] = ()
    project: ProjectStatus = ProjectStatus()
    follow: bool = True
    onion: bool = False
    run: WorkStatus | None = None
    export: WorkStatus | None = None
    searching: WorkStatus | None = None
    suggestions: Suggestions | None = None
    suggest_choices: tuple[SuggestChoice, ...] = ()
    suggest_with: str = ""
    network_help: tuple[NetworkHelp, ...] = ()
    notice: Notice | None = None
    media_problem: str = ""
    opening: str = ""
    waiting: bool = False
    damaged: frozenset[int] = frozenset()
    polygon_points: int = 0
    recent: tuple[str, ...] = field(default=())
    unsaved: tuple[UnsavedWork, ...] = field(default=())
    file_work: FileWork | None = None

    def shows(self, object_id: ObjectId) -> bool:
        """Whether an object's masks are on the screen."""
        return object_id == self.solo if self.solo else object_id not in self.hidden
