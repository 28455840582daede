"""Availability of actions: which are enabled or checked, from the document and the view state."""

from __future__ import annotations

from collections.abc import Mapping

from vosapp.core.document import Document, RotoObject
from vosapp.core.recent import UnsavedWork
from vosapp.presentation.actions import ACTIONS
from vosapp.presentation.strip import suspect_at, suspects
from vosapp.presentation.timeline.lanes import Doubts
from vosapp.presentation.view_state import Changes, ObjectStyle, StripKind, ViewMode, ViewState, Wipe
from vosapp.video.source import ClipInfo

ALWAYS = frozenset(
    {
        "file.open",
        "file.open_folder",
        "file.backups",
        "file.batch",
        "file.quit",
        "edit.keys",
        "edit.settings",
        "help.palette",
        "help.messages",
        "help.doctor",
        "help.shortcuts",
        "help.about",
        "help.demo",
        "help.tour",
        "view.full_screen",
        "view.picture_alone",
        "propagate.import_weights",
        "propagate.stop_download",
    }
)
NO_CLIP = "Open a clip first"
_FILE_WORK = (
    "file.open",
    "file.resume",
    "help.demo",
    "help.tour",
    "file.open_folder",
    "file.save",
    "file.save_as",
    "file.save_copy",
    "file.compact",
    "file.backups",
    "file.relink",
    "file.clip_facts",
    "file.import_alpha",
    "file.import_masks",
)
_NEEDS_OBJECT = (
    "tool.softer",
    "tool.harder",
    "object.rename",
    "object.colour",
    "object.matte",
    "go.previous_key",
    "go.next_key",
    "object.visible",
    "object.solo",
    "object.as_view",
    "object.as_overlay",
    "object.as_outline",
    "object.as_both",
    "object.raise",
    "object.lower",
    "object.delete",
    "edit.delete_range",
    "edit.fold_paint",
    "edit.drop_paint",
    "edit.approve_range",
    "edit.absent_range",
    "edit.present_range",
    "edit.copy_range",
    "edit.move_range",
    "edit.paste",
    "go.next_hole",
    "go.previous_hole",
    "object.lock",
    "object.engine",
    "object.presence",
    "view.memory",
)
_NEEDS_MASK_HERE = ("edit.clean_up", "edit.clean_up_sizes", "edit.copy", "edit.delete", "edit.anchor", "edit.approve")
_CHANGES = (
    "edit.clean_up",
    "edit.clean_up_sizes",
    "edit.delete",
    "edit.anchor",
    "edit.approve",
    "edit.delete_range",
    "edit.fold_paint",
    "edit.drop_paint",
    "edit.approve_range",
    "edit.absent_range",
    "edit.present_range",
    "edit.move_range",
    "edit.paste",
    "edit.paste_shape",
    "object.delete",
    "file.import_mask",
    "file.import_alpha",
    "memory.mute",
    "memory.remove",
)
_RUNS = tuple(
    s.id
    for s in ACTIONS
    if s.menu == "Propagate"
    and s.id
    not in (
        "propagate.cancel",
        "propagate.chosen",
        "propagate.import_weights",
        "propagate.follow",
        "propagate.stop_download",
    )
)


def blocked_actions(
    document: Document, state: ViewState, active: RotoObject | None, doubts: Doubts, *, refusal: str
) -> dict[str, str]:
    """The actions that would do nothing now, by id, each with the reason for the user.

    Args:
        document, state: what stands.
        active: the object that the tools change.
        doubts: of all frames that have one.
        refusal: why the run set in the panel cannot start, "" when it can.
    """
    work = state.app.file_work
    if work is not None and work.blocks:
        return {spec.id: f"{work.title}" for spec in ACTIONS}
    if document.clip is None:
        return {spec.id: NO_CLIP for spec in ACTIONS if spec.id not in ALWAYS} | _off_for_file_work(state)
    off = _off_for_objects(document, state, active) | _off_for_work(document, state, refusal)
    off |= _off_for_file_work(state)
    if not state.shot.project.undo_label:
        off["edit.undo"] = "Nothing was done yet"
    if not state.shot.project.redo_label:
        off["edit.redo"] = "Nothing was undone"
    if not state.shot.polygon_points and state.shot.selection is None:
        off["tool.take_back"] = "No polygon is being drawn, and nothing is marked"
    off |= _off_for_clip(state.shot.clip)
    if unsaved_on_clip(document, state) is None:
        off["file.resume"] = "There is no unsaved work on this clip"
    if state.shot.frame_index == 0:
        off["mark.cut"] = "The first frame begins a shot anyway"
    off |= _off_for_cuts(document, state)
    if document.in_out is None:
        off["mark.clear"] = "In and out are not set"
    if not doubts:
        without = ("go.next_doubt", "go.previous_doubt", "go.worst", "review.next", "review.fix")
        off |= dict.fromkeys(without, "No predicted mask has a doubt")
    off |= _off_for_memory(active, state)
    off |= _off_for_review(document, state, doubts)
    if state.shot.before_run is None:
        off |= dict.fromkeys(("view.wipe_run", "view.changes"), "Nothing was propagated since the shot was opened")
    if not any(item.anchors() for item in document.objects):
        off |= dict.fromkeys(("go.next_anchor", "go.previous_anchor"), "There is no anchor yet")
    return off


def _off_for_memory(active: RotoObject | None, state: ViewState) -> dict[str, str]:
    cell = active.cells.get(state.shot.picked_anchor) if active is not None else None
    if state.shot.strip is StripKind.MEMORY and cell is not None and cell.is_barrier:
        return {}
    return dict.fromkeys(("memory.mute", "memory.remove", "memory.go"), "No anchor is picked in the memory strip")


def unsaved_on_clip(document: Document, state: ViewState) -> UnsavedWork | None:
    """The newest unsaved work on the open clip other than what is open, None where there is none."""
    clip, here = document.clip, state.shot.project.path
    if clip is None:
        return None
    return next((one for one in state.app.unsaved if one.clip_path == clip.path and str(one.path) != here), None)


def _off_for_review(document: Document, state: ViewState, doubts: Doubts) -> dict[str, str]:
    off: dict[str, str] = {}
    frame = state.shot.frame_index
    predicted = [item for item in document.objects if frame in item.cells and not item.cells[frame].is_barrier]
    if predicted and all(item.locked for item in predicted):
        off["review.approve"] = f"{predicted[0].name} is locked"
    elif not predicted:
        off["review.approve"] = "No prediction stands on this frame"
    if suspect_at(suspects(doubts), state.shot.frame_index) is None:
        off["review.approve_range"] = "This frame is not to be reviewed"
    return off


def _off_for_cuts(document: Document, state: ViewState) -> dict[str, str]:
    off: dict[str, str] = {}
    if not document.cuts:
        off |= dict.fromkeys(("go.previous_cut", "go.next_cut", "mark.clear_cuts"), "No cut is marked")
    if state.shot.cut_search is not None:
        off["mark.find_cuts"] = "Cuts are being looked for"
    elif state.shot.media_problem:
        off["mark.find_cuts"] = "The clip is missing"
    return off


def _off_for_clip(clip: ClipInfo | None) -> dict[str, str]:
    """Actions that the clip has no use for, with the reason."""
    off: dict[str, str] = {}
    if clip is None or not clip.has_alpha:
        off["file.import_alpha"] = "The clip has no alpha channel"
    if clip is None or clip.kind != "sequence":
        off["file.rate"] = "A movie has a frame rate of its own"
    return off


def enabled_actions(blocked: Mapping[str, str]) -> frozenset[str]:
    """Ids of the actions that would do something now."""
    return frozenset(spec.id for spec in ACTIONS if spec.id not in blocked)


def _off_for_work(document: Document, state: ViewState, refusal: str) -> dict[str, str]:
    """Actions that running work rules out, or for which there is no engine, with the reason."""
    off: dict[str, str] = {}
    is_suggesting = state.shot.suggestions is not None or bool(state.shot.network_help)
    is_busy = state.shot.polygon_points or state.shot.transforming or is_suggesting or state.shot.selection is not None
    if state.shot.run is None and not is_busy:
        off["propagate.cancel"] = "Nothing is running"
    busy = "Masks are being propagated" if state.shot.run is not None else ""
    busy = "Objects are being searched for" if state.shot.searching is not None else busy
    if busy:
        off |= dict.fromkeys((*_RUNS, "object.suggest"), busy)
    elif state.shot.suggestions is not None:
        off |= dict.fromkeys(_RUNS, "Accept or discard the suggestions first")
    elif not any(item.cells for item in document.objects):
        off |= dict.fromkeys(_RUNS, "Paint the object on one frame first")
    if state.shot.media_problem:
        off |= dict.fromkeys((*_RUNS, "object.suggest"), "The clip is missing")
    if refusal:
        off["propagate.chosen"] = refusal.rstrip(".")
    return off


def _off_for_file_work(state: ViewState) -> dict[str, str]:
    """Actions that have to wait for a file, with the reason."""
    off: dict[str, str] = {}
    if state.app.file_work is not None:
        off |= dict.fromkeys(_FILE_WORK, state.app.file_work.title)
    if state.shot.clip is None:
        off["file.clip_facts"] = "The clip is missing"
    if state.shot.run is not None or state.shot.export is not None or state.shot.searching is not None:
        off["file.compact"] = "Wait until the work in the background is done"
    if not state.shot.project.saved or state.shot.project.read_only:
        off["file.compact"] = "Save the project first"
    return off


def _off_for_objects(document: Document, state: ViewState, active: RotoObject | None) -> dict[str, str]:
    here = state.shot.suggestions is not None and state.shot.suggestions.frame_index == state.shot.frame_index
    places = len(state.shot.suggestions.items) if state.shot.suggestions is not None and here else len(document.objects)
    off = {f"object.select_{n}": "There are not so many objects" for n in range(places + 1, 10)}
    if not document.objects:
        off["file.export"] = "There is nothing to export yet"
    if active is None:
        off |= dict.fromkeys((*_NEEDS_OBJECT, *_NEEDS_MASK_HERE), "There is no object yet")
    else:
        off |= _off_for_active(document, state, active)
    selection = state.shot.selection
    selects = selection is not None and selection.frame_index == state.shot.frame_index
    if state.shot.polygon_points or state.shot.transforming or here or selects:
        off.pop("edit.anchor", None)  # Enter closes the polygon, or takes what is suggested or selected
    return off


def _off_for_active(document: Document, state: ViewState, active: RotoObject) -> dict[str, str]:
    off: dict[str, str] = {}
    if not active.curves and not active.trimaps:
        off |= dict.fromkeys(("go.previous_key", "go.next_key"), f"The matte of {active.name} has no keys")
    if not active.cells:
        off |= dict.fromkeys(("edit.copy_range", "edit.move_range"), f"{active.name} has no masks yet")
    if not active.absences:
        off["edit.present_range"] = f"{active.name} is absent nowhere"
    if state.shot.frame_index not in active.cells:
        off |= dict.fromkeys(_NEEDS_MASK_HERE, f"{active.name} has no mask on this frame")
    if active.locked:
        off |= dict.fromkeys(_CHANGES, f"{active.name} is locked")
    if document.objects[0] is active:
        off["object.raise"] = f"{active.name} is in front already"
    if document.objects[-1] is active:
        off["object.lower"] = f"{active.name} is behind all others already"
    return off


def checked_actions(document: Document, state: ViewState, active: RotoObject | None) -> frozenset[str]:
    """Ids of the checkable actions that are on."""
    app, shot = state.app, state.shot
    mode = ViewMode.SOURCE if shot.peek else shot.mode
    states = {
        f"tool.{app.tool.value}": True,
        f"view.{mode.value}": True,
        "mark.cut": shot.frame_index in document.cuts,
        "tool.pressure": app.pressure,
        "view.wipe": shot.wipe is Wipe.SOURCE,
        "view.wipe_run": shot.wipe is Wipe.BEFORE,
        "view.wipe_matte": shot.wipe is Wipe.MASK,
        "view.onion": app.onion,
        "view.outlined": app.outlined,
        "view.magnifier": app.magnifier,
        "view.changes": shot.changes is Changes.RUN,
        "view.flicker": shot.changes is Changes.FLICKER,
        "view.thumbnails": app.thumbnails,
        "view.timecode": app.timecode,
        "propagate.follow": app.follow,
        "play.loop": app.loop,
        "play.around": shot.around is not None,
        "view.review": shot.strip is StripKind.REVIEW,
        "view.memory": shot.strip is StripKind.MEMORY,
        "memory.mute": active is not None and shot.picked_anchor in active.muted,
        "object.lock": active is not None and active.locked,
        "object.visible": active is not None and active.id not in shot.hidden,
        "object.solo": active is not None and active.id == shot.solo,
        **_checked_styles(active, state),
        "object.matte": active is not None and shot.matte_panel,
    }
    return frozenset(action_id for action_id, on in states.items() if on)


def _checked_styles(active: RotoObject | None, state: ViewState) -> dict[str, bool]:
    if active is None:
        return {}
    own = state.shot.styles.get(active.id)
    return {"object.as_view": own is None, **{f"object.as_{style.value}": own is style for style in ObjectStyle}}
