"""The plots and pictures of the HTML report: some about the whole data set, then one card a clip."""

from __future__ import annotations

import base64
import math
from html import escape

from vosapp.evaluation import analysis
from vosapp.evaluation.report.model import EngineResult, Section
from vosapp.evaluation.report.numbers import percent
from vosapp.evaluation.report.plots import Axes, Line, line_plot, scatter_plot
from vosapp.evaluation.report.style import ENGINE_STYLES
from vosapp.evaluation.scores import ClipScore, mean


def overview_cards(section: Section) -> str:
    """Doubt against error, and quality against corrections where they were simulated."""
    cards = []
    clouds = [Line(_doubt_points(r), _style(i), r.engine) for i, r in enumerate(section.results)]
    if any(cloud.points for cloud in clouds):
        axes = Axes("doubt, %", "error (1 − J), %", (0, 1), x_in_percent=True)
        text = "A point a frame and object. Doubt is good when points lie along the rising diagonal."
        cards.append(_card("Doubt against error", scatter_plot(clouds, axes), text))
    curves = [analysis.correction_means(r.measured)[0] for r in section.results]
    longest = max((len(curve) for curve in curves), default=0)
    if longest > 1:
        lines = [Line(list(enumerate(c)), _style(i)) for i, c in enumerate(curves)]
        plot = line_plot(lines, Axes("corrected frames", "J, %", (0, longest - 1)))
        cards.append(_card("Quality after corrections", plot, "Mean J of the frames that were not corrected."))
    return "".join(cards)


def clip_cards(section: Section) -> str:
    """A card for every clip."""
    return "".join(_clip_card(section, place) for place in range(len(section.results[0].clips)))


def _clip_card(section: Section, place: int) -> str:
    scores = [result.clips[place] for result in section.results]
    frames = [f.frame_index for score in scores for item in score.objects for f in item.frames]
    if not frames:
        return ""
    lines = []
    for i, score in enumerate(scores):
        if len(score.objects) > 1:
            lines += _object_lines(score, f"thin {_style(i)}")
        lines += [_mean_line(score, _style(i)), _doubt_line(score, f"dotted {_style(i)}")]
    plot = line_plot(lines, Axes("frame", "J, % (dotted: doubt)", (min(frames), max(frames))))
    captions = [f"{r.engine} {percent(s.j_and_f)}" for r, s in zip(section.results, scores, strict=True)]
    pictures = "".join(_picture(r.engine, s) for r, s in zip(section.results, scores, strict=True))
    text = "J&F: " + ", ".join(captions)
    if any(len(score.objects) > 1 for score in scores):
        text += ". By object: " + "; ".join(
            f"{r.engine} " + ", ".join(f"{o.object_id}: {percent((o.j.mean + o.f.mean) / 2)}" for o in s.objects)
            for r, s in zip(section.results, scores, strict=True)
        )
    return _card(scores[0].name, plot, text, pictures)


def _doubt_points(result: EngineResult) -> list[tuple[float, float]]:
    frames = [f for clip in result.measured for item in clip.objects for f in item.frames]
    return [(f.doubt, 1 - f.j) for f in frames if not math.isnan(f.doubt)]


def _object_lines(score: ClipScore, style: str) -> list[Line]:
    return [
        Line([(f.frame_index, f.j) for f in item.frames], style, f"object {item.object_id}") for item in score.objects
    ]


def _mean_line(score: ClipScore, style: str) -> Line:
    by_frame: dict[int, list[float]] = {}
    for item in score.objects:
        for frame in item.frames:
            by_frame.setdefault(frame.frame_index, []).append(frame.j)
    return Line([(i, mean(values)) for i, values in sorted(by_frame.items())], style)


def _doubt_line(score: ClipScore, style: str) -> Line:
    by_frame: dict[int, list[float]] = {}
    for item in score.objects:
        for frame in item.frames:
            by_frame.setdefault(frame.frame_index, []).append(frame.doubt)
    return Line([(i, mean(values)) for i, values in sorted(by_frame.items())], style)


def _picture(engine: str, score: ClipScore) -> str:
    if score.worst is None:
        return ""
    source = base64.b64encode(score.worst.jpeg).decode("ascii")
    which = f"object {score.worst.object_id}, " if len(score.objects) > 1 else ""
    caption = f"{engine}: worst frame {score.worst.frame_index}, {which}J {percent(score.worst.j)}"
    return (
        f'<figure><img alt="{escape(caption, quote=True)}" src="data:image/jpeg;base64,{source}">'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )


def _card(title: str, plot: str, text: str, pictures: str = "") -> str:
    shown = f'<div class="pictures">{pictures}</div>' if pictures else ""
    return f'<div class="card"><h3>{escape(title)}</h3>{plot}<p class="faint">{escape(text)}</p>{shown}</div>'


def _style(place: int) -> str:
    return f"e{place % ENGINE_STYLES}"
