"""`vosapp evaluate`: measures engines on clips with ground truth."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from vosapp.cli.number_types import whole_number
from vosapp.cli.outputs import require_writable_file, require_writable_folder
from vosapp.core.errors import EngineError, UserError
from vosapp.core.plain_text import printable

if TYPE_CHECKING:
    from vosapp.core.mask import BoolImage
    from vosapp.evaluation.dataset import Dataset
    from vosapp.evaluation.report.model import ClickResult, EngineResult, Report, Section, SuggestionResult
    from vosapp.evaluation.scores import ClipScore
    from vosapp.video.source import VideoSource

_EXAMPLES = """examples:
  vosapp evaluate DAVIS --engine flow --html report
  vosapp evaluate my-clips --engine flow --engine plain-dis --corrections 5 --json scores.json
  vosapp evaluate synthetic --engine flow --jobs 4
"""

_COUNT = whole_number(0, 1000)


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EXAMPLES
    _add_subject(parser)
    _add_outputs(parser)
    parser.add_argument("--jobs", metavar="N", type=_COUNT, default=1, help="processes (default: %(default)s)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or mps (default: %(default)s)")


def _add_subject(parser: argparse.ArgumentParser) -> None:
    """What is measured."""
    parser.add_argument("dataset", metavar="DATASET", help='folder of a data set, or "synthetic"')
    parser.add_argument("--engine", metavar="NAME", action="append", help="what to measure; repeat it to compare")
    parser.add_argument("--clips", metavar="NAME", nargs="+", help="only these clips")
    parser.add_argument("--layout", metavar="NAME", default="auto", help="how the folder lies (default: find out)")
    parser.add_argument("--split", metavar="NAME", default="", help="part of the data set, such as val")
    parser.add_argument("--corrections", metavar="K", type=_COUNT, default=0, help="simulate K corrected frames")
    parser.add_argument(
        "--choose",
        choices=("worst", "doubt", "tenth"),
        default="worst",
        help="which frame is corrected next (default: %(default)s)",
    )
    parser.add_argument(
        "--suggest", metavar="NETWORK", action="append", help="measure what a network proposes on first frames"
    )
    parser.add_argument(
        "--clicks",
        metavar="N",
        type=_COUNT,
        default=0,
        help="simulate N clicks on objects of first and middle frames",
    )
    parser.add_argument(
        "--select",
        metavar="NAME",
        action="append",
        choices=("network", "grab-cut"),
        help="what answers the clicks: network or grab-cut; repeat it to compare (default: what the window uses)",
    )
    parser.add_argument(
        "--session",
        metavar="N",
        type=_COUNT,
        default=0,
        help="let an imagined artist mend each clip with at most N strokes, frames chosen by doubt and every tenth",
    )
    parser.add_argument(
        "--cuts", action="store_true", help="measure only how well cuts are found, with and between the clips"
    )
    parser.add_argument(
        "--suite",
        action=argparse.BooleanOptionalAction,
        help="measure the synthetic suite too (default: when a report is written)",
    )


def _add_outputs(parser: argparse.ArgumentParser) -> None:
    """Where results go."""
    parser.add_argument("--json", metavar="FILE", type=Path, help="write all scores")
    parser.add_argument("--html", metavar="DIR", type=Path, help="write a report with plots and pictures")
    parser.add_argument("--markdown", metavar="FILE", type=Path, help="write the tables into a page, between its marks")
    parser.add_argument("--save-masks", metavar="DIR", type=Path, help="write the masks as indexed PNGs")


def run(arguments: argparse.Namespace) -> int:
    """Measures, prints the tables and writes the reports."""
    from vosapp.evaluation.report.as_text import report_as_text
    from vosapp.evaluation.report.model import Report, system_facts

    if arguments.cuts:
        return _find_cuts(arguments)
    if arguments.session:
        return _hold_sessions(arguments)
    names = _engine_names(arguments)
    _require_outputs(arguments)
    datasets = _datasets(arguments)
    sections = tuple(_section(data, names, arguments, is_first=i == 0) for i, data in enumerate(datasets))
    report = Report(sections, _command(arguments, with_suite=len(datasets) > 1), system_facts(arguments.device))
    print(printable(report_as_text(report), keep="\n"))
    _write(report, arguments)
    return 0 if _all_measured(report) else 1


def _find_cuts(arguments: argparse.Namespace) -> int:
    """Measures and prints how well cuts are found."""
    from vosapp.evaluation.cuts import cuts_as_text, measure_cuts

    _refuse_outputs(arguments, "cuts", "engine")
    clips = [clip for dataset in _datasets(arguments) for clip in dataset.clips]
    print(printable(cuts_as_text(list(measure_cuts(clips))), keep="\n"))
    return 0


def _hold_sessions(arguments: argparse.Namespace) -> int:
    """Lets an imagined artist work on the clips, frames chosen by doubt and every tenth, and prints how it went."""
    from functools import partial

    from vosapp.engine.engines import build_propagator
    from vosapp.evaluation.corrections import Choice
    from vosapp.evaluation.session import SessionCurve, sessions_as_text, simulate_session

    _refuse_outputs(arguments, "session")
    clips = [clip for dataset in _datasets(arguments) for clip in dataset.clips]
    for name in _engine_names(arguments):
        build = partial(build_propagator, name, device=arguments.device)
        curves: dict[Choice, dict[str, SessionCurve]] = {Choice.DOUBT: {}, Choice.TENTH: {}}
        for clip in clips:
            for choice, by_clip in curves.items():
                curve = simulate_session(clip, build, limit=arguments.session, choice=choice)
                by_clip[clip.name] = curve
                said = f"{name} {clip.name}, {choice.value}: {len(curve.stroke_px)} corrections"
                print(printable(f"{said}, right {100 * curve.right[-1]:.1f} %"), file=sys.stderr, flush=True)
        print(printable(f"{name}\n\n{sessions_as_text(curves, arguments.session)}", keep="\n"))
    return 0


def _refuse_outputs(arguments: argparse.Namespace, option: str, *others: str) -> None:
    given = [one for one in ("json", "html", "markdown", "save_masks", *others) if getattr(arguments, one)]
    if given:
        name = given[0].replace("_", "-")
        raise UserError(f"--{option} prints a table and takes no --{name}.", "Leave one of them out.")


def _require_outputs(arguments: argparse.Namespace) -> None:
    """Refuses what cannot be written before anything is measured."""
    from vosapp.evaluation.report.as_html import require_html_place
    from vosapp.evaluation.report.as_markdown import require_markdown_page

    for path in (arguments.json, arguments.markdown):
        if path is not None:
            require_writable_file(path)
    for folder in (arguments.html, arguments.save_masks):
        if folder is not None:
            require_writable_folder(folder)
    if arguments.html is not None:
        require_html_place(arguments.html)
    if arguments.markdown is not None:
        require_markdown_page(arguments.markdown)


def _engine_names(arguments: argparse.Namespace) -> list[str]:
    """The engines to run. Raises EngineError when one is unknown or not ready."""
    from vosapp.engine.engines import DEFAULT_ENGINE, engine

    # Asked for proposals or clicks alone, no engine runs.
    usual = [] if arguments.suggest or arguments.clicks else [DEFAULT_ENGINE]
    names = list(dict.fromkeys(arguments.engine or usual))
    for name in names:
        if not engine(name).is_ready:
            raise EngineError(f"The engine {name} cannot run: {engine(name).missing}")
    return names


def _datasets(arguments: argparse.Namespace) -> list[Dataset]:
    """The data set, and the synthetic suite where it is wanted."""
    from vosapp.evaluation.datasets import SUITE_NAME, open_dataset, synthetic_suite

    dataset = open_dataset(arguments.dataset, layout=arguments.layout, split=arguments.split)
    chosen = dataset.only(arguments.clips) if arguments.clips else dataset
    writes_report = bool(arguments.json or arguments.html or arguments.markdown)
    wants_suite = writes_report if arguments.suite is None else arguments.suite
    return [chosen, synthetic_suite()] if wants_suite and arguments.dataset != SUITE_NAME else [chosen]


def _write(report: Report, arguments: argparse.Namespace) -> None:
    from vosapp.evaluation.report.as_html import write_html
    from vosapp.evaluation.report.as_json import write_json
    from vosapp.evaluation.report.as_markdown import write_markdown

    if arguments.json:
        write_json(report, arguments.json)
    if arguments.markdown:
        write_markdown(report, arguments.markdown)
    if arguments.html:
        print(f"\nreport: {write_html(report, arguments.html)}")


def _section(dataset: Dataset, names: list[str], arguments: argparse.Namespace, *, is_first: bool) -> Section:
    from vosapp.evaluation.report.model import Section

    # Masks of the synthetic suite are nobody's submission: they are saved only when the suite was asked for by name.
    folder: Path | None = arguments.save_masks if is_first else None
    results = []
    for name in names:
        own = folder / name if folder is not None and len(names) > 1 else folder
        results.append(_measure(dataset, name, arguments, own))
    suggestions = tuple(_suggest(dataset, network, arguments.device) for network in arguments.suggest or [])
    clicks = tuple(_click(dataset, name, arguments) for name in _selectors(arguments))
    return Section(dataset.name, dataset.protocol, tuple(results), dataset.notes, suggestions, clicks)


def _selectors(arguments: argparse.Namespace) -> list[str]:
    """Which selectors are asked."""
    from vosapp.engine.select.selectors import default_selector

    return list(dict.fromkeys(arguments.select or [default_selector()])) if arguments.clicks else []


def _click(dataset: Dataset, name: str, arguments: argparse.Namespace) -> ClickResult:
    from vosapp.engine.select.selectors import selector_builder
    from vosapp.evaluation.clicks import measure_clicks
    from vosapp.evaluation.report.model import ClickResult

    build = selector_builder(name, device=arguments.device)
    return ClickResult(name, arguments.clicks, tuple(measure_clicks(dataset, build, limit=arguments.clicks)))


def _suggest(dataset: Dataset, network: str, device: str) -> SuggestionResult:
    from vosapp.engine.suggest.proposals import suggest
    from vosapp.evaluation.report.model import SuggestionResult
    from vosapp.evaluation.suggestions import measure_suggestions

    def propose(source: VideoSource, frame_index: int) -> list[BoolImage]:
        found = suggest(source, frame_index, network_names=[network], device=device)
        return [proposal.mask.array() for proposal in found]

    return SuggestionResult(network, tuple(measure_suggestions(dataset, propose)))


def _measure(dataset: Dataset, name: str, arguments: argparse.Namespace, masks_folder: Path | None) -> EngineResult:
    from functools import partial

    from vosapp.engine.engines import build_propagator
    from vosapp.engine.run_context import MemoryPolicy, RunContext
    from vosapp.evaluation.corrections import Choice
    from vosapp.evaluation.evaluate import Measures, evaluate
    from vosapp.evaluation.report.model import EngineResult

    measures = Measures(
        corrections=arguments.corrections,
        choice=Choice(arguments.choose),
        with_pictures=arguments.html is not None,
        masks_folder=masks_folder,
    )
    build = partial(build_propagator, name, device=arguments.device, context=RunContext(memory=MemoryPolicy.STOP))
    clips = []
    for clip in evaluate(dataset, build, measures=measures, jobs=arguments.jobs, frame_done=_show_frame):
        clips.append(clip)
        _show_clip(name, clip, len(clips), len(dataset.clips))
    return EngineResult(name, tuple(clips))


def _show_frame(clip: str, done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{printable(clip)}: frame {done} of {total}", end="", file=sys.stderr, flush=True)


def _show_clip(engine: str, clip: ClipScore, done: int, total: int) -> None:
    clear = "\r\033[K" if sys.stderr.isatty() else ""
    said = clip.failure or f"{_quality(clip)}, {clip.frames_per_second:.1f} frames/s"
    print(f"{clear}{printable(f'{engine} {done}/{total} {clip.name}: {said}')}", file=sys.stderr, flush=True)


def _quality(clip: ClipScore) -> str:
    if clip.transfer:
        return ", ".join(f"error after {d} frames {100 * error:.1f}" for d, error in clip.transfer.items())
    return f"J&F {100 * clip.j_and_f:.1f}"


def _command(arguments: argparse.Namespace, *, with_suite: bool) -> str:
    """What makes this report again; folders that it was written to are left out."""
    words = ["vosapp", "evaluate", arguments.dataset]
    for name in arguments.engine or []:
        words += ["--engine", name]
    for network in arguments.suggest or []:
        words += ["--suggest", network]
    for name in arguments.select or []:
        words += ["--select", name]
    if arguments.clips:
        words += ["--clips", *arguments.clips]
    for option, value, default in (
        ("--layout", arguments.layout, "auto"),
        ("--split", arguments.split, ""),
        ("--corrections", arguments.corrections, 0),
        ("--clicks", arguments.clicks, 0),
        ("--choose", arguments.choose, "worst"),
        ("--device", arguments.device, "auto"),
    ):
        if value != default:
            words += [option, str(value)]
    return shlex.join([*words, *(["--suite"] if with_suite else [])])


def _all_measured(report: Report) -> bool:
    return not any(clip.failure for section in report.sections for result in section.results for clip in result.clips)
