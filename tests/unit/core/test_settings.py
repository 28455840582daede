"""Settings keep what the user chose and never take in what is not allowed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vosapp.core.errors import UserError
from vosapp.core.settings import TABLE, Settings, settings_path


def test_every_default_is_allowed_and_explained() -> None:
    for name, setting in TABLE.items():
        assert setting.name == name
        assert setting.accepts(setting.default), name
        assert setting.help.endswith("."), name
        assert setting.title and len(setting.title) <= 24, name
        if isinstance(setting.default, (int, float)) and not isinstance(setting.default, bool):
            assert setting.minimum is not None and setting.maximum is not None, name


def test_values_survive_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "settings.json"
    settings = Settings(path)
    assert settings.get("tool.brush_px", float) == 24.0
    settings.set("tool.brush_px", 40)
    settings.set("engine.device", "cpu")
    settings.set("view.loop", False)
    again = Settings(path)
    assert again.get("tool.brush_px", float) == 40.0
    assert again.get("engine.device", str) == "cpu"
    assert again.get("view.loop", bool) is False
    again.reset()
    assert {s.name: v for s, v in Settings(path)} == {s.name: s.default for s in TABLE.values()}
    assert [p.name for p in path.parent.iterdir()] == ["settings.json"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tool.brush_px", 0.0),
        ("tool.brush_px", float("nan")),
        ("engine.device", "abacus"),
        ("view.loop", 1),
        ("memory.frame_cache_mb", 100.5),
        ("memory.frame_cache_mb", True),
    ],
)
def test_what_is_not_allowed_is_refused_with_what_is(tmp_path: Path, name: str, value: object) -> None:
    settings = Settings(tmp_path / "settings.json")
    with pytest.raises(UserError, match="Allowed"):
        settings.set(name, value)  # type: ignore[arg-type]
    assert not (tmp_path / "settings.json").exists()


def test_a_bad_file_gives_defaults_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    for content in (b"{", b"[1]", b"\xff\xfe", b"[" * 100_000):
        path.write_bytes(content)
        settings = Settings(path)
        assert settings.get("tool.brush_px", float) == 24.0
        assert str(path) in settings.problems[0]


def test_bad_entries_are_passed_over_and_unknown_ones_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"tool.brush_px": -1, "future.thing": [1], "view.loop": False}))
    settings = Settings(path)
    assert len(settings.problems) == 1
    assert settings.get("tool.brush_px", float) == 24.0
    settings.set("video.find_cuts", False)
    stored = json.loads(path.read_text())
    assert stored["future.thing"] == [1]
    assert stored["view.loop"] is False


def test_wrong_names_and_types_are_bugs(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.json")
    with pytest.raises(KeyError):
        settings.get("no.such", str)
    with pytest.raises(TypeError):
        settings.get("tool.brush_px", int)


def test_what_another_window_changed_stays(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    one, other = Settings(path), Settings(path)
    one.set("project.history_mb", 512)
    one.set("view.loop", False)
    other.set("network.offline", True)
    other.set("view.loop", True)
    again = Settings(path)
    assert again.get("project.history_mb", int) == 512
    assert again.get("network.offline", bool) and again.get("view.loop", bool)
    assert one.get("view.loop", bool) is False, "a window goes on as it was set in it"
    one.reset()
    other.set("engine.device", "cpu")
    assert json.loads(path.read_text()) == {"engine.device": "cpu"}
    path.unlink()
    other.set("view.loop", False)
    assert Settings(path).get("engine.device", str) == "cpu"


def test_the_file_is_in_the_users_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VOSAPP_DATA_DIR", str(tmp_path / "data"))
    assert settings_path() == tmp_path / "data" / "settings.json"
