"""A report as one HTML page: tables, plots and pictures, with everything inside the file."""

from __future__ import annotations

from html import escape
from pathlib import Path

from vosapp.evaluation.report.cards import clip_cards, overview_cards
from vosapp.evaluation.report.files import require_page, write_text
from vosapp.evaluation.report.html_tables import (
    analysis_table,
    clip_table,
    score_table,
    single_frame_tables,
    transfer_table,
)
from vosapp.evaluation.report.model import Report, Section
from vosapp.evaluation.report.style import ENGINE_STYLES, STYLE

_PAGE, _TITLE = "index.html", "<title>Mask quality</title>"
_KEY = (
    "J is region similarity, F the agreement of outlines, recall the share of frames above 50, decay the loss from the "
    "first quarter of a clip to the last. All in percent; T and the matting errors are better when lower. In pictures "
    "green is right, blue is missed, red is extra, and the white line is the true outline."
)


def report_as_html(report: Report) -> str:
    """The text of the page."""
    facts = " · ".join(escape(value) for value in report.facts.values())
    sections = "".join(_section(section) for section in report.sections)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"{_TITLE}<style>{STYLE}</style></head><body>"
        f'<h1>Mask quality</h1><p class="faint">{facts}</p>'
        f"<p>Made with</p><pre><code>{escape(report.command)}</code></pre>"
        f'<p class="faint">{_KEY}</p>{sections}</body></html>\n'
    )


def write_html(report: Report, folder: Path) -> Path:
    """Writes `index.html` into a folder and returns its path. Raises MediaError when it cannot."""
    require_html_place(folder)
    write_text(folder / _PAGE, report_as_html(report))
    return folder / _PAGE


def require_html_place(folder: Path) -> None:
    """Makes sure that a folder holds no page of another kind. Raises MediaError."""
    require_page(folder / _PAGE, marks=(_TITLE,), hint="Give the report a folder of its own.")


def _section(section: Section) -> str:
    notes = "".join(f"<li>{escape(note)}</li>" for note in (*section.notes, *section.failures()))
    legend = "".join(
        f'<span><span class="swatch e{i % ENGINE_STYLES}"></span>{escape(result.engine)}</span>'
        for i, result in enumerate(section.results)
    )
    parts = [
        f'<h2>{escape(section.dataset)}</h2><p class="faint">counted as {escape(section.protocol.name)}</p>',
        f'<p class="legend">{legend}</p>',
        f'<ul class="notes">{notes}</ul>' if notes else "",
    ]
    parts.append(single_frame_tables(section))
    if not section.results:
        return "".join(parts)
    if section.protocol.is_transfer:
        return "".join([*parts, transfer_table(section)])
    parts += [score_table(section), clip_table(section), analysis_table(section)]
    parts += [f'<div class="cards">{overview_cards(section)}{clip_cards(section)}</div>']
    return "".join(parts)
