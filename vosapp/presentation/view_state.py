"""View state: everything on the screen that is not the document, as frozen values.

Nothing here is saved with a project and nothing here can be undone. Controllers replace fields; `display.resolve`
turns a document and a view state into what is on the screen.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from vosapp.core.document import Document, ObjectId
from vosapp.core.recent import UnsavedWork
from vosapp.core.timeline import Direction, FrameRange
from vosapp.core.trimap import TrimapKind
from vosapp.presentation.actions import BY_ID
from vosapp.presentation.choices import EngineChoice, NetworkHelp, SelectorChoice, SuggestChoice
from vosapp.presentation.selection import Selection
from vosapp.presentation.status import FileWork, Notice, ProjectStatus, WorkStatus
from vosapp.presentation.suggestions import Suggestions
from vosapp.video.source import ClipInfo


class Tool(enum.Enum):
    """What the left mouse button does on the picture."""

    BRUSH = "brush"
    ERASER = "eraser"
    POLYGON = "polygon"
    BOX = "box"
    ELLIPSE = "ellipse"
    FILL = "fill"
    TRANSFORM = "transform"
    SELECT = "select"
    SCRIBBLE = "scribble"
    HAND = "hand"


MARK_TOOLS = (Tool.SELECT, Tool.SCRIBBLE)
SHAPE_TOOLS = (Tool.POLYGON, Tool.BOX, Tool.ELLIPSE)


class ViewMode(enum.Enum):
    """How masks are shown over the picture."""

    OVERLAY = "overlay"
    OUTLINE = "outline"
    MATTE = "matte"
    BAND = "band"
    CUTOUT = "cutout"
    SOURCE = "source"


class ObjectStyle(enum.Enum):
    """How one object is drawn where masks are shown as areas or outlines, whatever the view says of the others."""

    OVERLAY = "overlay"
    OUTLINE = "outline"
    BOTH = "both"


class Backdrop(enum.Enum):
    """What lies behind the objects in the cutout view."""

    BLACK = "black"
    GREY = "grey"
    WHITE = "white"
    GREEN = "green"
    MAGENTA = "magenta"
    CHECKER = "checker"
    PICTURE = "picture"


class Wipe(enum.Enum):
    """What the masks of the viewer are compared with, right of a line that can be dragged."""

    OFF = "off"
    SOURCE = "source"
    BEFORE = "before"
    MASK = "mask"


class Changes(enum.Enum):
    """Which changes of the active object's mask are marked: since the last run, or against both neighbours."""

    OFF = "off"
    RUN = "run"
    FLICKER = "flicker"


class StripKind(enum.Enum):
    """What the strip of frames above the timeline shows."""

    OFF = "off"
    REVIEW = "review"
    MEMORY = "memory"


class Reach(enum.Enum):
    """How far a run goes. `AS_NEEDED` redoes only the frames around a correction, and else goes as far as `ALL`."""

    AS_NEEDED = "as_needed"
    ALL = "all"
    NEXT_ANCHOR = "next_anchor"
    IN_OUT = "in_out"
    ONE_FRAME = "one_frame"


@dataclass(frozen=True, slots=True)
class Playback:
    """Whether and how the clip plays.

    Attributes:
        speed: 0 stands; 1 forward at the source's rate, -1 backward; 2, 4, 8 faster.
        dropped: frames not shown since play was pressed because they came too late.
        measured_rate: frames shown a second over the last second, 0 while standing.
    """

    speed: int = 0
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
class AppView:
    """What survives a clip: the tools as they are set, what can be chosen, and work that goes on between clips.

    Attributes:
        tool, brush_px, pressure: the pen; the size is a diameter in picture pixels; `pressure` lets a tablet vary it.
        holes_px, specks_px: diameters up to which holes are filled and specks removed, in picture pixels.
        opacity, backdrop: of the overlay, 0 to 1, and what lies behind a cutout.
        has_backdrop_picture: whether a picture was chosen to lie behind a cutout.
        refiner_ready: whether edges can be refined by the network, which has weights then.
        onion: outlines of the active object on the frames before and after lie over the picture.
        loop: playback starts again at the end of the range.
        outlined: the overlay has outlines too.
        magnifier: what is under the pointer is shown larger in a corner.
        thumbnails: the timeline shows pictures of the clip.
        timecode: the ruler of the timeline shows timecode instead of frame numbers.
        follow: the playhead goes along with a run until the user goes elsewhere.
        propagate: what the propagate panel is set to.
        engines: what can be chosen there.
        suggest_choices, suggest_with: what can be asked for objects, none without weights; the name of the chosen one.
        select_choices, select_with: what can propose masks from marks; the name of the chosen one.
        keys: by action id the first key of each command, as this platform writes it; else those of the registry.
        tour: number of the step of the tour on the demo shot, from 1; 0 while there is none.
        recent, unsaved: paths and unsaved work for the start page.
        opening: name of the clip that is being opened, or "".
        file_work: what goes on with a file, or None.
    """

    tool: Tool = Tool.BRUSH
    brush_px: float = 40.0
    pressure: bool = True
    holes_px: float = 20.0
    specks_px: float = 20.0
    opacity: float = 0.5
    backdrop: Backdrop = Backdrop.BLACK
    has_backdrop_picture: bool = False
    refiner_ready: bool = False
    onion: bool = False
    loop: bool = True
    outlined: bool = False
    magnifier: bool = False
    thumbnails: bool = False
    timecode: bool = False
    follow: bool = True
    propagate: PropagateChoice = PropagateChoice()
    engines: tuple[EngineChoice, ...] = ()
    suggest_choices: tuple[SuggestChoice, ...] = ()
    suggest_with: str = ""
    select_choices: tuple[SelectorChoice, ...] = ()
    select_with: str = "network"
    keys: Mapping[str, str] = field(default_factory=dict)
    tour: int = 0
    recent: tuple[str, ...] = ()
    unsaved: tuple[UnsavedWork, ...] = ()
    opening: str = ""
    file_work: FileWork | None = None

    def key(self, action_id: str) -> str:
        """The key of a command as the user set it; its words where it has none."""
        usual = BY_ID[action_id]
        return self.keys.get(action_id, usual.keys[0] if usual.keys else "") or f"“{usual.text.rstrip('…')}”"


@dataclass(frozen=True, slots=True)
class ShotView:
    """What belongs to the shot that is open, and begins anew with the next one.

    Attributes:
        clip: facts of the open clip, None on the start page.
        media_problem: why the clip's pictures cannot be shown, or "".
        damaged: frames known to be damaged or missing in the clip.
        waiting: the media takes long to answer.
        project: where the document is kept.
        frame_index: where the playhead stands.
        picture_index: the frame whose picture is on the screen; it follows the playhead as soon as it is decoded.
        playback: whether and how it plays.
        around: the few frames that are played over and over, None for the usual range.
        mode, peek: how masks are shown; `peek` shows the source while a key is held.
        wipe, wipe_at: what masks are compared with, and where the line stands, as a share of the picture's width.
        matte_panel: whether the matte panel is open.
        trimap_brush: what the pen paints over the matte's edge while that panel is open; None paints the mask.
        changes: which changes of the active object's mask are marked.
        strip: what the strip of frames above the timeline shows.
        picked_anchor: the anchor of the active object that is picked there, -1 for none.
        before_run: the document when the last run began, None before the first one.
        active_object: id of the object that the tools change; 0 or one that is gone stands for the first.
        hidden, solo: objects not shown; the only object shown, or 0.
        styles: objects that are drawn in a way of their own; the others as the view says.
        transforming: a mask was dragged with the transform tool and not taken yet.
        polygon_points: corners set so far with the polygon tool, or those of a shape that was pasted.
        run, export: work in progress, or None.
        cut_search: how much of the clip was looked through for cuts, in percent, while that goes on.
        cuts_sought: whether a search for cuts came to its end, False when it did not yet; None where nothing is known.
        searching, suggestions: a search for objects in progress, and what it found; None without.
        selection: marks of the select tool on a frame and what they propose, until it is taken or dropped.
        network_help: networks that could suggest objects if they had weights, while the window tells of them.
        notice: a message on the screen, or None.
    """

    clip: ClipInfo | None = None
    media_problem: str = ""
    damaged: frozenset[int] = frozenset()
    waiting: bool = False
    project: ProjectStatus = ProjectStatus()  # noqa: RUF009 - a frozen value
    frame_index: int = 0
    picture_index: int = -1
    playback: Playback = Playback()
    around: FrameRange | None = None
    mode: ViewMode = ViewMode.OVERLAY
    peek: bool = False
    wipe: Wipe = Wipe.OFF
    wipe_at: float = 0.5
    matte_panel: bool = False
    trimap_brush: TrimapKind | None = None
    changes: Changes = Changes.OFF
    strip: StripKind = StripKind.OFF
    picked_anchor: int = -1
    before_run: Document | None = None
    active_object: ObjectId = 0
    hidden: frozenset[ObjectId] = frozenset()
    styles: Mapping[ObjectId, ObjectStyle] = field(default_factory=dict)
    solo: ObjectId = 0
    transforming: bool = False
    polygon_points: int = 0
    run: WorkStatus | None = None
    export: WorkStatus | None = None
    cut_search: int | None = None
    cuts_sought: bool | None = None
    searching: WorkStatus | None = None
    suggestions: Suggestions | None = None
    selection: Selection | None = None
    network_help: tuple[NetworkHelp, ...] = ()
    notice: Notice | None = None

    def shows(self, object_id: ObjectId) -> bool:
        """Whether an object's masks are on the screen."""
        return object_id == self.solo if self.solo else object_id not in self.hidden


@dataclass(frozen=True, slots=True)
class ViewState:
    """Everything on the screen that is not the document: what survives a clip, and what belongs to the open shot."""

    app: AppView = AppView()
    shot: ShotView = ShotView()
