"""What the window says about the footage: what it is, what is wrong with it, what is being waited for. Pure, no Qt."""

from __future__ import annotations

from collections.abc import Collection

from vosapp.core.document import Document
from vosapp.core.frame_words import frame_words
from vosapp.presentation.view_state import ViewState
from vosapp.video.source import ClipInfo


def banner(document: Document, state: ViewState) -> str:
    """A sentence over the picture about this frame's picture, "" when there is nothing to say."""
    if state.shot.waiting and state.app.opening:
        return f"Opening {state.app.opening}. Waiting for the media…"
    clip = document.clip
    if clip is None or state.shot.clip is None:
        return ""
    if state.shot.waiting:
        return f"Waiting for the media: frame {state.shot.frame_index + clip.first_number} is still being read."
    if state.shot.picture_index not in state.shot.damaged:
        return ""
    number = state.shot.picture_index + clip.first_number
    if state.shot.clip.kind == "sequence":
        return f"The image of frame {number} is missing or cannot be read. The picture before it stands in, striped."
    return f"Frame {number} is damaged in the file. What can be decoded, or the picture before it, is shown striped."


def clip_text(document: Document, state: ViewState, rate: str) -> str:
    """Size, rate and state of the clip in a few words."""
    clip = document.clip
    if clip is None:
        return ""
    counting = "   counting frames…" if state.shot.clip is not None and state.shot.clip.provisional else ""
    return f"{clip.width} × {clip.height}   {rate} fps{counting}"


def clip_facts(info: ClipInfo | None, damaged: Collection[int]) -> str:
    """All that is known of the clip, a line each, for whoever points at its short description."""
    if info is None:
        return ""
    decoder = f", decoded by {info.decoder}" if info.decoder else ""
    lines = [f"{info.codec}, {info.pixel_format}, {info.bit_depth} bit{decoder}"]
    has = [
        text
        for text, there in (
            ("alpha", info.has_alpha),
            ("sound", info.has_audio),
            (f"start timecode {info.start_timecode}", bool(info.start_timecode)),
        )
        if there
    ]
    if has:
        lines.append(f"With {', '.join(has)}.")
    lines.extend(info.notes)
    later = set(damaged) - set(info.damaged)
    if later:
        lines.append(f"Found damaged so far: {frame_words(later, info.first_number)}.")
    return "\n".join(lines)
