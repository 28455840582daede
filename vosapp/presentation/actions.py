"""Registry of all actions: id, text, keys and menu of each.

The menus, the tool buttons, the shortcuts and the F1 sheet are all made from this table, so none can say something
that another does not do. `conflicts` proves that no key is given twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One command.

    Attributes:
        id: "group.verb"; how code names it.
        text: as in menus.
        menu: the menu it is in, "" for none.
        keys: shortcuts in Qt's portable notation, the first one is shown.
        icon: file in resources/icons, or "".
        tip: a sentence more for the tooltip, or "".
        checkable: it is a state and not a deed.
        rule: a separator stands above it in its menu.
    """

    id: str
    text: str
    menu: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    tip: str = ""
    checkable: bool = False
    rule: bool = False


@dataclass(frozen=True, slots=True)
class Gesture:
    """A thing done with the mouse, pen or a held key, for the F1 sheet."""

    keys: str
    text: str
    group: str


MENUS = ("File", "Edit", "Tools", "View", "Playback", "Propagate", "Object", "Help")

_FILE = (
    ActionSpec("file.open", "Open clip or project…", "File", ("Ctrl+O",), "open"),
    ActionSpec("file.open_folder", "Open folder of images…", "File", ("Ctrl+Shift+O",), "images"),
    ActionSpec("file.resume", "Go on with unsaved work on this clip", "File", tip="What a crash or closing left"),
    ActionSpec("file.import_mask", "Import mask here…", "File", ("Ctrl+I",), "matte", rule=True),
    ActionSpec(
        "file.import_masks",
        "Import masks of many frames…",
        "File",
        ("Ctrl+Shift+I",),
        tip="A folder, a sequence or a movie: anchors, approved frames or a hold-out",
    ),
    ActionSpec("file.import_alpha", "Masks from the clip's alpha…", "File", tip="Half opaque and more is inside"),
    ActionSpec(
        "file.save",
        "Save project",
        "File",
        ("Ctrl+S",),
        "save",
        "Everything is saved as you work; this gives an unsaved project its place",
        rule=True,
    ),
    ActionSpec("file.save_as", "Save project as…", "File", ("Ctrl+Shift+S",)),
    ActionSpec("file.save_copy", "Save a copy…", "File", ("Ctrl+Alt+S",), tip="You go on in the project as it is"),
    ActionSpec("file.backups", "Open backup…", "File", tip="Projects are backed up while you work on them"),
    ActionSpec("file.compact", "Compact project", "File", tip="Takes out what undo has forgotten"),
    ActionSpec("file.export", "Export…", "File", ("Ctrl+E",), "export", "Write masks and mattes", rule=True),
    ActionSpec("file.batch", "Batch…", "File", tip="Works through many shots in the background"),
    ActionSpec("file.relink", "Relink media…", "File", tip="Finds the clip when it was moved or renamed"),
    ActionSpec("file.clip_facts", "Clip facts…", "File", tip="What was found in the clip; its layer and input space"),
    ActionSpec("file.rate", "Frame rate…", "File", tip="Says how fast the images of a sequence play"),
    ActionSpec("file.close", "Close clip", "File", ("Ctrl+W",), rule=True),
    ActionSpec("file.quit", "Quit", "File", ("Ctrl+Q",)),
)

_EDIT = (
    ActionSpec("edit.undo", "Undo", "Edit", ("Ctrl+Z",), "undo"),
    ActionSpec("edit.redo", "Redo", "Edit", ("Ctrl+Shift+Z", "Ctrl+Y"), "redo"),
    ActionSpec("edit.copy", "Copy mask", "Edit", ("Ctrl+C",), rule=True),
    ActionSpec("edit.copy_range", "Copy masks of a range…", "Edit", ("Ctrl+Shift+C",)),
    ActionSpec("edit.paste", "Paste masks from here on", "Edit", ("Ctrl+V",), tip="They become anchors"),
    ActionSpec(
        "edit.paste_shape",
        "Paste last shape",
        "Edit",
        ("Ctrl+Alt+V",),
        tip="The polygon, box or ellipse drawn last, to be moved here and closed with Enter",
    ),
    ActionSpec("edit.move_range", "Move masks…", "Edit", ("Ctrl+Shift+M",), tip="In time, or to another object"),
    ActionSpec("edit.delete", "Delete mask here", "Edit", ("Delete",), "trash", rule=True),
    ActionSpec("edit.delete_range", "Delete masks in a range…", "Edit", ("Shift+Delete",)),
    ActionSpec(
        "edit.clean_up",
        "Clean up this frame",
        "Edit",
        ("C",),
        tip="Fills holes and removes specks up to the sizes that were set",
    ),
    ActionSpec("edit.clean_up_sizes", "Clean up with sizes…", "Edit", ("Shift+C",)),
    ActionSpec(
        "edit.anchor",
        "Make anchor",
        "Edit",
        ("Return", "Enter"),
        "anchor-key",
        "Confirms the mask as truth; runs start from it and never change it",
        rule=True,
    ),
    ActionSpec(
        "edit.approve",
        "Approve this frame",
        "Edit",
        ("Ctrl+L",),
        "lock",
        "No run changes an approved mask; press again to take it back",
    ),
    ActionSpec(
        "edit.fold_paint",
        "Fold paint in…",
        "Edit",
        tip="Painted predictions become anchors, as they are seen",
        rule=True,
    ),
    ActionSpec("edit.drop_paint", "Drop paint…", "Edit", tip="Predictions stand as they were made, without your paint"),
    ActionSpec("edit.approve_range", "Approve a range…", "Edit", ("Ctrl+Shift+L",)),
    ActionSpec("edit.absent_range", "Mark absent…", "Edit", ("Ctrl+D",), tip="The object is not in the picture there"),
    ActionSpec(
        "edit.present_range",
        "Mark present…",
        "Edit",
        ("Ctrl+Shift+D",),
        tip="Takes “absent” back",
    ),
)

_SETTINGS = (
    ActionSpec("edit.keys", "Keys…", "Edit", tip="Gives commands other keys, or those of another program", rule=True),
    ActionSpec("edit.settings", "Settings…", "Edit", ("Ctrl+,",), tip="What a change of them does is seen at once"),
)

_TOOLS = (
    ActionSpec("tool.brush", "Brush", "Tools", ("P",), "brush", "Paint the active object", checkable=True),
    ActionSpec("tool.eraser", "Eraser", "Tools", ("E",), "eraser", "Take paint away", checkable=True),
    ActionSpec("tool.polygon", "Polygon", "Tools", ("G",), "polygon", "Click corners, or drag a lasso", checkable=True),
    ActionSpec(
        "tool.box", "Box", "Tools", ("R",), "box", "Drag from corner to corner; Shift makes a square", checkable=True
    ),
    ActionSpec(
        "tool.ellipse",
        "Ellipse",
        "Tools",
        ("Shift+R",),
        "ellipse",
        "Drag its box; Shift makes a circle",
        checkable=True,
    ),
    ActionSpec(
        "tool.fill",
        "Fill",
        "Tools",
        ("U",),
        "fill",
        "Click a hole to fill it, Alt-click a part to remove it",
        checkable=True,
    ),
    ActionSpec(
        "tool.transform",
        "Transform",
        "Tools",
        ("T",),
        "transform",
        "Drag the object's mask to move it, its handles to scale or turn it; Enter takes it",
        checkable=True,
    ),
    ActionSpec(
        "tool.select",
        "Select",
        "Tools",
        ("A",),
        "select",
        "Click the object, Alt-click what is not; drag a box around it, or Shift-drag a stroke along it",
        checkable=True,
    ),
    ActionSpec(
        "tool.scribble",
        "Scribble",
        "Tools",
        ("D",),
        "scribble",
        "Draw along what is missing, with Alt along what is too much; the rest of the mask stays",
        checkable=True,
    ),
    ActionSpec("tool.hand", "Hand", "Tools", ("H",), "hand", "Move the picture", checkable=True),
    ActionSpec("tool.take_back", "Take last corner or mark back", "Tools", ("Backspace",)),
    ActionSpec("tool.smaller", "Smaller brush", "Tools", ("[",), rule=True),
    ActionSpec("tool.larger", "Larger brush", "Tools", ("]",)),
    ActionSpec(
        "tool.softer",
        "Softer edge",
        "Tools",
        ("Shift+]",),
        tip="Masks are hard; what is exported is as soft along the object's outline as you set here",
    ),
    ActionSpec("tool.harder", "Harder edge", "Tools", ("Shift+[",)),
    ActionSpec("tool.pressure", "Pen pressure changes the size", "Tools", checkable=True),
)

_VIEW = (
    ActionSpec("view.overlay", "Overlay", "View", ("F2",), "overlay", checkable=True),
    ActionSpec("view.outline", "Outline", "View", ("F3",), "outline", checkable=True),
    ActionSpec("view.matte", "Matte", "View", ("F4",), "matte", checkable=True),
    ActionSpec(
        "view.band",
        "Edge band",
        "View",
        ("Shift+F4",),
        "band",
        "Where the active object's matte is neither in nor out",
        checkable=True,
    ),
    ActionSpec("view.cutout", "Cutout", "View", ("F5",), "cutout", checkable=True),
    ActionSpec("view.source", "Source only", "View", ("F6",), "source", checkable=True),
    ActionSpec("view.backdrop", "Next background", "View", ("F7",), "colour", tip="Colours, checkerboard, picture"),
    ActionSpec("view.backdrop_picture", "Background picture…", "View", tip="Any picture, behind what is cut out"),
    ActionSpec(
        "view.outlined",
        "Outlines over the overlay",
        "View",
        ("Shift+F2",),
        tip="Areas and edges at once, in each object's colour",
        checkable=True,
        rule=True,
    ),
    ActionSpec(
        "view.changes",
        "Changes since the last run",
        "View",
        ("Shift+F3",),
        tip="Of the active object: green came, magenta went",
        checkable=True,
    ),
    ActionSpec(
        "view.flicker",
        "Flicker",
        "View",
        ("Shift+F5",),
        tip="Pixels that the active object has on this frame alone (green), or lacks on it alone (magenta)",
        checkable=True,
    ),
    ActionSpec(
        "view.magnifier",
        "Magnifier",
        "View",
        ("Shift+Z",),
        tip="What is under the pointer, larger, in a corner of the viewer",
        checkable=True,
    ),
    ActionSpec(
        "view.onion",
        "Neighbouring outlines",
        "View",
        ("Shift+O",),
        "onion",
        "The active object's outline on the frame before (dashed, blue) and after (dotted, amber)",
        checkable=True,
        rule=True,
    ),
    ActionSpec(
        "view.wipe",
        "Wipe to the source",
        "View",
        ("W",),
        "wipe",
        "Right of a line that you drag, the picture is shown alone",
        checkable=True,
    ),
    ActionSpec(
        "view.wipe_run",
        "Wipe to before the last run",
        "View",
        ("Shift+W",),
        tip="Right of a line that you drag, the masks are those from before",
        checkable=True,
    ),
    ActionSpec(
        "view.thumbnails",
        "Pictures in the timeline",
        "View",
        tip="A row of the clip's pictures below the ruler",
        checkable=True,
    ),
    ActionSpec(
        "view.timecode",
        "Timecode on the ruler",
        "View",
        tip="Instead of frame numbers, in the timeline",
        checkable=True,
    ),
    ActionSpec(
        "view.wipe_matte",
        "Wipe to the mask without its matte",
        "View",
        ("Alt+W",),
        "wipe",
        tip="Right of a line that you drag, the mask is shown as it is",
        checkable=True,
    ),
    ActionSpec("view.fit", "Fit in window", "View", ("Ctrl+0",), "zoom-fit", rule=True),
    ActionSpec("view.100", "100 %", "View", ("Ctrl+1",)),
    ActionSpec("view.200", "200 %", "View", ("Ctrl+2",)),
    ActionSpec("view.zoom_in", "Zoom in", "View", ("Ctrl+=", "Ctrl++")),
    ActionSpec("view.zoom_out", "Zoom out", "View", ("Ctrl+-",)),
    ActionSpec("view.full_screen", "Full screen", "View", ("F11",), checkable=True, rule=True),
    ActionSpec(
        "view.picture_alone",
        "Picture alone",
        "View",
        ("Shift+F11",),
        tip="The whole screen without panels and timeline; the keys go on working",
        checkable=True,
    ),
)

_PLAYBACK = (
    ActionSpec("play.toggle", "Play / pause", "Playback", ("Space",), "play"),
    ActionSpec("play.backward", "Play backward", "Playback", ("J",), tip="Again: faster"),
    ActionSpec("play.stop", "Stop", "Playback", ("K",)),
    ActionSpec("play.forward", "Play forward", "Playback", ("L",), tip="Again: faster"),
    ActionSpec("play.loop", "Loop", "Playback", ("Shift+L",), "loop", checkable=True),
    ActionSpec(
        "play.around",
        "Loop around this frame",
        "Playback",
        ("Alt+L",),
        tip="Plays twelve frames before and after it over and over; again goes back to it",
        checkable=True,
    ),
    ActionSpec("go.previous", "Previous frame", "Playback", ("Left", ","), "step-back", rule=True),
    ActionSpec("go.next", "Next frame", "Playback", ("Right", "."), "step-forward"),
    ActionSpec("go.back_10", "Back 10 frames", "Playback", ("Shift+Left",)),
    ActionSpec("go.on_10", "On 10 frames", "Playback", ("Shift+Right",)),
    ActionSpec("go.first", "First frame", "Playback", ("Home",), "first"),
    ActionSpec("go.last", "Last frame", "Playback", ("End",), "last"),
    ActionSpec("go.previous_anchor", "Previous anchor", "Playback", ("PgUp", "Ctrl+Shift+Left"), "prev-anchor"),
    ActionSpec("go.next_anchor", "Next anchor", "Playback", ("PgDown", "Ctrl+Shift+Right"), "next-anchor"),
    ActionSpec(
        "go.next_doubt",
        "Next doubtful frame",
        "Playback",
        ("N",),
        "doubt",
        "Where none is, the next of the least sure frames",
    ),
    ActionSpec("go.previous_doubt", "Previous doubtful frame", "Playback", ("Shift+N",)),
    ActionSpec(
        "go.next_hole",
        "Next frame without a mask",
        "Playback",
        ("Shift+H",),
        tip="Of the active object, where it is not marked as absent",
    ),
    ActionSpec("go.previous_hole", "Previous frame without a mask", "Playback", ("Alt+H",)),
    ActionSpec("go.worst", "Most doubtful frame", "Playback", ("Alt+N",)),
    ActionSpec(
        "view.review",
        "Review",
        "Playback",
        ("Alt+R",),
        "doubt",
        "The doubtful frames as pictures above the timeline, the most doubtful first",
        checkable=True,
        rule=True,
    ),
    ActionSpec("review.next", "Next to review", "Playback", ("Alt+Right",), "step-forward", "By doubt, not by time"),
    ActionSpec(
        "review.approve",
        "Approve and go on",
        "Playback",
        ("Alt+Return", "Alt+Enter"),
        "check",
        "All objects on this frame; runs leave approved masks alone",
    ),
    ActionSpec(
        "review.approve_range",
        "Approve the stretch and go on",
        "Playback",
        ("Alt+Shift+Return", "Alt+Shift+Enter"),
        "both",
        "All objects on all frames of the doubtful stretch",
    ),
    ActionSpec(
        "view.memory",
        "Memory",
        "Propagate",
        ("Alt+M",),
        "images",
        "The anchors of the active object as pictures: which of them an engine is shown for this frame",
        checkable=True,
        rule=True,
    ),
    ActionSpec(
        "memory.mute",
        "Mute the picked anchor",
        "Propagate",
        (),
        "eye-off",
        "It stays as it is, but engines are not shown it",
        checkable=True,
    ),
    ActionSpec("memory.remove", "Remove the picked anchor", "Propagate", (), "trash", "Deletes the mask on its frame"),
    ActionSpec("memory.go", "Go to the picked anchor", "Propagate", (), "next-anchor"),
    ActionSpec("review.fix", "Fix this frame", "Playback", (), "brush", "Takes the brush to its most doubtful object"),
    ActionSpec("mark.in", "Set in", "Playback", ("I",), "mark-in", rule=True),
    ActionSpec("mark.out", "Set out", "Playback", ("O",), "mark-out"),
    ActionSpec("mark.clear", "Clear in and out", "Playback", ("Alt+X",)),
    ActionSpec(
        "mark.cut",
        "New shot begins here",
        "Playback",
        ("M",),
        tip="Nothing is propagated across a cut",
        checkable=True,
        rule=True,
    ),
    ActionSpec("go.previous_key", "Previous matte key", "Playback", ("Alt+PgUp",), tip="Of the active object"),
    ActionSpec("go.next_key", "Next matte key", "Playback", ("Alt+PgDown",), tip="Of the active object"),
    ActionSpec("go.previous_cut", "Previous cut", "Playback", ("Shift+PgUp",)),
    ActionSpec("go.next_cut", "Next cut", "Playback", ("Shift+PgDown",)),
    ActionSpec(
        "mark.find_cuts",
        "Find cuts",
        "Playback",
        tip="Looks through the clip; what you said of cuts stands",
    ),
    ActionSpec("mark.clear_cuts", "Take all cuts away", "Playback", tip="The clip is one shot; searches respect it"),
)

_PROPAGATE = (
    ActionSpec("propagate.chosen", "Propagate", "Propagate", ("Ctrl+Return",), "", "As set in the panel"),
    ActionSpec("propagate.forward", "Forward", "Propagate", ("F",), "forward", rule=True),
    ActionSpec("propagate.backward", "Backward", "Propagate", ("B",), "backward"),
    ActionSpec("propagate.both", "Both ways", "Propagate", ("Ctrl+Shift+F",), "both"),
    ActionSpec("propagate.forward_one", "Forward one frame", "Propagate", ("Shift+F",), rule=True),
    ActionSpec("propagate.backward_one", "Backward one frame", "Propagate", ("Shift+B",)),
    ActionSpec("propagate.forward_anchor", "Forward to the next anchor", "Propagate", ("Ctrl+F",)),
    ActionSpec("propagate.backward_anchor", "Backward to the anchor before", "Propagate", ("Ctrl+B",)),
    ActionSpec("propagate.cancel", "Cancel", "Propagate", ("Esc",), "cancel", "Finished frames stay", rule=True),
    ActionSpec(
        "propagate.follow",
        "Follow the run",
        "Propagate",
        tip="Shows the frame that is being made, until you go to another or paint",
        checkable=True,
    ),
    ActionSpec(
        "propagate.import_weights",
        "Import network weights…",
        "Propagate",
        icon="open",
        tip="Takes the file that a network's authors publish",
        rule=True,
    ),
    ActionSpec("propagate.stop_download", "Stop downloading weights", "", tip="What has come stays for the next try"),
)

_OBJECT = (
    ActionSpec("object.add", "Add object", "Object", ("Ctrl+Shift+N",), "add"),
    ActionSpec(
        "object.suggest",
        "Suggest objects",
        "Object",
        ("Shift+A",),
        "suggest",
        "Networks outline what they find on this frame; you choose what becomes an object",
    ),
    ActionSpec("object.rename", "Rename…", "Object", ("Ctrl+R",)),
    ActionSpec("object.colour", "Colour…", "Object", (), "colour"),
    ActionSpec(
        "object.matte",
        "Matte",
        "Object",
        ("Ctrl+M",),
        "band",
        "The panel of the matte's edge: what is exported, seen live",
        checkable=True,
    ),
    ActionSpec("object.visible", "Show", "Object", ("V",), "eye", checkable=True, rule=True),
    ActionSpec("object.solo", "Show only this one", "Object", ("S",), "solo", checkable=True),
    ActionSpec(
        "object.presence",
        "Objects over time…",
        "Object",
        tip="A grid of where each object has masks, anchors and doubt over the whole clip",
    ),
    ActionSpec(
        "object.lock",
        "Lock",
        "Object",
        ("Ctrl+Alt+L",),
        "lock",
        "You are done with it: neither tools nor runs change its masks",
        checkable=True,
    ),
    ActionSpec("object.raise", "Bring forward", "Object", ("Ctrl+]",), "up", rule=True),
    ActionSpec("object.lower", "Send backward", "Object", ("Ctrl+[",), "down"),
    ActionSpec("object.delete", "Delete object", "Object", (), "trash", rule=True),
    *(ActionSpec(f"object.select_{n}", f"Select object {n}", "", (str(n),)) for n in range(1, 10)),
)

_HELP = (
    ActionSpec("help.palette", "Find a command…", "Help", ("Ctrl+K",), tip="All commands by their words"),
    ActionSpec("help.shortcuts", "Keyboard and mouse", "Help", ("F1",), "keyboard"),
    ActionSpec("help.messages", "Messages…", "Help", tip="What the window said, to be read again and copied"),
    ActionSpec("help.doctor", "What works here…", "Help", tip="Looks at this computer; saves diagnostics to a file"),
    ActionSpec("help.tour", "Tour of the demo shot", "Help", tip="Step by step, on the fish behind kelp"),
    ActionSpec("help.demo", "Open the demo shot", "Help", icon="film", tip="A fish behind kelp, to try it on"),
    ActionSpec("help.about", "About vosapp", "Help"),
)

# The menus of the right button, "" for a separator: on the picture, on a frame in the timeline, on an object.
VIEWER_MENU = (
    "edit.anchor",
    "edit.approve",
    "",
    "edit.copy",
    "edit.paste",
    "edit.paste_shape",
    "",
    "tool.transform",
    "edit.clean_up",
    "edit.clean_up_sizes",
    "edit.fold_paint",
    "edit.drop_paint",
    "edit.delete",
    "",
    "object.matte",
    "",
    "view.fit",
    "view.100",
)
FRAME_MENU = (
    "edit.anchor",
    "edit.approve",
    "",
    "edit.copy",
    "edit.paste",
    "edit.delete",
    "",
    "mark.in",
    "mark.out",
    "mark.cut",
    "",
    "propagate.forward",
    "propagate.backward",
    "propagate.both",
    "",
    "edit.approve_range",
    "edit.absent_range",
    "edit.delete_range",
)
OBJECT_MENU = (
    "object.rename",
    "object.colour",
    "object.matte",
    "",
    "object.visible",
    "object.solo",
    "object.lock",
    "",
    "object.raise",
    "object.lower",
    "",
    "object.delete",
)

ACTIONS: tuple[ActionSpec, ...] = (
    *_FILE,
    *_EDIT,
    *_SETTINGS,
    *_TOOLS,
    *_VIEW,
    *_PLAYBACK,
    *_PROPAGATE,
    *_OBJECT,
    *_HELP,
)
BY_ID = {spec.id: spec for spec in ACTIONS}

GESTURES: tuple[Gesture, ...] = (
    Gesture("Drag", "Paint with the brush or eraser", "Tools"),
    Gesture("Alt or right drag", "Swap brush and eraser", "Tools"),
    Gesture("Pen's other end", "Erase", "Tools"),
    Gesture("Shift + click", "Straight line from the last stroke", "Tools"),
    Gesture("Ctrl + drag", "Brush size; up and down: softness", "Tools"),
    Gesture("Click, Enter", "Set polygon corners, close", "Tools"),
    Gesture("Alt + shape", "Take away", "Tools"),
    Gesture("Alt + Shift + shape", "Leave only what is inside", "Tools"),
    Gesture("Drag a point", "Change a shape, also afterwards", "Tools"),
    Gesture("Ctrl + drag the line", "Add a point, move a lasso's", "Tools"),
    Gesture("Ctrl + Alt + click", "Take the point out", "Tools"),
    Gesture("Click, Alt + click", "Select: on the object, on what is not", "Tools"),
    Gesture("Drag", "Select: a box around the object", "Tools"),
    Gesture("Shift + drag", "Select: a stroke along the object", "Tools"),
    Gesture("Drag, Alt + drag", "Scribble: missing, too much", "Tools"),
    Gesture("Click, Alt + click", "Fill a hole, remove a part", "Tools"),
    Gesture("Right click", "Menu of what can be done", "Tools"),
    Gesture("Shift + drag", "Transform: straight, in steps", "Tools"),
    Gesture("Click outline", "Choose a suggested object", "Object"),
    Gesture("Wheel", "Zoom at the pointer", "View"),
    Gesture("Space + drag", "Move the picture", "View"),
    Gesture("Middle drag", "Move the picture", "View"),
    Gesture("Drag the line", "Move the wipe", "View"),
    Gesture("Hold `", "Peek at the source", "View"),
    Gesture("Drag timeline", "Scrub", "Playback"),
    Gesture("Drag an anchor", "Move it to another frame", "Playback"),
    Gesture("Ctrl + wheel", "Zoom the timeline", "Playback"),
)


def conflicts(actions: Iterable[ActionSpec] = ACTIONS) -> dict[str, list[str]]:
    """Keys that more than one action claims, with the ids of those actions. Empty when all is well."""
    claims: dict[str, list[str]] = defaultdict(list)
    for spec in actions:
        for key in spec.keys:
            claims[key.casefold()].append(spec.id)
    return {key: ids for key, ids in claims.items() if len(ids) > 1}


def tooltip(spec: ActionSpec, blocked: str = "") -> str:
    """Text, keys and the sentence more of an action, for a tooltip; and why it cannot be used now, where it cannot."""
    text = spec.text.rstrip("…")
    head = f"{text}  ({spec.keys[0]})" if spec.keys else text
    return "\n".join(part for part in (head, spec.tip, f"Not now: {blocked}." if blocked else "") if part)
