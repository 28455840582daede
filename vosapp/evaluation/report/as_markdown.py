"""A report as Markdown tables, for pages such as docs/quality.md: the part between two marks is made anew."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from vosapp.evaluation import analysis
from vosapp.evaluation.report.as_text import facts_of
from vosapp.evaluation.report.files import require_page, write_text
from vosapp.evaluation.report.frame_tables import frame_tables
from vosapp.evaluation.report.model import Report, Section
from vosapp.evaluation.report.numbers import percent, speed
from vosapp.evaluation.scores import Totals, totals

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def report_as_markdown(report: Report) -> str:
    """Command, facts, and the tables of every section; shares in percent."""
    facts = " · ".join(report.facts.values())
    sections = "\n".join(_section(section) for section in report.sections)
    return f"```\n{report.command}\n```\n\n{facts}\n\n{sections}"


def write_markdown(report: Report, path: Path) -> None:
    """Writes the tables into a page between its two marks, or as a page of its own where there is none.

    Raises:
        MediaError: the file cannot be read or written, or is a page without marks.
    """
    require_markdown_page(path)
    text = f"{BEGIN}\n{report_as_markdown(report)}\n{END}"
    page = path.read_text(encoding="utf-8") if path.is_file() else ""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    write_text(path, f"{before}{text}{after}" if begin and end else f"{text}\n")


def require_markdown_page(path: Path) -> None:
    """Makes sure that a page has a place for the tables, or is new. Raises MediaError."""
    require_page(
        path, marks=(BEGIN, END), hint=f"Put {BEGIN} and {END} where the tables are to go, or name a new page."
    )


def _section(section: Section) -> str:
    parts = [f"### {section.dataset}\n", *(f"- {note}\n" for note in (*section.notes, *section.failures()))]
    for table in frame_tables(section):
        parts += [f"{table.title}\n", _table(table.header, table.rows)]
    if not section.results:
        return "\n".join(parts)
    if section.protocol.is_transfer:
        return "\n".join([*parts, _transfer_rows(section)])
    return "\n".join([*parts, _engine_rows(section), _clip_rows(section), _fact_rows(section)])


def _engine_rows(section: Section) -> str:
    header = ("engine", "J", "recall", "decay", "F", "recall", "decay", "J&F", "frames/s")
    return _table(header, (_engine_row(r.engine, totals(r.measured)) for r in section.results))


def _engine_row(name: str, whole: Totals) -> list[str]:
    shares = (whole.j.mean, whole.j.recall, whole.j.decay, whole.f.mean, whole.f.recall, whole.f.decay, whole.j_and_f)
    return [name, *map(percent, shares), speed(whole.frames_per_second)]


def _clip_rows(section: Section) -> str:
    header = ["J / F by clip", *(result.engine for result in section.results)]
    rows = []
    for place, clip in enumerate(section.results[0].clips):
        scores = [result.clips[place] for result in section.results]
        rows.append([clip.name, *(f"{percent(score.j)} / {percent(score.f)}" for score in scores)])
    return _table(header, rows)


def _fact_rows(section: Section) -> str:
    facts = [dict(facts_of(result)) for result in section.results]
    names = list(dict.fromkeys(name for found in facts for name in found))
    header = ["more", *(result.engine for result in section.results)]
    return _table(header, ([name, *(found.get(name, "-") for found in facts)] for name in names))


def _transfer_rows(section: Section) -> str:
    means = [analysis.transfer_table(result.measured) for result in section.results]
    distances = sorted({d for found in means for d in found})
    rows = (
        [result.engine, *(percent(found.get(d, math.nan)) for d in distances)]
        for result, found in zip(section.results, means, strict=True)
    )
    return _table(["error in % after", *(f"{d} frames" for d in distances)], rows)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---", *("--:" for _ in header[1:])], *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines) + "\n"
