"""The command as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.evaluation import miniatures
from vosapp.cli.app import EXIT_DONE, EXIT_USER_ERROR, main


def test_it_prints_a_table_and_writes_both_reports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = miniatures.clip_folder(tmp_path / "set")
    words = ["evaluate", str(root), "--engine", "plain-dis", "--corrections", "1", "--no-suite"]
    outputs = [
        "--json",
        str(tmp_path / "a.json"),
        "--html",
        str(tmp_path / "page"),
        "--save-masks",
        str(tmp_path / "m"),
    ]
    assert main([*words, *outputs]) == EXIT_DONE
    shown = capsys.readouterr()
    assert "squares" in shown.out
    assert "all objects" in shown.out
    assert "plain-dis 1/1 squares: J&F" in shown.err
    content = json.loads((tmp_path / "a.json").read_text())
    assert [section["dataset"] for section in content["sections"]] == ["set"]
    assert "--corrections 1" in content["command"]
    assert (tmp_path / "page/index.html").is_file()
    assert len(list((tmp_path / "m/squares").iterdir())) == miniatures.FRAMES


def test_one_clip_of_the_synthetic_suite(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "synthetic", "--engine", "plain-dis", "--clips", "scale"]) == EXIT_DONE
    assert "scale" in capsys.readouterr().out


def test_a_transfer_benchmark_shows_errors_by_distance(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = miniatures.jumpcut(tmp_path / "set", frames=10)
    assert main(["evaluate", str(root), "--engine", "plain-dis", "--html", str(tmp_path / "p"), "--no-suite"]) == 0
    shown = capsys.readouterr()
    assert "error after 8 frames" in shown.err
    assert "error in % after" in shown.out
    assert "error in % after" in (tmp_path / "p/index.html").read_text()


def test_a_failed_clip_is_told_and_ends_with_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = miniatures.clip_folder(tmp_path)
    (root / "squares/frames/00003.jpg").write_bytes(b"")
    assert main(["evaluate", str(root), "--engine", "plain-dis"]) == 1
    assert "00003.jpg is no picture" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["evaluate", "nowhere"], "There is no folder nowhere"),
        (["evaluate", "synthetic", "--suggest", "flow"], "flow proposes no objects"),
        (["evaluate", "synthetic", "--engine", "magic"], 'no engine "magic"'),
        (["evaluate", "synthetic", "--engine", "plain-dis", "--clips", "x"], "synthetic has no clip x"),
    ],
)
def test_mistakes_get_one_sentence(words: list[str], reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == EXIT_USER_ERROR
    assert reason in capsys.readouterr().err


def test_numbers_are_checked(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["evaluate", "synthetic", "--jobs", "many"])
    assert ended.value.code == 2
    assert "'many' is not a whole number" in capsys.readouterr().err


def test_cuts_and_sessions_print_tables_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = miniatures.clip_folder(tmp_path / "set")
    assert main(["evaluate", str(root), "--cuts"]) == EXIT_DONE
    assert "each by itself" in capsys.readouterr().out
    assert main(["evaluate", str(root), "--engine", "plain-dis", "--session", "1"]) == EXIT_DONE
    shown = capsys.readouterr()
    assert "right after" in shown.out and "squares, tenth" in shown.err
    for option in (["--cuts"], ["--session", "1"]):
        assert main(["evaluate", str(root), *option, "--json", str(tmp_path / "a.json")]) == EXIT_USER_ERROR
        assert "takes no --json" in capsys.readouterr().err
