"""Files in the form in which each network's authors publish weights are recognised and fit.

The real files are not here; these have every key and shape of them. Their tensors are one number spread over the
whole shape, so that a file of 1.7 GB takes a few kilobytes.
"""

from __future__ import annotations

import sys
import types
import zipfile
from pathlib import Path

import pytest
import torch
from torch import Tensor

from tests.parity.fill import describe
from vosapp.cli.app import main
from vosapp.core.errors import WeightsError
from vosapp.models.importing import read_published
from vosapp.models.loading import load_network


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VOSAPP_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def _entries(folder: str, section: str | None = None, *, prefix: str = "", counters: bool = True) -> dict[str, Tensor]:
    """Every entry of the authors' state dict, each one number in storage."""
    return {
        prefix + entry.key: torch.zeros((), dtype=torch.int64)
        if entry.is_counter
        else torch.ones(1).expand(entry.shape)
        for entry in describe(folder, section).entries
        if counters or not entry.is_counter
    }


def _old(content: object, path: Path) -> Path:
    """Writes torch's format from before 2020, in which all of these files are."""
    torch.save(content, path, _use_new_zipfile_serialization=False)
    return path


def _optimizer() -> dict[str, object]:
    return {"state": {0: {"step": 3, "exp_avg": torch.zeros(4)}}, "param_groups": [{"lr": 1e-4, "params": [0]}]}


def _agame(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """With statistics beside the weights, as instances of the authors' own class."""
    meter = type("AverageMeter", (), {"__module__": "utils.stats"})
    inner = types.ModuleType("utils.stats")
    inner.AverageMeter = meter  # type: ignore[attr-defined]
    content = {"epoch": 99, "net_type": "AGAME", "net": _entries("agame"), "optimizer": _optimizer()}
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "utils", types.ModuleType("utils"))
        patch.setitem(sys.modules, "utils.stats", inner)
        stats = meter()
        stats.val = stats.avg = 0.5
        return [_old({**content, "stats": {"loss": stats}, "use_gpu": True}, folder / "main_runfile_beta_best.pth.tar")]


def _rvos(folder: Path, decoder: str, name: str) -> list[Path]:
    """In a zip, with optimizers and options that must not be opened."""
    encoder = _old(_entries("rvos", "encoder"), folder / "encoder.pt")
    legacy = {"fc_stop.weight": torch.zeros(1, 240), "fc_stop.bias": torch.zeros(1)}
    decoder_path = _old({**_entries("rvos", decoder), **legacy}, folder / "decoder.pt")
    archive = folder / name
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        stem = archive.stem
        packed.write(encoder, f"{stem}/encoder.pt")
        packed.write(decoder_path, f"{stem}/decoder.pt")
        packed.writestr(f"{stem}/args.pkl", b"cos\nsystem\n(S'true'\ntR.")
        packed.writestr(f"{stem}/enc_opt.pt", b"not to be opened")
    return [archive]


def _cosnet(folder: Path, *, counters: bool) -> list[Path]:
    content = {"epoch": 43, "model": _entries("cosnet", prefix="module.", counters=counters)}
    return [_old(content, folder / "co_attention.pth")]


def _s2s_plus_plus(folder: Path) -> list[Path]:
    content: dict[str, object] = {"optimizer": _optimizer()}
    for key, value in _entries("s2s_plus_plus").items():
        section, _, rest = key.partition(".")
        content.setdefault(section, {})[rest] = value  # type: ignore[index]
    return [_old(content, folder / "weights.pth")]


def _hs2s(folder: Path) -> list[Path]:
    content = {"model": _entries("hs2s", prefix="module."), "optimizer": _optimizer()}
    return [_old(content, folder / "weights_HS2S.pth")]


def _rgmp(folder: Path) -> list[Path]:
    return [_old(_entries("rgmp", prefix="module.", counters=False), folder / "weights.pth")]


def _published(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    if name == "agame":
        return _agame(folder, monkeypatch)
    return {
        "rvos": lambda: _rvos(folder, "decoder_one_shot", "one-shot-model-youtubevos.zip"),
        "rvos-zero": lambda: _rvos(folder, "decoder_zero_shot", "zero-shot-model-youtubevos.zip"),
        "cosnet": lambda: _cosnet(folder, counters=False),
        "s2s++": lambda: _s2s_plus_plus(folder),
        "hs2s": lambda: _hs2s(folder),
        "rgmp": lambda: _rgmp(folder),
    }[name]()


@pytest.mark.parametrize("name", ["agame", "rvos", "rvos-zero", "cosnet", "s2s++", "hs2s", "rgmp"])
def test_a_published_file_is_recognised(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec, _state, _names = read_published(_published(name, tmp_path, monkeypatch))
    assert spec.name == name


@pytest.mark.parametrize("name", ["agame", "rvos-zero"])
def test_the_commands_import_verify_list_and_remove(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [str(path) for path in _published(name, tmp_path, monkeypatch)]
    assert main(["weights", "import", *paths]) == 0
    output = capsys.readouterr().out
    assert "Imported weights of" in output
    assert "SHA-256" in output
    assert "Licence: " in output
    assert all(float(p.flatten()[0]) == 1 for p in load_network(name).parameters())
    assert main(["weights", "verify"]) == 0
    assert main(["weights", "list"]) == 0
    assert "present," in capsys.readouterr().out
    assert main(["weights", "remove", name]) == 0
    assert main(["weights", "verify", name]) == 1
    assert "has no weights on this computer" in capsys.readouterr().err


def test_the_encoder_alone_is_refused(tmp_path: Path) -> None:
    path = _old(_entries("rvos", "encoder"), tmp_path / "encoder.pt")
    with pytest.raises(WeightsError, match=r"decoder\.clstm_list.*encoder\.pt and decoder\.pt together"):
        read_published([path])


def test_code_beside_the_statistics_of_agame_is_refused(tmp_path: Path) -> None:
    class Stats:
        def __reduce__(self) -> tuple[object, ...]:
            return print, ("this must never be printed",)

    path = _old({"net": _entries("agame"), "stats": {"loss": Stats()}}, tmp_path / "main_runfile_beta_best.pth.tar")
    assert main(["weights", "import", str(path)]) == 1
    with pytest.raises(WeightsError, match="holds code"):
        read_published([path])
