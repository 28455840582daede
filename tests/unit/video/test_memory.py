"""The memory that decoded pictures may take."""

from __future__ import annotations

import ctypes
from pathlib import Path

import pytest

from vosapp.video import memory


@pytest.mark.parametrize(
    ("machine", "expected"), [(8 << 30, 2 << 30), (512 << 20, 256 << 20), (1 << 40, 16 << 30), (24 << 30, 6 << 30)]
)
def test_a_quarter_within_bounds(machine: int, expected: int) -> None:
    assert memory.default_cache_bytes(machine) == expected


def test_the_limit_of_a_container_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limit, none = tmp_path / "limit", tmp_path / "none"
    limit.write_text("1073741824\n")
    none.write_text("max\n")
    monkeypatch.setattr(memory, "_CONTROL_GROUPS", (none, tmp_path / "missing"))
    whole = memory.machine_memory_bytes()
    assert whole > 1 << 28
    monkeypatch.setattr(memory, "_CONTROL_GROUPS", (none, limit))
    assert memory.machine_memory_bytes() == min(whole, 1 << 30)


def test_the_structure_asked_of_windows_has_its_size() -> None:
    assert ctypes.sizeof(memory._MemoryStatus) == 64
