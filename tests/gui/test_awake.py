"""The computer is asked to stay awake exactly while a run goes on."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.gui.gated import GatedRuns
from tests.gui.window_driver import WindowDriver

SCRIPT = """#!/bin/sh
echo "$@" >> "{folder}/asked"
for last; do :; done
"$last"
echo over >> "{folder}/ended"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose `systemd-inhibit` writes down what it is asked, and when its child has ended."""
    program = tmp_path / "systemd-inhibit"
    program.write_text(SCRIPT.format(folder=tmp_path))
    program.chmod(0o755)
    monkeypatch.setattr("vosapp.ui.jobs.sleep_blocker.PROGRAM", "systemd-inhibit")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path


def begin(driver: WindowDriver) -> None:
    driver.workspace.viewing.view.set_brush(24)
    driver.click((50, 55))
    driver.trigger("propagate.forward")


class TestAwake(GatedRuns):
    def test_a_run_holds_a_lock_and_gives_it_back(
        self, shot: WindowDriver, gate: threading.Semaphore, folder: Path
    ) -> None:
        begin(shot)
        shot.wait((folder / "asked").exists)
        asked = (folder / "asked").read_text()
        assert "--what=sleep:idle" in asked and "--who=vosapp" in asked and "--mode=block" in asked
        assert shot.workspace.shell.awake.blocker.is_held and not (folder / "ended").exists()
        gate.release(1000)
        shot.finish_run()
        shot.wait((folder / "ended").exists)
        assert not shot.workspace.shell.awake.blocker.is_held

    def test_without_such_a_program_or_wish_nothing_is_asked(
        self, shot: WindowDriver, gate: threading.Semaphore, folder: Path
    ) -> None:
        shot.workspace.shell.settings.set("engine.keep_awake", False)
        begin(shot)
        assert not shot.workspace.shell.awake.blocker.is_held
        (folder / "systemd-inhibit").rename(folder / "elsewhere")
        shot.workspace.shell.settings.set("engine.keep_awake", True)
        gate.release(1000)
        shot.finish_run()
        assert not (folder / "asked").exists()
