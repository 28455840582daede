"""Tables of the HTML report."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape

from vosapp.evaluation import analysis
from vosapp.evaluation.report.as_text import facts_of
from vosapp.evaluation.report.frame_tables import frame_tables
from vosapp.evaluation.report.model import EngineResult, Section
from vosapp.evaluation.report.numbers import percent, speed
from vosapp.evaluation.report.plots import difference_bar
from vosapp.evaluation.scores import totals


def score_table(section: Section) -> str:
    """One row an engine: the statistics over all objects, speed and memory."""
    header = ("engine", "J", "recall", "decay", "F", "recall", "decay", "J&F", "frames/s", "peak memory")
    return _table(header, [_engine_row(result) for result in section.results])


def clip_table(section: Section) -> str:
    """One row a clip: J&F of every engine, and with two engines or more the second's gain over the first."""
    results = section.results
    gains = analysis.differences(results[0].measured, results[1].measured) if len(results) > 1 else {}
    largest = max((abs(g) for g in gains.values() if not math.isnan(g)), default=0.0)
    header = ["J&F by clip", *(result.engine for result in results)]
    rows = []
    for place, clip in enumerate(results[0].clips):
        row = [escape(clip.name), *(percent(result.clips[place].j_and_f) for result in results)]
        if gains:
            gain = gains.get(clip.name, math.nan)
            row += ["-" if math.isnan(gain) else f"{100 * gain:+.1f}", difference_bar(gain, largest)]
        rows.append(row)
    if gains:
        header += [f"{results[1].engine} − {results[0].engine}", ""]
    return _table(header, rows)


def analysis_table(section: Section) -> str:
    """What the scores say beyond their mean, one column an engine."""
    facts = [dict(facts_of(result)) for result in section.results]
    names = list(dict.fromkeys(name for found in facts for name in found))
    rows = [[escape(name), *(escape(found.get(name, "-")) for found in facts)] for name in names]
    return _table(["more", *(result.engine for result in section.results)], rows)


def transfer_table(section: Section) -> str:
    """JumpCut's error by distance, one row an engine."""
    means = [analysis.transfer_table(result.measured) for result in section.results]
    distances = sorted({d for found in means for d in found})
    rows = [
        [escape(result.engine), *(percent(found.get(d, math.nan)) for d in distances)]
        for result, found in zip(section.results, means, strict=True)
    ]
    return _table(["error in % after", *(f"{d} frames" for d in distances)], rows)


def single_frame_tables(section: Section) -> str:
    """A table for each network that proposes masks, and for each selector."""
    return "".join(
        f"<h3>{escape(table.title)}</h3>" + _table(table.header, [[escape(cell) for cell in row] for row in table.rows])
        for table in frame_tables(section)
    )


def _engine_row(result: EngineResult) -> list[str]:
    whole = totals(result.measured)
    shares = (whole.j.mean, whole.j.recall, whole.j.decay, whole.f.mean, whole.f.recall, whole.f.decay, whole.j_and_f)
    return [
        escape(result.engine),
        *map(percent, shares),
        speed(whole.frames_per_second),
        f"{whole.peak_bytes / 2**20:.0f} MiB",
    ]


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in header)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="scroll"><table><tr>{head}</tr>{body}</table></div>'
