"""Batches in one process: what is written, what goes on after a failure, what is never made again."""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.batches import make_batch, make_shot, masks_of
from tests.disks import small_disk_in
from vosapp.batch.driver import BatchError, BatchResult, batch_body
from vosapp.batch.job_file import read_job_file
from vosapp.batch.journal import read_rows
from vosapp.batch.look_over import look_over
from vosapp.batch.report import review_queue, write_report
from vosapp.batch.shot_project import reading
from vosapp.batch.shot_state import FrameToSee, ShotFacts, ShotState, State
from vosapp.batch.shots import shots_of
from vosapp.batch.tasks import Ending, Failed, PieceTask, Task, Why
from vosapp.batch.work import do
from vosapp.batch.workers import Inline
from vosapp.cli.app import main
from vosapp.core.errors import UserError
from vosapp.core.project import Project
from vosapp.engine.job import Job, Outcome


class Watched(Inline):
    """Workers in this process that note what they are given and may fail it."""

    def __init__(self, fails: Callable[[Task, int], Failed | None] = lambda _task, _n: None) -> None:
        self.tasks: list[Task] = []
        self._fails = fails

    def submit(self, task: Task, task_id: str) -> Future[Ending]:
        self.tasks.append(task)
        future: Future[Ending] = Future()
        future.set_result(self._fails(task, len(self.tasks)) or do(task, task_id))
        return future

    @property
    def pieces(self) -> list[PieceTask]:
        return [task for task in self.tasks if isinstance(task, PieceTask)]


def ran(path: Path, workers: Inline, *, retry: bool = False) -> BatchResult:
    result = Job(batch_body(read_job_file(path), lambda: workers, retry=retry)).run()
    if result.error is not None:
        raise result.error
    assert result.value is not None
    return result.value


def states(path: Path) -> dict[str, State]:
    return {row.name: row.state for row in read_rows(read_job_file(path).batch_folder)}


def test_a_batch_gives_the_masks_of_the_command_for_one_shot(tmp_path: Path) -> None:
    export = 'export = {format = "png-indexed", path = "out/{name}"}'
    path = make_batch(tmp_path, 2, frames=7, defaults=export)
    workers = Watched()
    result = ran(path, workers)
    assert (result.done, result.failed) == (2, 0)
    assert len(workers.pieces) == 4, "a way forward and a way back for each shot"
    folder = tmp_path / "shot0"
    words = ["propagate", str(folder / "plate.mp4"), "--engine", "flow", "--out", str(tmp_path / "alone")]
    words += ["--project", str(tmp_path / "alone.vosapp")]
    for number in (0, 6):
        words += ["--mask", str(folder / f"mask.{number:04}.png"), "--at", str(number)]
    assert main(words) == 0
    assert masks_of(tmp_path / "shot0.vosapp") == masks_of(tmp_path / "alone.vosapp")
    for number in range(7):
        name = f"{number:05}.png"
        assert (tmp_path / "out/shot0" / name).read_bytes() == (tmp_path / "alone" / name).read_bytes()


def test_the_report_says_what_to_look_at_and_the_run_is_one_step(tmp_path: Path) -> None:
    path = make_batch(tmp_path, 2, defaults="matte = {feather_px = 2.0}")
    report = ran(path, Inline()).report
    content = json.loads(report.with_suffix(".json").read_text())
    first = content["shots"][0]
    assert (first["name"], first["state"], first["frames"]) == ("shot0", "done", 6)
    assert 0 < first["doubt"] <= first["worst_doubt"] <= 1
    assert first["to_see"][0]["doubt"] == pytest.approx(first["worst_doubt"])
    for one in first["to_see"]:
        picture = report.parent / "thumbnails" / one["thumbnail"]
        assert picture.read_bytes()[:2] == b"\xff\xd8"
        assert f"thumbnails/{one['thumbnail']}" in report.read_text()
    queue = review_queue(read_rows(report.parent))
    assert [row.facts.worst_doubt for row in queue] == sorted((r.facts.worst_doubt for r in queue), reverse=True)
    with reading(tmp_path / "shot0.vosapp") as project:
        labels = [step.label for step in project.editor.history.steps]
        assert labels[-2:] == ["matte settings of the batch", "propagate (flow, batch)"]
        assert project.editor.document.objects[0].matte.feather_px == 2.0


def test_a_picture_of_the_report_is_found_whatever_the_shot_is_called(tmp_path: Path) -> None:
    name = 'sh#1 50%?"x"-12.jpg'
    row = ShotState("sh", State.DONE, "", ShotFacts(to_see=(FrameToSee(12, 0.5, (), name),)))
    (source,) = re.findall('<img src="([^"]*)"', write_report(tmp_path, "jobs.toml", [row]).read_text())
    address = urlsplit(html.unescape(source))
    assert (unquote(address.path), address.query, address.fragment) == (f"thumbnails/{name}", "", "")


def test_one_poisonous_shot_fails_alone_and_can_be_retried(tmp_path: Path) -> None:
    path = make_batch(tmp_path, 2)
    make_shot(tmp_path / "shot9", ahead=20)
    good = (tmp_path / "shot9/plate.mp4").read_bytes()
    (tmp_path / "shot9/plate.mp4").write_bytes(b"no clip at all")
    result = ran(path, Inline())
    assert (result.done, result.failed) == (2, 1)
    (row,) = [row for row in read_rows(read_job_file(path).batch_folder) if row.state is State.FAILED]
    assert row.name == "shot9"
    assert "plate.mp4" in row.sentence
    assert row.sentence in result.report.read_text().replace("&quot;", '"').replace("&#x27;", "'")
    (tmp_path / "shot9/plate.mp4").write_bytes(good)
    again = Watched()
    assert ran(path, again).failed == 1, "what failed stays failed until it is asked for"
    assert again.tasks == []
    assert ran(path, again, retry=True).failed == 0
    assert {task.where.footage for task in again.tasks} == {str(tmp_path / "shot9/plate.mp4")}


def test_a_lost_worker_is_replaced_once_and_then_the_shot_fails(tmp_path: Path) -> None:
    lost = Failed("Its worker died.", Why.WORKER_LOST)

    def first_piece(task: Task, n: int) -> Failed | None:
        return lost if isinstance(task, PieceTask) and n == 2 else None

    assert ran(make_batch(tmp_path / "a", 1), Watched(first_piece)).failed == 0
    always = Watched(lambda task, _n: lost if isinstance(task, PieceTask) else None)
    assert ran(make_batch(tmp_path / "b", 1), always).failed == 1
    assert 2 <= len(always.pieces) <= 4


def test_a_full_disk_stops_the_batch_and_finished_pieces_are_kept(tmp_path: Path) -> None:
    path = make_batch(tmp_path, 2)
    full = Failed("jobs.batch: No space left on device.", Why.DISK_FULL)
    workers = Watched(lambda task, n: full if n >= 3 else None)
    with pytest.raises(BatchError, match=r"The disk is full.*Free space, then vosapp batch resume"):
        ran(path, workers)
    assert set(states(path).values()) == {State.WAITING}
    done = list((tmp_path / "jobs.batch/pieces").iterdir())
    assert len(done) == 1
    before = {one.name: one.stat().st_ino for one in done}
    again = Watched()
    assert ran(path, again).done == 2
    assert len(again.pieces) == 3
    assert {name: (done[0].parent / name).stat().st_ino for name in before} == before


def test_a_damaged_piece_is_made_again(tmp_path: Path) -> None:
    path = make_batch(tmp_path, 1)
    ran(path, Inline())
    whole = masks_of(tmp_path / "shot0.vosapp")
    piece = next((tmp_path / "jobs.batch/pieces").iterdir())
    piece.write_bytes(piece.read_bytes()[:-30] + b"x" * 30)
    for one in tmp_path.glob("jobs.batch/state.sqlite*"):
        one.unlink()
    again = Watched()
    ran(path, again)
    assert [task.piece_id for task in again.pieces] == [piece.name]
    assert masks_of(tmp_path / "shot0.vosapp") == whole


def test_another_clip_in_the_place_of_the_first_is_told(tmp_path: Path) -> None:
    path = make_batch(tmp_path, 1)
    ran(path, Inline())
    (row,) = read_rows(tmp_path / "jobs.batch")
    assert not any("is not the file" in note for note in row.facts.notes)
    shutil.rmtree(tmp_path / "jobs.batch")
    make_shot(tmp_path / "other", ahead=9).replace(tmp_path / "shot0" / "plate.mp4")
    ran(path, Inline())
    (row,) = read_rows(tmp_path / "jobs.batch")
    assert row.facts.notes.count("plate.mp4 is not the file that the masks were made for, though it may fit them.") == 1


def test_a_project_open_elsewhere_fails_with_a_sentence_and_loses_nothing(tmp_path: Path) -> None:
    path = make_batch(tmp_path, 1)
    ran(path, Inline())
    whole = masks_of(tmp_path / "shot0.vosapp")
    for one in tmp_path.glob("jobs.batch/state.sqlite*"):
        one.unlink()
    project = Project.open(tmp_path / "shot0.vosapp")
    try:
        assert ran(path, Inline()).failed == 1
    finally:
        project.close()
    (row,) = read_rows(tmp_path / "jobs.batch")
    assert "cannot be written" in row.sentence
    assert masks_of(tmp_path / "shot0.vosapp") == whole
    again = Watched()
    assert ran(path, again, retry=True).done == 1
    assert again.pieces == []


def test_changed_anchors_are_computed_anew_and_only_they(tmp_path: Path) -> None:
    path = make_batch(tmp_path, 2)
    ran(path, Inline())
    (tmp_path / "shot1.vosapp").unlink()
    (tmp_path / "shot1/mask.0007.png").write_bytes((tmp_path / "shot1/mask.0000.png").read_bytes())
    for one in tmp_path.glob("jobs.batch/state.sqlite*"):
        one.unlink()
    again = Watched()
    ran(path, again)
    assert len(again.pieces) == 2


def test_a_second_driver_is_refused_and_a_cancelled_batch_goes_on(tmp_path: Path) -> None:
    path = make_batch(tmp_path, 2)
    job: Job[BatchResult]

    def cancel_then(task: Task, n: int) -> None:
        if n == 1:
            with pytest.raises(BatchError, match="is running already"):
                ran(path, Inline())
            job.cancel()

    job = Job(batch_body(read_job_file(path), lambda: Watched(cancel_then)))
    assert job.run().outcome is Outcome.CANCELLED
    assert ran(path, Inline()).done == 2


def test_the_dry_run_lists_everything_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = make_batch(tmp_path, 2, more='[[job]]\nproject = "gone.vosapp"\n[[job]]\nproject = "none/*.vosapp"\n')
    (tmp_path / "shot1/mask.0000.png").unlink()
    (tmp_path / "shot1/mask.0007.png").unlink()
    before = sorted(tmp_path.iterdir())
    assert main(["batch", str(path), "--dry-run"]) == 1
    said = capsys.readouterr()
    assert "shot0: " in said.out
    assert "No mask was found for it." in said.out
    assert "gone.vosapp does not exist." in said.out
    assert "Nothing fits none/*.vosapp" in said.err
    assert sorted(tmp_path.iterdir()) == before
    outlooks = list(look_over(shots_of(read_job_file(path))))
    assert [bool(one.missing) for one in outlooks] == [False, True, True]


def test_ranges_of_a_job_are_in_the_clips_numbers(tmp_path: Path) -> None:
    path = make_batch(tmp_path, 1, defaults='range = "2:4"\ndirection = "forward"')
    ran(path, Inline())
    frames = {frame for _, frame in masks_of(tmp_path / "shot0.vosapp")}
    assert frames == {0, 2, 3, 4, 7}


def test_a_disk_that_really_fills_up_stops_the_batch_with_a_sentence(tmp_path: Path) -> None:
    clips = make_batch(tmp_path / "clips", 2)
    with small_disk_in(tmp_path, "2m") as disk:
        path = disk / "jobs.toml"
        path.write_text(clips.read_text().replace('clip = "shot*', f'clip = "{clips.parent}/shot*'))
        filler = disk / "filler"

        def fill(task: Task, _n: int) -> None:
            if isinstance(task, PieceTask) and not filler.exists():
                with filler.open("wb", buffering=0) as file, suppress(OSError):
                    while True:
                        file.write(bytes(4096))

        with pytest.raises(UserError, match=r"[Ff]ree space.*then vosapp batch resume"):
            ran(path, Watched(fill))
        filler.unlink()
        assert ran(path, Inline()).done == 2
        for name in ("shot0", "shot1"):
            assert len(masks_of(disk / f"{name}.vosapp")) == 8
