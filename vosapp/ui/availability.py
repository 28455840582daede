"""Which actions can be used now and which are checked, from the document and the view state. Pure, no Qt."""

from __future__ import annotations

from vosapp.core.document import Document, RotoObject
from vosapp.ui.actions import ACTIONS
from vosapp.ui.view_state import ViewMode, ViewState

ALWAYS = frozenset({"file.open", "file.open_folder", "file.quit", "help.shortcuts", "help.about", "view.full_screen"})
_NEEDS_OBJECT = (
    "object.rename",
    "object.colour",
    "object.visible",
    "object.solo",
    "object.raise",
    "object.lower",
    "object.delete",
    "edit.delete_range",
    "edit.approve_range",
    "edit.absent_range",
)
_NEEDS_MASK_HERE = ("edit.copy", "edit.delete", "edit.anchor", "edit.approve")
_RUNS = tuple(s.id for s in ACTIONS if s.menu == "Propagate" and s.id not in ("propagate.cancel", "propagate.chosen"))


def enabled_actions(
    document: Document, state: ViewState, active: RotoObject | None, review: tuple[int, ...], *, can_run: bool
) -> frozenset[str]:
    """Ids of the actions that would do something now.

    Args:
        document, state: what stands.
        active: the object that the tools change.
        review: doubtful frames.
        can_run: the run set in the panel could start.
    """
    if document.clip is None:
        return ALWAYS
    off: set[str] = set()
    off.update(_off_for_objects(document, state, active))
    if not state.project.undo_label:
        off.add("edit.undo")
    if not state.project.redo_label:
        off.add("edit.redo")
    if state.run is None and not state.polygon_points:
        off.add("propagate.cancel")
    if state.run is not None or not any(item.cells for item in document.objects):
        off.update(_RUNS)
    if not can_run:
        off.add("propagate.chosen")
    if not state.polygon_points:
        off.add("tool.take_back")
    if not state.media_problem:
        off.add("file.relink")
    if document.in_out is None:
        off.add("mark.clear")
    if not review:
        off.update(("go.next_doubt", "go.previous_doubt"))
    if not any(item.anchors() for item in document.objects):
        off.update(("go.next_anchor", "go.previous_anchor"))
    return frozenset(spec.id for spec in ACTIONS) - off


def _off_for_objects(document: Document, state: ViewState, active: RotoObject | None) -> set[str]:
    off = {f"object.select_{n}" for n in range(len(document.objects) + 1, 10)}
    if not document.objects:
        off.add("file.export")
    if active is None:
        off.update((*_NEEDS_OBJECT, *_NEEDS_MASK_HERE, "edit.paste"))
        return off - {"edit.anchor"} if state.polygon_points else off
    if state.frame_index not in active.cells:
        off.update(_NEEDS_MASK_HERE)
    if state.polygon_points:
        off.discard("edit.anchor")  # Enter closes the polygon
    if document.objects[0] is active:
        off.add("object.raise")
    if document.objects[-1] is active:
        off.add("object.lower")
    return off


def checked_actions(state: ViewState, active: RotoObject | None) -> frozenset[str]:
    """Ids of the checkable actions that are on."""
    on = {f"tool.{state.tool.value}", f"view.{state.mode.value}"}
    if state.peek:
        on = {f"tool.{state.tool.value}", f"view.{ViewMode.SOURCE.value}"}
    if state.pressure:
        on.add("tool.pressure")
    if state.playback.loop:
        on.add("play.loop")
    if active is not None and active.id not in state.hidden:
        on.add("object.visible")
    if active is not None and active.id == state.solo:
        on.add("object.solo")
    return frozenset(on)
