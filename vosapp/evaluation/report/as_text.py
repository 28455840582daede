"""A report as tables of plain text, for the terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence

from vosapp.evaluation import analysis
from vosapp.evaluation.report.model import EngineResult, Report, Section
from vosapp.evaluation.scores import Totals, totals

_HEADER = ("clip", "J", "recall", "decay", "F", "recall", "decay", "J&F", "frames/s")


def percent(value: float) -> str:
    """A share as percent with one decimal; a dash when it is not a number."""
    return "-" if math.isnan(value) else f"{100 * value:.1f}"


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
        value = f"rank correlation {doubt.correlation:.2f}, tells bad frames apart {percent(doubt.separation)} %"
        facts.append(("doubt against error", value))
    curve, area = analysis.correction_means(clips)
    if curve:
        facts.append((f"J after 0 to {len(curve) - 1} corrections", ", ".join(map(percent, curve))))
        facts.append(("area under that curve", percent(area)))
    for clip in clips:
        if clip.matting is not None:
            errors = f"SAD {clip.matting.sad:.2f} k, MSE {clip.matting.mse:.4f}, gradient {clip.matting.gradient:.2f} k"
            facts.append((f"matting errors in the edge band, {clip.name}", errors))
    facts.append(("peak memory", f"{totals(clips).peak_bytes / 2**20:.0f} MiB"))
    return facts


def _section(section: Section) -> str:
    parts = [f"{section.dataset} ({section.protocol.name})", *(f"note: {note}" for note in section.notes)]
    for result in section.results:
        parts.append(f"\n{result.engine}")
        parts.append(_transfer_rows(result) if section.protocol.is_transfer else _score_rows(result))
        parts += [f"{clip.name}: {clip.failure}" for clip in result.clips if clip.failure]
        parts += [f"{what}: {value}" for what, value in facts_of(result)]
    return "\n".join(parts)


def _score_rows(result: EngineResult) -> str:
    rows = [_row(clip.name, totals([clip])) for clip in result.measured]
    return plain_table([_HEADER, *rows, _row("all objects", totals(result.measured))])


def _row(name: str, values: Totals) -> tuple[str, ...]:
    j, f = values.j, values.f
    shares = (j.mean, j.recall, j.decay, f.mean, f.recall, f.decay, values.j_and_f)
    return (name, *map(percent, shares), f"{values.frames_per_second:.1f}")


def _transfer_rows(result: EngineResult) -> str:
    means = analysis.transfer_table(result.measured)
    rows = [(clip.name, *(percent(clip.transfer.get(d, math.nan)) for d in means)) for clip in result.measured]
    header = ("error in % after", *(f"{d} frames" for d in means))
    return plain_table([header, *rows, ("all clips", *map(percent, means.values()))])


def _counts(result: EngineResult) -> list[tuple[str, str]]:
    clips = result.measured
    facts = []
    if len(clips) != sum(len(clip.objects) for clip in clips) and any(clip.objects for clip in clips):
        facts.append(("J as the mean over clips", percent(analysis.mean_over_clips(clips))))
    seen = analysis.seen_unseen(clips)
    if seen is not None:
        shares = (seen.j_seen, seen.j_unseen, seen.f_seen, seen.f_unseen, seen.overall)
        facts.append(("J seen, J unseen, F seen, F unseen, G", ", ".join(map(percent, shares))))
    categories = analysis.by_category(clips)
    if categories and seen is None:
        facts.append(("J by class", ", ".join(f"{name} {percent(j)}" for name, j in categories.items())))
    stability = totals(clips).stability
    if not math.isnan(stability):
        facts.append(("temporal instability T", f"{stability:.3f}"))
    return facts


def _over_time(result: EngineResult) -> list[tuple[str, str]]:
    facts = []
    age = analysis.early_late(result.measured)
    if age.objects:
        facts.append(("J&F early (t < 10) and late (t > 20)", f"{percent(age.early)}, {percent(age.late)}"))
    absences = [analysis.after_absence(result.measured, px) for px in analysis.GONE_PX]
    if any(a.objects for a in absences):
        values = ", ".join(f"{percent(a.j_and_f)} ({a.objects} objects, {a.gone_px} px)" for a in absences)
        facts.append(("J&F after the object was gone", values))
    return facts
