"""Analyses and reports on scores that are written down by hand."""

from __future__ import annotations

import json
import math
from html.parser import HTMLParser
from pathlib import Path

import pytest

from vosapp.core.errors import MediaError
from vosapp.evaluation import analysis
from vosapp.evaluation.protocol import DAVIS_2017, JUMPCUT, SUITE
from vosapp.evaluation.report.as_html import report_as_html, write_html
from vosapp.evaluation.report.as_json import report_as_json, write_json
from vosapp.evaluation.report.as_markdown import BEGIN, END, report_as_markdown, write_markdown
from vosapp.evaluation.report.as_text import report_as_text
from vosapp.evaluation.report.model import EngineResult, Report, Section, SuggestionResult, system_facts
from vosapp.evaluation.scores import ClipScore, CorrectionCurve, FrameScore, ObjectScore, WorstFrame
from vosapp.evaluation.suggestions import SuggestionScore
from vosapp.metrics.matting import MattingErrors


def frames(
    values: list[float], *, areas: list[int] | None = None, doubts: list[float] | None = None, start: int = 1
) -> tuple[FrameScore, ...]:
    sizes = areas or [200] * len(values)
    told = doubts or [1 - value for value in values]
    return tuple(
        FrameScore(start + i, value, value, doubt, size, size)
        for i, (value, doubt, size) in enumerate(zip(values, told, sizes, strict=True))
    )


def clip(name: str, *values: list[float], category: str = "") -> ClipScore:
    objects = tuple(ObjectScore(i, 0, frames(v), category) for i, v in enumerate(values, 1))
    return ClipScore(name, objects, frame_count=10, seconds=2.0, peak_bytes=300 * 2**20)


def test_early_and_late_frames() -> None:
    long = clip("long", [0.9] * 9 + [0.5] * 11 + [0.3] * 5)
    age = analysis.early_late([long, clip("short", [0.1] * 12)])
    assert (age.early, age.late, age.objects) == (pytest.approx(0.9), pytest.approx(0.3), 1)


def test_frames_after_an_absence() -> None:
    item = ObjectScore(1, 0, frames([0.9, 0.8, 1, 0.2, 0.4], areas=[200, 40, 0, 90, 120]))
    clips = [ClipScore("a", (item,))]
    at = {px: analysis.after_absence(clips, px) for px in (0, 50, 100)}
    assert at[0].j_and_f == pytest.approx(0.3)
    assert at[50].j_and_f == pytest.approx(0.3)
    assert at[100].j_and_f == pytest.approx(0.4)
    assert analysis.after_absence([clip("never", [0.5])], 0).objects == 0


def test_doubt_that_is_right() -> None:
    quality = analysis.doubt_quality([clip("a", [0.9, 0.7, 0.3, 0.1])])
    assert quality.correlation == pytest.approx(1)
    assert quality.separation == 1
    assert (quality.age_correlation, quality.pointed) == (pytest.approx(1), 1)


def test_doubt_that_points_at_the_wrong_frame() -> None:
    """The most doubtful frame of the second object is its best one."""
    right = ObjectScore(1, 0, frames([0.9, 0.2, 0.8, 0.7, 0.6], doubts=[0.1, 0.9, 0.2, 0.3, 0.4]))
    wrong = ObjectScore(2, 0, frames([0.9, 0.2, 0.8, 0.7, 0.6], doubts=[0.9, 0.1, 0.2, 0.3, 0.4]))
    quality = analysis.doubt_quality([ClipScore("a", (right, wrong))])
    assert quality.pointed == 0.5
    assert quality.correlation < 0.8


def test_means_by_class_and_over_clips() -> None:
    clips = [clip("a", [0.2], [0.4], category="cat"), clip("b", [0.9], category="dog")]
    assert analysis.by_category(clips) == pytest.approx({"cat": 0.3, "dog": 0.9})
    assert analysis.mean_over_clips(clips) == pytest.approx(0.6)
    assert analysis.differences(clips, [clip("b", [0.5])]) == pytest.approx({"b": -0.4})


def test_a_clip_that_ran_out_of_frames_keeps_its_last_value() -> None:
    short = ClipScore("a", corrections=CorrectionCurve((3,), (0.2, 0.6)))
    long = ClipScore("b", corrections=CorrectionCurve((3, 5), (0.4, 0.4, 1.0)))
    curve, area = analysis.correction_means([short, long])
    assert curve == pytest.approx([0.3, 0.5, 0.8])
    assert area == pytest.approx((0.4 + 0.55) / 2)


def full_report() -> Report:
    worst = WorstFrame(4, 1, 0.25, b"\xff\xd8picture")
    first = ClipScore(
        "dog <1>",
        (ObjectScore(1, 0, frames([0.9, math.nan, 0.25])),),
        frame_count=5,
        seconds=1.0,
        corrections=CorrectionCurve((2,), (0.5, 0.8)),
        matting=MattingErrors(1.5, 0.02, 0.7, 900),
        worst=worst,
    )
    broken = ClipScore("cat", failure="cat/00001.jpg is no picture that can be read.")
    results = (EngineResult("flow", (first, broken)), EngineResult("plain-dis", (clip("dog <1>", [0.5] * 3), broken)))
    jumps = ClipScore("bear", transfer={8: 0.15, 16: 0.4})
    return Report(
        (
            Section("DAVIS & co", DAVIS_2017, results, ("a list is missing",)),
            Section("JumpCut", JUMPCUT, (EngineResult("flow", (jumps,)),)),
            Section("synthetic", SUITE, (EngineResult("flow", (clip("cuts", [0.1, 0.3], [0.5, 0.7]),)),)),
        ),
        "vosapp evaluate DAVIS",
        system_facts("cpu"),
    )


def test_proposals_are_in_every_report() -> None:
    found = SuggestionResult("cosnet", (SuggestionScore("dog", 0.8, 0.6, 3, 0.5), SuggestionScore("x", failure="bad")))
    report = Report((Section("DAVIS", DAVIS_2017, (), suggestions=(found,)),), "vosapp evaluate DAVIS")
    assert ["dog", "80.0", "60.0", "3", "0.50"] in [line.split() for line in report_as_text(report).splitlines()]
    assert "<td>80.0</td>" in report_as_html(report)
    assert "| dog | 80.0 | 60.0 | 3 | 0.50 |" in report_as_markdown(report)
    assert json.loads(report_as_json(report))["sections"][0]["suggestions"][0]["clips"][1]["failure"] == "bad"


def test_json_holds_every_number_and_no_nan(tmp_path: Path) -> None:
    write_json(full_report(), tmp_path / "deep" / "scores.json")
    content = json.loads((tmp_path / "deep" / "scores.json").read_text())
    davis, jumpcut, suite = content["sections"]
    dog, cat = davis["engines"][0]["clips"]
    assert dog["objects"][0]["frames"]["j"] == [0.9, None, 0.25]
    assert dog["corrections"]["j"] == [0.5, 0.8]
    assert dog["matting"]["mse"] == 0.02
    assert cat == {"name": "cat", "failure": "cat/00001.jpg is no picture that can be read."}
    assert jumpcut["engines"][0]["transfer_error"] == {"8": 0.15, "16": 0.4}
    assert suite["engines"][0]["totals"]["j"]["mean"] == pytest.approx(0.4)
    assert content["command"] == "vosapp evaluate DAVIS"


class Checker(HTMLParser):
    """Counts elements, and fails on one that is not closed or that fetches something."""

    void = frozenset({"meta", "img"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.counts: dict[str, int] = {}

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.counts[tag] = self.counts.get(tag, 0) + 1
        for name, value in attributes:
            assert name not in ("src", "href") or str(value).startswith("data:")
        if tag not in self.void:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.counts[tag] = self.counts.get(tag, 0) + 1

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_html_is_whole_and_needs_nothing_else(tmp_path: Path) -> None:
    text = write_html(full_report(), tmp_path / "report").read_text()
    checker = Checker()
    checker.feed(text)
    assert checker.open == []
    assert checker.counts["img"] == 1
    assert checker.counts["svg"] >= 4
    assert "dog &lt;1&gt;" in text
    assert "dog <1>" not in text
    assert "DAVIS &amp; co" in text
    assert "no picture that can be read" in text
    assert "nan" not in text.lower().replace("picture", "")


def test_markdown_replaces_what_is_between_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "quality.md"
    page.write_text(f"# Quality\n\n{BEGIN}\nold figures\n{END}\n\nAfter.\n")
    write_markdown(full_report(), page)
    text = page.read_text()
    assert text.startswith("# Quality\n")
    assert text.endswith("After.\n")
    assert "old figures" not in text
    assert "| dog <1> | 57.5 / 57.5 | 50.0 / 50.0 |" in text
    assert "| flow | 15.0 | 40.0 |" in text
    write_markdown(full_report(), page)
    assert page.read_text() == text
    write_markdown(full_report(), tmp_path / "new.md")
    assert (tmp_path / "new.md").read_text().startswith(BEGIN)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(MediaError, match=r"a\.md cannot be written"):
        write_markdown(full_report(), tmp_path / "file" / "a.md")


def test_objects_of_one_clip_have_their_own_lines() -> None:
    lines = [line.split() for line in report_as_text(full_report()).splitlines()]
    assert ["object", "2", "60.0"] in [line[:3] for line in lines]


def test_nothing_measured_shows_dashes_and_the_reasons() -> None:
    nothing = EngineResult("flow", (ClipScore("cat", failure="too large"),))
    report = Report((Section("DAVIS", DAVIS_2017, (nothing,)),), "vosapp evaluate DAVIS")
    for text in (report_as_text(report), report_as_html(report), report_as_markdown(report)):
        assert "nan" not in text.lower()
        assert "peak memory: 0" not in text
        assert "cat: too large" in text


def test_text_shows_both_engines_the_failure_and_the_errors() -> None:
    text = report_as_text(full_report())
    assert "note: a list is missing" in text
    assert text.count("cat: cat/00001.jpg is no picture") == 2
    assert "J after 1 correction: 80.0" in text
    assert ["bear", "15.0", "40.0"] in [line.split() for line in text.splitlines()]
    assert "nan" not in text


def test_reports_that_cannot_be_written_name_the_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(MediaError, match=r"index\.html cannot be written"):
        write_html(full_report(), tmp_path / "file")
    with pytest.raises(MediaError, match=r"a\.json cannot be written"):
        write_json(full_report(), tmp_path / "file" / "a.json")


def test_pages_of_others_are_left_as_they_are(tmp_path: Path) -> None:
    readme, folder = tmp_path / "README.md", tmp_path / "public_html"
    folder.mkdir()
    for page in (readme, folder / "index.html"):
        page.write_text("# My page")
    with pytest.raises(MediaError, match=r"README\.md is another page"):
        write_markdown(full_report(), readme)
    with pytest.raises(MediaError, match=r"index\.html is another page"):
        write_html(full_report(), folder)
    assert readme.read_text() == (folder / "index.html").read_text() == "# My page"
    write_html(full_report(), tmp_path / "report")
    write_html(full_report(), tmp_path / "report")


def test_a_page_is_whole_when_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "quality.md"
    page.write_text(f"# Quality\n{BEGIN}\n{END}\nAfter.\n")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(MediaError, match="No space left"):
        write_markdown(full_report(), page)
    assert page.read_text() == f"# Quality\n{BEGIN}\n{END}\nAfter.\n"
    assert [path.name for path in tmp_path.iterdir()] == ["quality.md"]


def test_the_same_scores_make_the_same_report() -> None:
    assert report_as_html(full_report()) == report_as_html(full_report())
    assert report_as_json(full_report()) == report_as_json(full_report())
