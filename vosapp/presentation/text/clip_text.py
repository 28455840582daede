"""Texts about the clip: its facts, damage, and what is waited for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from vosapp.core.document import ClipRef, Document
from vosapp.core.frame_words import frame_words
from vosapp.presentation.text.formatting import duration, rate_text
from vosapp.presentation.view_state import ViewState
from vosapp.video.input_space import space_title
from vosapp.video.source import ClipInfo

PLAIN_LAYER = "plain channels"
DETAILS = (
    "Size",
    "Frames",
    "Rate",
    "Pictures",
    "Track",
    "Layer",
    "Input space",
    "Alpha",
    "Sound",
    "Scan",
    "Timecode",
    "Damaged",
)


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
    lines = [f"{name}: {value}" for name, value in clip_details(info, damaged)]
    return "\n".join([*lines, *info.notes])


def at_rate(info: ClipInfo, clip: ClipRef | None) -> ClipInfo:
    """The facts of a clip with the rate that the document says for its images."""
    return info if clip is None or info.kind != "sequence" else replace(info, rate=clip.rate)


def clip_details(info: ClipInfo, damaged: Collection[int]) -> list[tuple[str, str]]:
    """What was found and decided about the clip, as names and values.

    Args:
        info: the facts.
        damaged: frames known to be damaged or missing by now.
    """
    aspect = info.pixel_aspect
    stretched = "" if aspect == 1 else f", pixels {aspect.numerator}:{aspect.denominator}, shown square"
    cropped = ", margins cut off as the file asks" if info.cropped else ""
    decoder = f", decoded by {info.decoder}" if info.decoder else ""
    values = (
        f"{info.width} × {info.height}{stretched}{cropped}",
        _frames(info),
        _rate(info),
        f"{info.codec}, {info.pixel_format}, {info.bit_depth} bit{decoder}",
        str(info.track + 1) if info.kind == "video" else "",
        (info.layer or PLAIN_LAYER) if info.layers else "",
        space_title(info.input_space) if info.input_space else "as the file says",
        "yes" if info.has_alpha else "none",
        "yes" if info.has_audio else "",
        "two fields a frame" if info.interlaced else "",
        f"starts at {info.start_timecode}" if info.start_timecode else "",
        frame_words(damaged, info.first_number) if damaged else "none found so far",
    )
    return [(name, value) for name, value in zip(DETAILS, values, strict=True) if value]


def _frames(info: ClipInfo) -> str:
    last = info.first_number + info.frame_count - 1
    numbers = f", numbered {info.first_number} to {last}" if info.has_numbers else ""
    seconds = float(info.frame_count / info.rate)
    long = duration(seconds) if seconds >= 60 else f"{seconds:.2f} s"
    counting = ", still being counted" if info.provisional else ""
    return f"{info.frame_count:,}{numbers}, {long}{counting}"


def _rate(info: ClipInfo) -> str:
    rate = rate_text(info.rate)
    if info.provisional:
        return f"{rate} fps so far; it may change while frames are counted"
    if info.rate_is_assumed:
        return f"{rate} fps; the images do not say, File > Frame rate… sets it"
    return f"varies, {rate} fps on average" if info.variable_rate else f"{rate} fps, constant"
