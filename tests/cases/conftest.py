"""Makes the files of each case with its recipe, once a run."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.shared import shared_dir

Make = Callable[[str], Path]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Runs a recipe of the shared cases and gives the folder of its files; skips where it cannot be run."""
    folders: dict[str, Path] = {}

    def make(recipe: str) -> Path:
        if recipe not in folders:
            script = shared_dir("cases", "recipes") / recipe
            if "ffmpeg" in script.read_text() and shutil.which("ffmpeg") is None:
                pytest.skip(f"{recipe} needs the ffmpeg program, which is not installed")
            folder = tmp_path_factory.mktemp(script.stem)
            runner = ["sh"] if script.suffix == ".sh" else [sys.executable]
            done = subprocess.run([*runner, str(script), str(folder)], capture_output=True, text=True, check=False)
            folders[recipe] = folder
            if done.returncode and not any(folder.rglob("*.*")):
                pytest.skip(f"{recipe} cannot be run here: {done.stderr[-200:]}")
        return folders[recipe]

    return make


@pytest.fixture
def real() -> Path:
    """The folder of the real sample files; skips where it is absent."""
    return shared_dir("cases", "real")
