"""Crash reports are readable, stay here, and name no file of the user's."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from vosapp.core import crash_reports as crashes


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of a test."""
    monkeypatch.setenv("VOSAPP_DATA_DIR", str(tmp_path))
    return tmp_path


def _report_of(error: Exception) -> str:
    try:
        raise error
    except type(error) as caught:
        path = crashes.write_report(type(caught), caught, caught.__traceback__)
    assert path is not None
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "secret",
    [
        "/jobs/secret show/sh010.mov",
        r"C:\jobs\secret\sh010.mov",
        "'secret plate.exr'",
        "secret_v003.mov",
        "secret.0101.exr",
        "file:///jobs/secret",
    ],
)
def test_names_in_an_errors_text_are_left_out(secret: str) -> None:
    text = _report_of(ValueError(f"cannot seek {secret} at 12"))
    assert "ValueError: cannot seek" in text and "left out" in text
    assert (
        "sh010" not in text and "secret_v003" not in text and "secret.0101" not in text and "secret plate" not in text
    )


def test_a_report_says_what_and_where() -> None:
    text = _report_of(KeyError(12))
    assert "KeyError: 12" in text and "vosapp " in text and "Python 3" in text
    assert "_report_of" in text and str(Path(__file__).parent) not in text


def test_code_keeps_its_place_in_the_program() -> None:
    trace = '  File "/home/ada/env/lib/python3.11/site-packages/torch/nn/x.py", line 3, in f'
    assert crashes.without_names(trace) == '  File "torch/nn/x.py", line 3, in f'
    trace = r'  File "C:\Users\Ada\Programs\vosapp\_internal\vosapp\core\mask.pyc", line 7 in g'
    assert crashes.without_names(trace) == '  File "vosapp/core/mask.pyc", line 7 in g'


def test_only_the_newest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crashes, "KEPT", 3)
    for number in range(5):
        _report_of(ValueError(number))
    kept = crashes.crash_reports()
    assert len(kept) == 3 and "ValueError: 4" in kept[0].read_text()


def test_logged_errors_of_the_program_are_reported() -> None:
    logger, handler = logging.getLogger("vosapp.test_crash_reports"), crashes.ReportHandler()
    logger.addHandler(handler)
    try:
        logger.error("no traceback, no report")
        assert handler.last is None
        logger.error("failed", exc_info=ValueError("odd"))
    finally:
        logger.removeHandler(handler)
    assert handler.last is not None and "ValueError: odd" in handler.last.read_text()


def test_a_folder_that_cannot_be_written_is_no_second_trouble(own_folder: Path) -> None:
    (own_folder / "crashes").write_text("in the way")
    assert crashes.write_report(ValueError, ValueError("odd"), None) is None
    assert crashes.collect_fatal() is None
    assert crashes.crash_reports() == []


_FAULT = """
import faulthandler
from vosapp.core.crash_reports import begin_watch, end_watch
begin_watch()
{}
end_watch()
"""


def _ended(code: str) -> int:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    command = [sys.executable, "-c", _FAULT.format(code)]
    return subprocess.run(command, env=environment, capture_output=True, check=False).returncode


def test_a_fault_in_a_native_library_is_reported_at_the_next_start() -> None:
    assert _ended("faulthandler._sigabrt()") != 0
    report = crashes.collect_fatal()
    assert report is not None
    text = report.read_text()
    assert "Fatal Python error: Aborted" in text and str(Path.home()) not in text
    assert crashes.collect_fatal() is None, "it is told once"


def test_a_good_end_and_a_kill_leave_no_report(own_folder: Path) -> None:
    assert _ended("") == 0
    assert list((own_folder / "crashes").iterdir()) == []
    assert _ended("import os, signal; os.kill(os.getpid(), signal.SIGKILL)") != 0
    assert crashes.collect_fatal() is None
    assert list((own_folder / "crashes").iterdir()) == []


def test_a_window_that_goes_on_keeps_its_mark(own_folder: Path) -> None:
    folder = own_folder / "crashes"
    folder.mkdir()
    mark = folder / f"{os.getpid()}.running"
    mark.write_text("Fatal Python error")
    assert crashes.collect_fatal() is None and mark.exists()
