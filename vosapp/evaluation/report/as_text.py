"""A report as tables of plain text, for the terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence

from vosapp.evaluation import analysis
from vosapp.evaluation.report.frame_tables import frame_tables
from vosapp.evaluation.report.model import EngineResult, Report, Section
from vosapp.evaluation.report.numbers import percent, speed
from vosapp.evaluation.scores import ClipScore, Totals, totals

_HEADER = ("clip", "J", "recall", "decay", "F", "recall", "decay", "J&F", "frames/s")


def report_as_text(report: Report) -> str:
    """All sections, one table an engine and the analyses under it; shares in percent."""
    return "\n\n".join(_section(section) for section in report.sections)


def plain_table(rows: Sequence[Sequence[str]]) -> str:
    """Columns padded with spaces, the first to the left, the others to the right; a rule under the first row."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [
        "  ".join(cell.rjust(w) if i else cell.ljust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True)))
        for row in rows
    ]
    lines.insert(1, "-" * len(lines[0]))
    return "\n".join(line.rstrip() for line in lines)


def facts_of(result: EngineResult) -> list[tuple[str, str]]:
    """The analyses that say something about this result, as (what, value)."""
    clips = result.measured
    facts = [*_counts(result), *_over_time(result)]
    doubt = analysis.doubt_quality(clips)
    if not math.isnan(doubt.correlation):
        facts.append(("doubt against error: rank correlation", f"{doubt.correlation:.2f}"))
        facts.append(("the same of frames since the given mask", f"{doubt.age_correlation:.2f}"))
        facts.append(("doubt tells bad frames (J < 50) apart", f"{percent(doubt.separation)}"))
        facts.append(("most doubtful frame in the worst fifth", f"{percent(doubt.pointed)}"))
    curve, area = analysis.correction_means(clips)
    facts += [(f"J after {k} correction{'s' if k != 1 else ''}", percent(j)) for k, j in enumerate(curve)]
    if curve:
        facts.append(("area under that curve", percent(area)))
    for clip in clips:
        if clip.matting is not None:
            where = f"in the edge band of {clip.name}"
            facts.append((f"SAD {where}", f"{clip.matting.sad:.2f} k"))
            facts.append((f"MSE {where}", f"{clip.matting.mse:.4f}"))
            facts.append((f"gradient error {where}", f"{clip.matting.gradient:.2f} k"))
    if clips:
        facts.append(("peak memory", f"{totals(clips).peak_bytes / 2**20:.0f} MiB"))
    device = max((clip.device_peak_bytes for clip in clips), default=0)
    return [*facts, ("peak memory of the device", f"{device / 2**20:.0f} MiB")] if device else facts


def _section(section: Section) -> str:
    parts = [f"{section.dataset} ({section.protocol.name})", *(f"note: {note}" for note in section.notes)]
    for result in section.results:
        parts.append(f"\n{result.engine}")
        parts.append(_transfer_rows(result) if section.protocol.is_transfer else _score_rows(result))
        parts += [f"{clip.name}: {clip.failure}" for clip in result.clips if clip.failure]
        parts += [f"{what}: {value}" for what, value in facts_of(result)]
    for table in frame_tables(section):
        parts += [f"\n{table.title}", plain_table([table.header, *table.rows])]
    parts += section.failures_on_frames()
    return "\n".join(parts)


def _score_rows(result: EngineResult) -> str:
    rows = []
    for clip in result.measured:
        rows.append(_row(clip.name, totals([clip])))
        if len(clip.objects) > 1:
            # An object has no speed of its own.
            rows += [(*_row(f"  object {o.object_id}", totals([ClipScore("", (o,))]))[:-1], "") for o in clip.objects]
    return plain_table([_HEADER, *rows, _row("all objects", totals(result.measured))])


def _row(name: str, values: Totals) -> tuple[str, ...]:
    j, f = values.j, values.f
    shares = (j.mean, j.recall, j.decay, f.mean, f.recall, f.decay, values.j_and_f)
    return (name, *map(percent, shares), speed(values.frames_per_second))


def _transfer_rows(result: EngineResult) -> str:
    means = analysis.transfer_table(result.measured)
    rows = [(clip.name, *(percent(clip.transfer.get(d, math.nan)) for d in means)) for clip in result.measured]
    header = ("error in % after", *(f"{d} frames" for d in means))
    return plain_table([header, *rows, ("all clips", *map(percent, means.values()))])


def _counts(result: EngineResult) -> list[tuple[str, str]]:
    clips = result.measured
    facts = []
    if any(len(clip.objects) > 1 for clip in clips):
        facts.append(("J as the mean over clips", percent(analysis.mean_over_clips(clips))))
    seen = analysis.seen_unseen(clips)
    if seen is not None:
        facts += [("J seen", percent(seen.j_seen)), ("J unseen", percent(seen.j_unseen))]
        facts += [("F seen", percent(seen.f_seen)), ("F unseen", percent(seen.f_unseen))]
        facts.append(("overall G", percent(seen.overall)))
    else:
        facts += [(f"J of {name}", percent(j)) for name, j in analysis.by_category(clips).items()]
    stability = totals(clips).stability
    if not math.isnan(stability):
        facts.append(("temporal instability T", f"{stability:.3f}"))
    return facts


def _over_time(result: EngineResult) -> list[tuple[str, str]]:
    facts = []
    age = analysis.early_late(result.measured)
    if age.objects:
        facts.append((f"J&F early (t < {analysis.EARLY_BEFORE})", percent(age.early)))
        facts.append((f"J&F late (t > {analysis.LATE_AFTER})", percent(age.late)))
    for absence in (analysis.after_absence(result.measured, px) for px in analysis.GONE_PX):
        if absence.objects:
            what = f"J&F after an absence ({absence.gone_px} px or less, {absence.objects} objects)"
            facts.append((what, percent(absence.j_and_f)))
    return facts
