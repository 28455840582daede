"""A report as JSON. What is not a number becomes null; shares stay in 0..1."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from vosapp.evaluation import analysis
from vosapp.evaluation.report.files import write_text
from vosapp.evaluation.report.model import EngineResult, Report, Section
from vosapp.evaluation.scores import ClipScore, ObjectScore, totals

FORMAT = 1


def report_as_json(report: Report) -> str:
    """The text of the file."""
    content = {
        "format": FORMAT,
        "command": report.command,
        "facts": dict(report.facts),
        "sections": [_section(section) for section in report.sections],
    }
    return json.dumps(_without_nan(content), indent=1, allow_nan=False)


def write_json(report: Report, path: Path) -> None:
    """Writes a report. Raises MediaError when it cannot."""
    write_text(path, report_as_json(report))


def _section(section: Section) -> dict[str, Any]:
    return {
        "dataset": section.dataset,
        "protocol": section.protocol.name,
        "notes": list(section.notes),
        "engines": [_engine(result) for result in section.results],
        "suggestions": [
            {"network": result.network, "clips": [asdict(clip) for clip in result.clips]}
            for result in section.suggestions
        ],
        "clicks": [
            {"selector": result.selector, "limit": result.limit, "clips": [asdict(clip) for clip in result.clips]}
            for result in section.clicks
        ],
    }


def _engine(result: EngineResult) -> dict[str, Any]:
    clips = result.measured
    whole = totals(clips)
    corrected, area = analysis.correction_means(clips)
    seen = analysis.seen_unseen(clips)
    return {
        "engine": result.engine,
        "totals": {**asdict(whole), "j_and_f": whole.j_and_f, "j_mean_over_clips": analysis.mean_over_clips(clips)},
        "early_late": asdict(analysis.early_late(clips)),
        "after_absence": [asdict(analysis.after_absence(clips, px)) for px in analysis.GONE_PX],
        "doubt": asdict(analysis.doubt_quality(clips)),
        "seen_unseen": None if seen is None else {**asdict(seen), "overall": seen.overall},
        "by_category": analysis.by_category(clips),
        "transfer_error": {str(d): error for d, error in analysis.transfer_table(clips).items()},
        "corrections": {"j": corrected, "area": area} if corrected else None,
        "clips": [_clip(clip) for clip in result.clips],
    }


def _clip(clip: ClipScore) -> dict[str, Any]:
    if clip.failure:
        return {"name": clip.name, "failure": clip.failure}
    return {
        "name": clip.name,
        "j": clip.j,
        "f": clip.f,
        "j_and_f": clip.j_and_f,
        "stability": clip.stability,
        "frames": clip.frame_count,
        "seconds": clip.seconds,
        "frames_per_second": clip.frames_per_second,
        "peak_bytes": clip.peak_bytes,
        "device_peak_bytes": clip.device_peak_bytes,
        "transfer_error": {str(d): error for d, error in clip.transfer.items()},
        "matting": None if clip.matting is None else asdict(clip.matting),
        "corrections": None
        if clip.corrections is None
        else {"chosen": clip.corrections.chosen, "j": clip.corrections.j, "area": clip.corrections.area},
        "objects": [_object(item) for item in clip.objects],
    }


def _object(item: ObjectScore) -> dict[str, Any]:
    return {
        "id": item.object_id,
        "first_frame": item.first_frame,
        "category": item.category,
        "seen": item.seen,
        "j": asdict(item.j),
        "f": asdict(item.f),
        "frames": {
            name: [getattr(frame, name) for frame in item.frames]
            for name in ("frame_index", "j", "f", "doubt", "truth_px", "result_px")
        },
    }


def _without_nan(value: object) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_without_nan(item) for item in value]
    return value
