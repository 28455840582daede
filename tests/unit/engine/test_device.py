"""A graphics card is used when it computes, and a broken one is told of in a sentence while the processor works."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
import torch

from vosapp.core.errors import EngineError
from vosapp.engine import device
from vosapp.engine.engines import build_propagator
from vosapp.engine.run_context import RunContext


@pytest.fixture
def cuda_build(monkeypatch: pytest.MonkeyPatch) -> None:
    """This torch as if it had been built for CUDA, on a machine without Apple's graphics."""
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


def test_a_driver_that_is_too_old_means_the_processor_and_a_sentence(
    cuda_build: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def complain() -> bool:
        warnings.warn(
            "CUDA initialization: The NVIDIA driver on your system is too old (found version 11040). "
            "Please update it. (Triggered internally at CUDAFunctions.cpp:119.)",
            stacklevel=1,
        )
        return False

    monkeypatch.setattr(torch.cuda, "is_available", complain)
    found = device.accelerator()
    assert found.kind == "cpu"
    assert "driver on your system is too old" in found.problem and "Triggered" not in found.problem
    assert device.choose_device("auto") == torch.device("cpu")


def test_a_card_that_does_not_compute_is_not_used(cuda_build: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The driver says yes and the first computation fails: here torch has no CUDA, so it really does."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda _: "A card")
    if torch.backends.cuda.is_built():
        pytest.skip("this torch can compute on cards")
    # what torch says of a device that it was not built for is an AssertionError; of one that fails, a RuntimeError
    monkeypatch.setattr(torch, "ones", _failing)
    found = device.accelerator()
    assert (found.kind, found.name) == ("cpu", "A card")
    assert "no kernel image is available" in found.problem and "\n" not in found.problem


def _failing(*_shape: int, device: str) -> torch.Tensor:
    raise RuntimeError(
        f"{device.upper()} error: no kernel image is available for execution on the device\nCompile with"
    )


def test_a_card_without_a_driver_is_told_of(cuda_build: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(device, "_PCI", tmp_path)
    monkeypatch.setattr(device.sys, "platform", "linux")
    assert device.accelerator().problem == ""
    card = tmp_path / "0000:01:00.0"
    card.mkdir()
    (card / "vendor").write_text("0x10de\n")
    (card / "class").write_text("0x030000\n")
    assert "driver does not answer" in device.accelerator().problem


def test_a_cpu_build_needs_no_excuse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.version, "cuda", None)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert device.accelerator() == device.Accelerator("cpu")
    with pytest.raises(EngineError, match='no device "cuda"'):
        device.choose_device("cuda")


def test_the_run_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "accelerator", lambda: device.Accelerator("cpu", "A card", "It cannot be used."))
    said: list[str] = []
    build_propagator("hybrid", context=RunContext(report=said.append))
    assert said == ["It cannot be used."]
    build_propagator("flow", context=RunContext(report=said.append))
    assert len(said) == 1
