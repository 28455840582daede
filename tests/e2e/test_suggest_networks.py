"""Suggest objects through the window and the command line, with real weights files of very small networks."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import save_file
from torch import nn

from tests.clips import make_clip
from tests.e2e.test_story import SIZE, picture
from tests.gui.window_driver import WindowDriver
from tests.small_networks import lively, trainable
from vosapp.__main__ import main
from vosapp.engine.networks import loaded_network
from vosapp.models import registry
from vosapp.models.weights import weights_path
from vosapp.video.stills.images import read_image

FRAMES, AT = 3, 2


def small_rvos() -> nn.Module:
    return lively(trainable("rvos-zero"), seed=3, gain=2.0)


def small_cosnet() -> nn.Module:
    return lively(trainable("cosnet"), seed=2, gain=2.0)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("finding") / "disc.mp4", frames=FRAMES, size=SIZE, content=picture)


@pytest.fixture
def networks(own_data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both networks made small, their weights lying where an import would put them."""
    small = {"rvos-zero": "small_rvos", "cosnet": "small_cosnet"}
    specs = tuple(
        replace(spec, builder=f"{__name__}:{small[spec.name]}", options=()) if spec.name in small else spec
        for spec in registry.NETWORKS
    )
    monkeypatch.setattr(registry, "NETWORKS", specs)
    for name in small:
        path = weights_path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        state = registry.network(name).build().state_dict()
        save_file({key: value.contiguous() for key, value in state.items()}, path)
    loaded_network.release()


def test_window_and_command_line_suggest_the_same(
    networks: None, driver: WindowDriver, clip: Path, tmp_path: Path
) -> None:
    driver.open(clip)
    driver.go(AT)
    driver.trigger("object.suggest")
    driver.wait(lambda: not driver.workspace.networks.suggest.is_running)
    found = driver.view.shot.suggestions
    assert found is not None and found.items, driver.notice
    best = found.items[0].mask.array()

    assert main(["suggest", str(clip), "--at", str(AT), "--out", str(tmp_path / "out")]) == 0
    report = json.loads((tmp_path / "out" / "proposals.json").read_text(encoding="utf-8"))
    assert [round(item.score, 4) for item in found.items] == [entry["score"] for entry in report["proposals"]]
    written = read_image(tmp_path / "out" / report["proposals"][0]["file"])
    assert np.array_equal(written.reshape(*SIZE, -1)[..., 0] > 0, best)
    assert 0 < best.mean() < 1

    driver.trigger("edit.anchor")  # Enter
    assert np.array_equal(driver.mask(AT), best)
    loaded_network.release()
