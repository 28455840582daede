"""Places of the window and of projects survive, and what is no place is not believed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vosapp.presentation import window_memory
from vosapp.presentation.view_state import ObjectStyle
from vosapp.presentation.window_memory import ShotPlace, WindowMemory, WindowPlace, first_size


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VOSAPP_DATA_DIR", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("available", "size"),
    [
        ((1280, 720), (1278, 680)),
        ((1366, 728), (1364, 688)),
        ((1920, 1040), (1440, 900)),
        ((960, 540), (958, 500)),  # 1920x1080 at twice the size
        ((0, 0), (1, 1)),
    ],
)
def test_a_first_window_fits_the_screen(available: tuple[int, int], size: tuple[int, int]) -> None:
    assert first_size(available) == size


def test_places_are_kept() -> None:
    window, shot = (
        WindowPlace(-1500, 20, 1200, 700, True, 300, 180),
        ShotPlace(12.5, 0.7, 40, hidden=(2,), styles={3: ObjectStyle.BOTH}),
    )
    WindowMemory().keep_window(window)
    WindowMemory().keep_shot("a", shot)
    memory = WindowMemory()
    assert memory.window() == window
    assert memory.shot("a") == shot
    assert memory.shot("b") is None


def test_the_oldest_projects_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window_memory, "KEPT", 2)
    memory = WindowMemory()
    for name in ("a", "b", "a", "c"):
        memory.keep_shot(name, ShotPlace(1.0, 0.5, 0))
    assert [memory.shot(name) is not None for name in "abc"] == [True, False, True]


@pytest.mark.parametrize(
    "stored",
    [
        "no json",
        [],
        {"window": 5, "shots": 5},
        {"window": {"x": 0, "y": 0, "width": 10**9, "height": 5}, "shots": {"a": 5}},
        {"window": {"x": 0, "y": 0, "width": 0, "height": 5, "side_px": 0, "below_px": 0}},
        {"shots": {"a": {"brush_px": "thick", "opacity": 0.5, "frame_index": 0}}},
        {"shots": {"a": {"brush_px": 5, "opacity": 0.5, "frame_index": -1}}},
        {"shots": {"a": {"brush_px": float("nan"), "opacity": 0.5, "frame_index": 1}}},
    ],
)
def test_what_is_no_place_is_left_out(folder: Path, stored: object) -> None:
    (folder / "window.json").write_text(stored if isinstance(stored, str) else json.dumps(stored))
    assert WindowMemory().window() is None
    assert WindowMemory().shot("a") is None


def test_objects_that_are_shown_in_no_known_way_are_shown_as_usual(folder: Path) -> None:
    entry = {"brush_px": 5, "opacity": 0.5, "frame_index": 0, "hidden": [1, "2", True], "styles": {"1": "dots", "x": 3}}
    (folder / "window.json").write_text(json.dumps({"shots": {"a": entry}}))
    assert WindowMemory().shot("a") == ShotPlace(5.0, 0.5, 0, hidden=(1,))
