"""`vosapp doctor` says what works and what to do, and names none of the user's files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vosapp import __main__, __version__
from vosapp.core import paths
from vosapp.presentation import doctor
from vosapp.presentation.doctor import Finding, State, as_text, findings


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of a test, offscreen."""
    monkeypatch.setenv("VOSAPP_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    return tmp_path / "data"


def _window() -> Finding:
    return Finding("window", State.GOOD, "Qt draws.")


def _found(subject: str) -> Finding:
    return next(finding for finding in findings(_window) if finding.subject == subject)


def test_the_command_looks_at_everything(capsys: pytest.CaptureFixture[str]) -> None:
    assert __main__.main(["doctor", "--json"]) == 0
    found = {entry["subject"]: entry for entry in json.loads(capsys.readouterr().out)}
    assert set(found) == {
        "program", "window", "video", "decoding", "engines", "memory", "weights", "your data", "crashes"
    }  # fmt: skip
    assert __version__ in found["program"]["what"]
    assert "offscreen" in found["window"]["what"], "a real Qt said it, in its own process"
    assert "H.264" in found["video"]["what"] and "writes ProRes" in found["video"]["what"]
    assert "Hybrid" in found["weights"]["what"]


def test_without_a_display_it_says_so_and_commands_still_work(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert __main__.main(["doctor"]) == 0
    assert "note     window     There is no display" in capsys.readouterr().out


def test_missing_weights_are_a_problem_with_a_way_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "_weights").mkdir()
    monkeypatch.setattr(paths, "_PACKAGE", tmp_path)
    found = _found("weights")
    assert found.state is State.BAD and "Install vosapp again" in found.advice
    assert __main__.main(["doctor"]) == 1
    assert "problem  weights" in capsys.readouterr().out


def test_a_data_folder_that_is_none_is_a_problem(own_folder: Path) -> None:
    own_folder.write_text("a file in the way")
    found = _found("your data")
    assert found.state is State.BAD and "VOSAPP_DATA_DIR" in found.advice


def test_the_home_folder_is_not_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    text = as_text(list(findings(_window)))
    assert str(tmp_path) not in text and "~" in text


def test_little_memory_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vosapp.video.memory.free_memory_bytes", lambda: 2**30)
    found = _found("memory")
    assert found.state is State.NOTE and "1.0 GiB free" in found.what


def test_crash_reports_are_counted(own_folder: Path) -> None:
    assert _found("crashes").state is State.GOOD
    (own_folder / "crashes").mkdir(parents=True)
    (own_folder / "crashes" / "crash-20260101-000000-000000.txt").write_text("x")
    assert "1 crash report in" in _found("crashes").what


def test_a_bundle_starts_itself_to_look_at_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.sys, "frozen", True, raising=False)
    assert doctor.is_bundle() and "installed as a bundle" in _found("program").what


def test_a_fault_of_a_command_is_one_line_and_a_report(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], own_folder: Path
) -> None:
    monkeypatch.setattr("vosapp.cli.doctor.findings", _broken)
    assert __main__.main(["doctor"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("vosapp: Something went wrong in the program: KeyError") and said.count("\n") == 1
    reports = list((own_folder / "crashes").glob("crash-*.txt"))
    assert len(reports) == 1 and "KeyError" in reports[0].read_text()


def _broken(_window: object) -> list[Finding]:
    raise KeyError(3)


def test_a_program_without_a_console_can_say_what_it_likes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", None)
    monkeypatch.setattr("sys.stderr", None)
    assert __main__.main(["no-such-command"]) == 2
    __main__.sys.stdout.close()
    __main__.sys.stderr.close()
