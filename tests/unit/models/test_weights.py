"""Weights on this computer: found, verified, removed, and asked for in words when they are missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from tests.unit.models import tiny
from vosapp.core.errors import WeightsError
from vosapp.core.paths import own_weights_dir
from vosapp.models import weights
from vosapp.models.loading import load_spec
from vosapp.models.registry import NETWORKS, network
from vosapp.models.weights import WeightsNote, WeightsState, find_weights, require_weights, sha256_of, weights_path


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VOSAPP_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(weights, "own_weights_dir", lambda: tmp_path / "own")
    return tmp_path / "data"


def _put(path: Path, *, note: bool = True) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tiny.state(), path)
    if note:
        weights.write_note(path, WeightsNote("tiny", sha256_of(path), licence="none"))
    return path


def test_without_weights_a_network_is_importable_or_was_never_published() -> None:
    for spec in NETWORKS:
        expected = WeightsState.UNPUBLISHED if spec.checkpoint is None else WeightsState.IMPORTABLE
        assert weights.weights_state(spec) is expected


def test_what_misses_is_said_with_the_way_to_get_it() -> None:
    with pytest.raises(WeightsError, match=r"A-GAME has no weights.*agame-vos.*vosapp weights import main_runfile"):
        require_weights(network("agame"))
    with pytest.raises(WeightsError, match=r"Nobody published weights.*vosapp train"):
        require_weights(network("s2s"))


def test_the_users_weights_come_before_those_of_the_program(tmp_path: Path) -> None:
    own = _put(tmp_path / "own" / "tiny.safetensors")
    found = find_weights("tiny")
    assert found is not None
    assert found.path == own
    imported = _put(weights_path("tiny"))
    found = find_weights("tiny")
    assert found is not None
    assert found.path == imported


def test_changed_weights_do_not_verify() -> None:
    path = _put(weights_path("tiny"))
    found = require_weights(tiny.spec())
    weights.verify_weights(found)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(WeightsError, match="changed since it was imported"):
        weights.verify_weights(found)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"sha256": 5}'])
def test_weights_whose_note_cannot_be_read_do_not_verify(content: str) -> None:
    path = _put(weights_path("tiny"), note=False)
    weights.note_path(path).write_text(content, encoding="utf-8")
    with pytest.raises(WeightsError, match="Nothing is written down"):
        weights.verify_weights(require_weights(tiny.spec()))


def test_removing_leaves_nothing_behind() -> None:
    path = _put(weights_path("tiny"))
    assert weights.remove_weights(tiny.spec()) == path
    assert list(path.parent.iterdir()) == []
    with pytest.raises(WeightsError, match="no imported weights"):
        weights.remove_weights(tiny.spec())


def test_damaged_and_foreign_weights_do_not_load() -> None:
    path = _put(weights_path("tiny"))
    with pytest.raises(WeightsError, match="does not fit Tiny"):
        load_spec(tiny.spec(inputs=7))
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(WeightsError, match="damaged"):
        load_spec(tiny.spec())


def test_the_programs_own_weights_are_what_was_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "own_weights_dir", own_weights_dir)
    found = require_weights(network("hybrid"))
    weights.verify_weights(found)
    load_spec(network("hybrid"))


def test_weights_in_half_precision_load_as_float32() -> None:
    path = weights_path("tiny")
    path.parent.mkdir(parents=True)
    save_file({key: value.half() if value.is_floating_point() else value for key, value in tiny.state().items()}, path)
    assert {parameter.dtype for parameter in load_spec(tiny.spec()).parameters()} == {torch.float32}


def test_looking_for_weights_loads_no_torch() -> None:
    code = "import sys, vosapp.models.weights as w; w.find_weights('agame'); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
