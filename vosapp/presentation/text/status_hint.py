"""Status hint: the line under the picture that says what to do next."""

from __future__ import annotations

from vosapp.core.document import DOUBTFUL, Document, ObjectId
from vosapp.presentation.selection import Selection
from vosapp.presentation.text.doubt_words import doubt_words
from vosapp.presentation.timeline.lanes import Coverage, Doubts
from vosapp.presentation.view_state import Tool, ViewState


def status_hint(
    document: Document, state: ViewState, coverages: dict[ObjectId, Coverage], doubts: Doubts, review: tuple[int, ...]
) -> str:
    """One sentence that says what to do next.

    Args:
        document, state: what stands.
        coverages, doubts, review: derived from the document: per object, per frame, and the frames to review.
    """
    if document.clip is None:
        return ""
    if state.shot.media_problem:
        return "The clip is missing. File > Relink media finds it; the masks can be exported meanwhile."
    if state.shot.run is not None:
        return "Esc stops the run, and what is finished stays. You can look around and paint meanwhile."
    if state.shot.network_help:
        return "Suggesting objects needs a network. The panel on the right says how to get one; Esc closes it."
    if state.shot.suggestions is not None:
        return _suggest_hint(state)
    if state.shot.selection is not None:
        return _select_hint(state.shot.selection, state.shot.frame_index)
    if state.app.tool is Tool.TRANSFORM or state.shot.polygon_points:
        return _shape_hint(state)
    if not any(c.anchors for c in coverages.values()):
        suggest, polygon = state.app.key("object.suggest"), state.app.key("tool.polygon")
        suggests = bool(state.app.suggest_choices)
        way = f", or let {suggest} suggest objects" if suggests else f", or go round it with the polygon ({polygon})"
        sizes = f"{state.app.key('tool.smaller')} {state.app.key('tool.larger')}"
        return f"Paint over the object on one frame{way}. Alt erases, {sizes} size the brush."
    if all(len(item.cells) == len(item.anchors()) for item in document.objects):
        forward, backward = state.app.key("propagate.forward"), state.app.key("propagate.backward")
        return f"Now press {forward} to propagate forward, {backward} for backward, or use the button on the right."
    stale = sum(len(item.stale()) for item in document.objects)
    if stale:
        return f"{stale} frame{'s' * (stale != 1)} came from a mask that has changed since. Propagate again to renew."
    return _review_hint(document, state, doubts, review)


def _review_hint(document: Document, state: ViewState, doubts: Doubts, review: tuple[int, ...]) -> str:
    """Hint when everything is propagated: where to look, or that it is done."""
    doubtful, following = _doubtful_here(document, state.shot.frame_index), state.app.key("go.next_doubt")
    play, export = state.app.key("play.toggle"), state.app.key("file.export")
    if doubtful:
        return f"{doubtful}. Correct it and propagate again; {following} goes to the next such frame."
    if review:
        text = f"Some frames look doubtful. {following} goes to the next one; "
        return f"{text}paint a correction there and propagate again."
    if doubts:
        text = f"Play it with {play}; {following} goes to the least sure frames. "
        return f"{text}Correct what is wrong, propagate; {export} exports."
    return f"Play it with {play}. Paint where it is wrong and propagate again; {export} exports."


def _doubtful_here(document: Document, frame_index: int) -> str:
    """That the most doubtful object on a frame looks so, and why; "" when none is doubtful."""
    worst, most = "", 0.0
    for item in document.objects:
        cell = item.cells.get(frame_index)
        if cell is not None and not cell.is_barrier and (cell.doubt or 0.0) > most:
            most = cell.doubt or 0.0
            reasons = doubt_words(cell.finding.reasons) if cell.finding is not None else ""
            worst = f"{item.name} looks doubtful here" + f": {reasons}" * bool(reasons)
    return worst if most >= DOUBTFUL else ""


def _shape_hint(state: ViewState) -> str:
    if state.app.tool is Tool.POLYGON:
        return "Click to set corners, drag to move them. Enter or the first corner closes, Backspace takes one back."
    if state.app.tool is not Tool.TRANSFORM:
        return "Drag the shape or its points where they belong. Enter puts it into the mask, Esc drops it."
    if state.shot.transforming:
        return "Enter puts the mask there, in one step; Esc puts it back. Shift keeps it straight."
    return "Drag the mask to move it, a corner or side to scale it, the round handle to turn it."


def _select_hint(selection: Selection, frame_index: int) -> str:
    if selection.frame_index != frame_index:
        return "What you marked belongs to another frame. Esc drops it; a click here begins anew."
    if selection.is_scribble and selection.can_be_taken:
        return "Enter takes it, Esc drops it. Draw on what is missing, with Alt on what is too much."
    if not selection.marks and not selection.can_be_taken and not selection.thinking:
        return "Click on the object too: so far only what it is not is marked. Esc drops the marks."
    if not selection.can_be_taken:
        return "Looking for the outline…" if selection.thinking else "Nothing was found there. Click on it again."
    return "Enter takes the mask. Click what is missing, Alt-click what is too much. Backspace takes one back, Esc all."


def _suggest_hint(state: ViewState) -> str:
    found = state.shot.suggestions
    if found is None or not found.items:
        return "Looking for objects on this frame. Esc stops."
    if found.frame_index != state.shot.frame_index:
        return "The suggestions belong to another frame. Esc discards them."
    return "Click what you want, or press its number. Enter adds it as an object to edit, Esc discards."
