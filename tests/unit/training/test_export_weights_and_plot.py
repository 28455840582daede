"""What leaves training: half-precision weights and a picture of the run."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from vosapp.core.errors import UserError
from vosapp.training.checkpoint import AVERAGE, CheckpointError
from vosapp.training.export_weights import export_weights
from vosapp.training.log import RunLog
from vosapp.training.plot import draw_log


def test_shipped_weights_are_the_average_in_half_precision(tmp_path: Path) -> None:
    save_file({"a": torch.tensor([0.1, 2.0]), "steps": torch.tensor(7)}, tmp_path / AVERAGE)
    size = export_weights(tmp_path, tmp_path / "out" / "hybrid.safetensors")
    shipped = load_file(tmp_path / "out" / "hybrid.safetensors")
    assert size == (tmp_path / "out" / "hybrid.safetensors").stat().st_size
    assert shipped["a"].dtype == torch.float16
    torch.testing.assert_close(shipped["a"].float(), torch.tensor([0.1, 2.0]), atol=1e-4, rtol=0)
    assert shipped["steps"] == 7


def test_what_cannot_be_shipped_is_said(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no averaged weights"):
        export_weights(tmp_path, tmp_path / "x")
    save_file({"big": torch.tensor([1e6])}, tmp_path / AVERAGE)
    with pytest.raises(CheckpointError, match="big"):
        export_weights(tmp_path, tmp_path / "x")


def test_the_plot_rises_with_the_figures(tmp_path: Path) -> None:
    log = RunLog(tmp_path / "log.csv")
    with pytest.raises(UserError, match="nothing"):
        draw_log(tmp_path / "log.csv")
    for k in range(5):
        log.add({"step": k, "minutes": float(k), "val_jaccard": 0.2 * k})
    picture = draw_log(tmp_path / "log.csv")
    reds = (picture == (200, 40, 40)).all(axis=-1)
    reds[:100, 480:] = False  # the legend
    rows = [reds[:, column].argmax() for column in range(60, 660, 100)]
    assert rows == sorted(rows, reverse=True)
    assert rows[0] - rows[-1] > 150
    with pytest.raises(UserError, match="cannot be read"):
        draw_log(tmp_path / "nowhere.csv")
