"""`vosapp batch`: works through many shots, goes on with what was interrupted, adds shots to a list."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from vosapp.cli.job_runner import Reporter, run_job
from vosapp.cli.number_types import whole_number
from vosapp.core.errors import UserError

if TYPE_CHECKING:
    from vosapp.batch.look_over import Outlook
    from vosapp.batch.settings import JobFile
    from vosapp.batch.shot_state import ShotFacts, State
    from vosapp.batch.workers import Workers

_EXIT_DONE, _EXIT_FAILED = 0, 1

_PROCESSES = whole_number(1, 1000)


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = (
        "vosapp batch JOBS.toml          run the shots of a job file; those that are done stay done\n"
        "vosapp batch resume [JOBS.toml] go on after a kill, a full disk or a failure; failed shots are tried again\n"
        "vosapp batch add PROJECT ...    add projects to a job file (--to, else your own list)\n"
        "docs/batch.md shows what a job file looks like."
    )
    parser.add_argument("words", metavar="JOBS.toml | resume [JOBS.toml] | add PROJECT ...", nargs="+")
    parser.add_argument("--to", metavar="JOBS.toml", type=Path, help="where `add` writes (default: your own list)")
    parser.add_argument("--engine", metavar="NAME", help="engine of the projects that are added")
    parser.add_argument(
        "--on",
        metavar="local|ray|ray://HOST:PORT",
        default="local",
        help="where the work is done: processes on this computer, or a Ray cluster (default: %(default)s)",
    )
    parser.add_argument("--workers", metavar="N", type=_PROCESSES, help="processes, in place of the job file's number")
    parser.add_argument("--dry-run", action="store_true", help="list every shot and what is missing; do nothing")
    parser.add_argument("--json", action="store_true", help="JSON lines instead of text")
    parser.set_defaults(complain=parser.error)


def run(arguments: argparse.Namespace) -> int:
    """Runs, resumes or adds."""
    first, *rest = arguments.words
    if first == "add":
        return _add(arguments, rest)
    if first == "resume":
        return _run(arguments, _one(arguments, rest or [str(_own_list())]), retry=True)
    return _run(arguments, _one(arguments, arguments.words), retry=False)


def _one(arguments: argparse.Namespace, words: list[str]) -> Path:
    if len(words) != 1:
        arguments.complain(f"one job file at a time, not {len(words)}")
    return Path(words[0])


def _own_list() -> Path:
    from vosapp.batch.own_list import own_list

    return own_list()


def _add(arguments: argparse.Namespace, projects: list[str]) -> int:
    from vosapp.batch.own_list import add_project

    if not projects:
        arguments.complain("add needs a project")
    target = arguments.to or _own_list()
    reporter = Reporter(arguments.json)
    added = [str(path) for path in map(Path, projects) if add_project(target, path, engine=arguments.engine or "")]
    reporter.result(f"{len(added)} of {len(projects)} added to {target}", added=added, to=str(target))
    return _EXIT_DONE


def _run(arguments: argparse.Namespace, path: Path, *, retry: bool) -> int:
    from vosapp.batch.job_file import read_job_file
    from vosapp.batch.shots import shots_of, unmatched

    file = read_job_file(path)
    shots = shots_of(file)
    reporter = Reporter(arguments.json)
    for pattern in unmatched(file):
        reporter.warning(f"Nothing fits {pattern}.")
    if not shots:
        raise UserError(f"{path} names no shot that is there.", "Mend its patterns.")
    if arguments.dry_run:
        return _dry_run(file, reporter)
    from vosapp.batch.driver import batch_body
    from vosapp.engine.job import Job

    body = batch_body(file, _workers(arguments, file), shots=shots, retry=retry, told=_teller(reporter))
    result = run_job(Job(body, "The batch"), reporter)
    reporter.result(
        f"{result.done} shots done, {result.failed} failed. Report: {result.report}",
        done=result.done,
        failed=result.failed,
        report=str(result.report),
    )
    return _EXIT_FAILED if result.failed else _EXIT_DONE


def _workers(arguments: argparse.Namespace, file: JobFile) -> Callable[[], Workers]:
    from dataclasses import replace

    from vosapp.batch.places_to_work import workers_on

    limits = file.limits if arguments.workers is None else replace(file.limits, workers=arguments.workers)
    return workers_on(arguments.on, limits)


def _teller(reporter: Reporter) -> Callable[[str, State, ShotFacts, str], None]:
    """Says when a shot is over."""

    def tell(name: str, state: State, facts: ShotFacts, sentence: str) -> None:
        if sentence:
            reporter.warning(f"{name} failed: {sentence}")
        elif state.is_over:
            reporter.note(f"{name}: {facts.frames} frames, doubt {facts.doubt:.2f}, {facts.seconds:.1f} s of work")
        for note in facts.notes if state.is_over else ():
            reporter.note(f"{name}: {note}")

    return tell


def _dry_run(file: JobFile, reporter: Reporter) -> int:
    from vosapp.batch.look_over import look_over
    from vosapp.batch.shots import shots_of

    troubled = 0
    outlooks = list(look_over(shots_of(file)))
    for outlook in outlooks:
        troubled += bool(outlook.missing)
        reporter.shot(_line(outlook), **_facts(outlook))
    reporter.result(
        f"{len(outlooks)} shots, {troubled} of them cannot run as they are. Nothing was done.",
        shots=len(outlooks),
        troubled=troubled,
    )
    return _EXIT_FAILED if troubled else _EXIT_DONE


def _line(outlook: Outlook) -> str:
    shot = outlook.shot
    size = f"{outlook.frames} frames in {outlook.pieces} pieces" if outlook.pieces else f"{len(shot.masks)} masks"
    lines = [f"{shot.name}: {shot.source}, {shot.settings.engine}, {size}, project {shot.project}"]
    lines += [
        f"    writes {one.format.value} to {path}"
        for one, path in zip(shot.settings.exports, shot.exports, strict=True)
    ]
    lines += [f"    missing: {sentence}" for sentence in outlook.missing]
    return "\n".join(lines)


def _facts(outlook: Outlook) -> dict[str, object]:
    shot = outlook.shot
    return {
        "name": shot.name,
        "source": shot.source,
        "project": str(shot.project),
        "engine": shot.settings.engine,
        "masks": [str(one.path) for one in shot.masks],
        "exports": [str(path) for path in shot.exports],
        "pieces": outlook.pieces,
        "frames": outlook.frames,
        "missing": list(outlook.missing),
    }
