"""Spoiled files give a frame or a clear error; nothing crashes, hangs or raises anything else."""

from __future__ import annotations

from pathlib import Path

from tests.fuzz.fuzz_video import campaign


def test_sixty_spoiled_files(tmp_path: Path) -> None:
    results = campaign(tmp_path, files=60, first_seed=1_000_000)
    assert len(results) == 60
    bad = [result for result in results if result.is_bad]
    assert not bad, bad
    # Both outcomes have to occur, or the files are spoiled too little or too much to test anything.
    kinds = [result.kind for result in results]
    assert kinds.count("frames") >= 15
    assert kinds.count("error") >= 5
