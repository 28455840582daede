"""Fixtures for the tests of core."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

MEMORY_DISK = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


@pytest.fixture
def quick_path() -> Iterator[Path]:
    """A folder in memory where there is one: for tests that would spend most of their time waiting for a disk."""
    folder = Path(tempfile.mkdtemp(prefix="vosapp-test-", dir=MEMORY_DISK))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def tmp_path(quick_path: Path) -> Path:
    """The same, for every test of core that wants a folder."""
    return quick_path


@pytest.fixture(autouse=True)
def data_dir(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's folder of its own for each test, so that none reaches the real one."""
    folder = tmp_path_factory.mktemp("data")
    monkeypatch.setenv("VOSAPP_DATA_DIR", str(folder))
    return folder


@pytest.fixture(autouse=True)
def unhurried_writer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two lines of a test the writer does nothing by itself, however long the machine takes for them."""
    monkeypatch.setattr("vosapp.core.storage.writer.IDLE_CHECKPOINT_S", 600.0)
    monkeypatch.setattr("vosapp.core.storage.writer.RETRY_S", 600.0)
