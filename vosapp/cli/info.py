"""`vosapp info`: facts of a clip or a project."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vosapp.cli.clip_source import add_rate, open_source
from vosapp.cli.input_space import add_input_space
from vosapp.core.errors import MediaError
from vosapp.core.paths import SUFFIX
from vosapp.core.plain_text import json_text, printable
from vosapp.core.untrusted import open_regular

if TYPE_CHECKING:
    from vosapp.core.document import RotoObject

_SQLITE = b"SQLite format 3\0"


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    parser.add_argument("path", metavar="CLIP|PROJECT", type=Path, help="video file, folder of images, or project")
    add_input_space(parser)
    add_rate(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")


def run(arguments: argparse.Namespace) -> int:
    """Prints the facts."""
    path: Path = arguments.path
    facts = _project_facts(path) if is_project(path) else _clip_facts(path, arguments)
    print(json_text(facts) if arguments.json else "\n".join(map(printable, _as_text(facts))))
    return 0


def is_project(path: Path) -> bool:
    """Whether a path is meant as a project: by its ending, or by what is in it."""
    if path.suffix.lower() == SUFFIX:
        return True
    try:
        with open_regular(path) as file:
            return file.read(len(_SQLITE)) == _SQLITE
    except OSError:
        return False


def _clip_facts(path: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    from vosapp.video.open import exact_info

    source = open_source(path, arguments.rate, arguments.input_space)
    try:
        source.frame(0)  # a clip of which not even this can be decoded is not a clip
        info = exact_info(source)
        with suppress(MediaError):
            source.frame(info.frame_count - 1)  # whether all pictures have one size, only decoding tells
        info = source.info
    finally:
        source.close()
    last = info.first_number + info.frame_count - 1
    return {
        "kind": info.kind,
        "path": str(info.path),
        "width": info.width,
        "height": info.height,
        "frames": info.frame_count,
        "first_frame": info.first_number,
        "last_frame": last,
        "rate": f"{info.rate.numerator}/{info.rate.denominator}",
        "rate_is_assumed": info.rate_is_assumed,
        "seconds": round(float(info.frame_count / info.rate), 3),
        "codec": info.codec,
        "pixel_format": info.pixel_format,
        "bit_depth": info.bit_depth,
        "decoder": info.decoder,
        "input_space": info.input_space,
        "start_timecode": info.start_timecode,
        "has_audio": info.has_audio,
        "has_alpha": info.has_alpha,
        "variable_rate": info.variable_rate,
        "interlaced": info.interlaced,
        "track": info.track + 1 if info.kind == "video" else None,
        "layer": info.layer,
        "layers": list(info.layers),
        "damaged_frames": [frame + info.first_number for frame in info.damaged],
        "notes": list(info.notes),
    }


def _project_facts(path: Path) -> dict[str, Any]:
    from vosapp.core.project import Project
    from vosapp.core.relink import locate

    project = Project.open(path, read_only=True)
    try:
        document = project.editor.document
        clip = document.clip
        first = clip.first_number if clip else 0
        in_out = document.in_out
        return {
            "kind": "project",
            "path": str(path),
            "clip": clip.path if clip else "",
            "clip_found": clip is not None and locate(clip, path) is not None,
            "input_space": clip.input_space if clip else "",
            "width": clip.width if clip else 0,
            "height": clip.height if clip else 0,
            "frames": clip.frame_count if clip else 0,
            "rate": f"{clip.rate.numerator}/{clip.rate.denominator}" if clip else "",
            "in_out": [in_out.first + first, in_out.last + first] if in_out else None,
            "cuts": [cut + first for cut in document.cuts],
            "objects": [_object_facts(item, first) for item in document.objects],
            "notes": list(project.report),
        }
    finally:
        project.abandon()


def _object_facts(item: RotoObject, first_number: int) -> dict[str, Any]:
    cells = item.cells.values()
    return {
        "id": item.id,
        "name": item.name,
        "masks": len(item.cells),
        "anchors": [frame + first_number for frame in item.anchors()],
        "approved": sum(1 for cell in cells if cell.locked),
        "stale": sum(1 for cell in cells if cell.stale),
    }


def _as_text(facts: Mapping[str, Any]) -> list[str]:
    """The facts that say something, one a line."""
    width = max(len(name) for name in facts) + 1
    lines = []
    for name, value in facts.items():
        if value in ("", None, [], False):
            continue
        if name in ("objects", "notes"):
            lines += [f"{name.rstrip('s'):{width}} {_sentence(entry)}" for entry in value]
        elif isinstance(value, list):
            lines.append(f"{name.replace('_', ' '):{width}} {', '.join(str(entry) for entry in value)}")
        else:
            lines.append(f"{name.replace('_', ' '):{width}} {'yes' if value is True else value}")
    return lines


def _sentence(entry: object) -> str:
    if not isinstance(entry, Mapping):
        return str(entry)
    anchors = ", ".join(str(frame) for frame in entry["anchors"]) or "none"
    text = f"{entry['id']} {entry['name']}: {entry['masks']} masks, anchors on {anchors}"
    return text + "".join(f", {entry[word]} {word}" for word in ("approved", "stale") if entry[word])
