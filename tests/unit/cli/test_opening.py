"""What is neither a command nor a file, and what the window needs of the system."""

from __future__ import annotations

from pathlib import Path

import pytest

from vosapp.__main__ import main
from vosapp.ui.preconditions import missing_library


def test_a_mistyped_command_is_wrong_usage_and_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["propagte", "x"]) == 2
    assert "Did you mean vosapp propagate?" in capsys.readouterr().err


def test_a_file_that_is_not_there_opens_no_window(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "gone.mov")]) == 2
    assert "neither a command nor a file" in capsys.readouterr().err


def test_without_a_display_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert main([]) == 1
    assert "There is no display" in capsys.readouterr().err


def test_a_missing_library_is_named_with_its_package() -> None:
    error = missing_library("libxcb-cursor.so.0: cannot open shared object file: No such file or directory")
    assert "libxcb-cursor.so.0" in error.message and "libxcb-cursor0" in error.hint
