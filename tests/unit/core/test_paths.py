"""The folders of the program are where the platform and the installation say."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from vosapp.core import paths


def test_the_environment_overrides_the_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VOSAPP_DATA_DIR", str(tmp_path))
    assert paths.user_data_dir() == tmp_path


@pytest.mark.parametrize("platform", ["linux", "win32", "darwin"])
def test_the_platforms_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, platform: str) -> None:
    for name in ("VOSAPP_DATA_DIR", "XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setattr(sys, "platform", platform)
    folder = paths.user_data_dir()
    assert folder.is_relative_to(tmp_path) and folder.name == "vosapp"


def test_resources_and_weights_are_there_in_a_checkout() -> None:
    assert paths.resources_dir().is_dir()
    assert paths.own_weights_dir().is_dir()


def test_an_installed_package_has_them_inside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "_resources").mkdir()
    monkeypatch.setattr(paths, "_PACKAGE", tmp_path)
    assert paths.resources_dir() == tmp_path / "_resources"
