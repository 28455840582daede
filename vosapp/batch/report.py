"""The report of a batch: one JSON file for programs, one HTML page for people, both made from the journal."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from urllib.parse import quote

from vosapp.batch.shot_state import ShotState, State
from vosapp.core.small_files import write_whole

_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2em auto; max-width: 1100px; color: #1d2126; background: #fff }
h1 { font-size: 1.5em } .sum { color: #555 }
section { border-top: 1px solid #d5d9de; padding: .8em 0 } h2 { font-size: 1.1em; margin: 0 }
.failed h2 { color: #b3261e } .facts { color: #444; margin: .2em 0 } .note { color: #7a5200; margin: .2em 0 }
.frames { display: flex; flex-wrap: wrap; gap: 10px; margin-top: .5em }
figure { margin: 0 } figcaption { font-size: .85em; color: #444 } img { display: block; max-width: 320px }
.path { font-family: ui-monospace, monospace; font-size: .85em; color: #555 }
@media (prefers-color-scheme: dark) {
  body { background: #1b1d21; color: #e4e6ea } .sum, .facts, .path, figcaption { color: #a9b0ba }
  section { border-color: #3a3e45 } .failed h2 { color: #ff8a80 } .note { color: #ffcf70 }
}
"""


def write_report(folder: Path, title: str, rows: Sequence[ShotState]) -> Path:
    """Writes report.json and report.html into a batch's folder and returns the page's path.

    Raises:
        OSError: they cannot be written; what was there stays whole.
    """
    shots = [
        {"name": row.name, "state": row.state.value, "sentence": row.sentence, **asdict(row.facts)} for row in rows
    ]
    facts = json.dumps({"batch": title, "shots": shots}, ensure_ascii=False, indent=1)
    write_whole(folder / "report.json", facts.encode())
    page = folder / "report.html"
    write_whole(page, _page(title, rows).encode())
    return page


def review_queue(rows: Sequence[ShotState]) -> list[ShotState]:
    """Finished shots that nobody has opened since, the one with the most doubtful frame first."""
    waiting = [row for row in rows if row.state is State.DONE and not row.facts.looked_at]
    return sorted(waiting, key=lambda row: (-row.facts.worst_doubt, -row.facts.doubt))


def _page(title: str, rows: Sequence[ShotState]) -> str:
    counts = {state: sum(row.state is state for row in rows) for state in State}
    said = ", ".join(f"{count} {state.value}" for state, count in counts.items() if count)
    seconds = sum(row.facts.seconds for row in rows)
    first = [row for row in rows if row.state is State.FAILED]
    ordered = [*first, *review_queue(rows), *(r for r in rows if r.state is State.DONE and r.facts.looked_at)]
    ordered += [row for row in rows if not row.state.is_over]
    body = "".join(_section(row) for row in ordered)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
        f'<h1>{html.escape(title)}</h1><p class="sum">{len(rows)} shots: {said or "none"}. '
        f"{seconds:.0f} s of work. Failed shots come first, then those with the most doubtful frames.</p>"
        f"{body}</html>\n"
    )


def _section(row: ShotState) -> str:
    facts = row.facts
    parts = [f'<section class="{row.state.value}"><h2>{html.escape(row.name)}: {row.state.value}</h2>']
    if row.sentence:
        parts.append(f'<p class="facts">{html.escape(row.sentence)}</p>')
    if row.state is State.DONE:
        parts.append(
            f'<p class="facts">{facts.frames} frames, doubt {facts.doubt:.2f} on average and {facts.worst_doubt:.2f} '
            f"at most, {facts.seconds:.1f} s of work, {facts.made} pieces made, {facts.kept} found finished.</p>"
        )
    parts += [f'<p class="note">{html.escape(note)}</p>' for note in facts.notes]
    parts.append(f'<p class="path">{html.escape(facts.project)}</p>')
    parts += [f'<p class="path">{html.escape(path)}</p>' for path in facts.exports]
    figures = []
    for one in facts.to_see:
        picture = f'<img src="thumbnails/{quote(one.thumbnail)}" alt="">' if one.thumbnail else ""
        why = f" ({html.escape(', '.join(one.why))})" if one.why else ""
        figures.append(
            f"<figure>{picture}<figcaption>frame {one.number}: doubt {one.doubt:.2f}{why}</figcaption></figure>"
        )
    if figures:
        parts.append(f'<div class="frames">{"".join(figures)}</div>')
    return "".join(parts) + "</section>"
