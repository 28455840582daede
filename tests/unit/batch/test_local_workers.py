"""Real worker processes: those that hang, need too much memory or die take only their shot along."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.batches import JOBS, make_shot, masks_of
from tests.unit.batch.poison import act
from tests.unit.batch.test_batch import ran
from vosapp.batch.budget import stall_file
from vosapp.batch.job_file import read_job_file
from vosapp.batch.journal import read_rows
from vosapp.batch.local_workers import LocalWorkers
from vosapp.batch.shot_state import State
from vosapp.batch.workers import Inline

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is capped on Linux alone")


def test_every_poison_ends_its_own_shot_with_its_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    for number, name in enumerate(("shot-deadly", "shot-good", "shot-hangs", "shot-unlucky")):
        make_shot(tmp_path / name, ahead=3 * number)
    make_shot(tmp_path / "shot-hungry", frames=3, size=(1080, 1920))
    path = tmp_path / "jobs.toml"
    path.write_text(JOBS.format(defaults="", limits="", more="", stall_s=300), encoding="utf-8")
    limits = read_job_file(path).limits
    result = ran(path, LocalWorkers(limits, act))  # type: ignore[arg-type]
    rows = {row.name: row for row in read_rows(tmp_path / "jobs.batch")}
    assert {name for name, row in rows.items() if row.state is State.DONE} == {"shot-good", "shot-unlucky"}
    assert (result.done, result.failed) == (2, 3)
    assert "died (exit code -9)" in rows["shot-deadly"].sentence
    assert "No frame was finished for" in rows["shot-hangs"].sentence
    assert "poison.py" in rows["shot-hangs"].facts.detail, "where it hung"
    assert "needs more memory than the" in rows["shot-hungry"].sentence
    assert not list(stall_file("x").parent.glob("vosapp-stall-*.txt"))
    made = masks_of(tmp_path / "shot-unlucky.vosapp")
    (tmp_path / "shot-unlucky.vosapp").unlink()
    for one in (tmp_path / "jobs.batch/pieces").iterdir():
        one.unlink()
    for one in tmp_path.glob("jobs.batch/state.sqlite*"):
        one.unlink()
    for name in ("shot-deadly", "shot-hangs", "shot-hungry", "shot-good"):
        (tmp_path / name / "plate.mp4").rename(tmp_path / name / "away.mp4")
    ran(path, Inline())
    assert masks_of(tmp_path / "shot-unlucky.vosapp") == made, "processes with one thread each give the same bits"
