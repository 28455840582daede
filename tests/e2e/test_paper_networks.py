"""Networks of the papers through the window and the command line, with real weights files of very small networks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from tests.clips import make_clip
from tests.e2e.test_story import SIZE, all_masks, draw_disc, picture, read_masks, same
from tests.gui.window_driver import WindowDriver
from tests.small_networks import lively
from vosapp.__main__ import main
from vosapp.core.document import Origin
from vosapp.core.timeline import Direction
from vosapp.engine.networks import loaded_network
from vosapp.models import registry
from vosapp.models.preparing import Precision, can_compute
from vosapp.models.spec import Task
from vosapp.models.weights import weights_path
from vosapp.video.stills.images import write_png

FRAMES = 4
PAPERS = ("rgmp", "rgmp-gru", "s2s", "s2s++", "hs2s", "hs2s-0", "hs2s-t1", "hs2s-sim", "rvos", "agame")
ENGINES = [spec.name for spec in registry.networks(Task.ONE_SHOT) if spec.name in PAPERS]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("papers") / "disc.mp4", frames=FRAMES, size=SIZE, content=picture)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, own_data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A network of the registry made small, its weights lying where an import would put them."""
    name: str = request.param
    return install(name, monkeypatch)


def install(name: str, monkeypatch: pytest.MonkeyPatch) -> str:
    spec = registry.network(name)
    small = replace(spec, builder="tests.small_networks:trainable", options=(("name", name),))
    others = tuple(other for other in registry.NETWORKS if other.name != name)
    monkeypatch.setattr(registry, "NETWORKS", (small, *others))
    torch.manual_seed(0)
    network = lively(small.build(), seed=4)
    weights_path(name).parent.mkdir(parents=True, exist_ok=True)
    save_file({key: value.contiguous() for key, value in network.state_dict().items()}, weights_path(name))
    loaded_network.release()
    return name


def test_window_and_command_line_give_the_same_masks(
    engine: str, driver: WindowDriver, clip: Path, tmp_path: Path
) -> None:
    driver.open(clip)
    draw_disc(driver)
    drawn = driver.mask(0)
    driver.workspace.networks.runs.choose_engine(engine)
    driver.workspace.networks.runs.choose_direction(Direction.FORWARD)
    driver.trigger("propagate.forward")
    driver.finish_run()
    cell = driver.cell(FRAMES - 1)
    assert cell is not None
    assert cell.origin is Origin.PREDICTED
    assert cell.engine == engine
    in_window = all_masks(driver, FRAMES)

    write_png(tmp_path / "mask.png", drawn.astype(np.uint8))
    words = ["propagate", clip, "--mask", tmp_path / "mask.png", "--engine", engine, "--direction", "forward"]
    assert main([str(word) for word in [*words, "--out", tmp_path / "out"]]) == 0
    on_command_line = read_masks(tmp_path / "out", FRAMES)
    assert same(on_command_line, in_window)
    assert same(on_command_line[:1], [drawn])
    loaded_network.release()


@pytest.mark.parametrize("variants", ["bf16", "3-scales/crf"])
def test_variants_by_name(
    variants: str, clip: Path, own_data_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if variants == "bf16" and not can_compute(Precision.BFLOAT16, torch.device("cpu")):
        pytest.skip("this processor does not compute in bfloat16")
    install("rgmp", monkeypatch)
    mask = np.zeros(SIZE, np.uint8)
    mask[40:80, 30:70] = 1
    write_png(tmp_path / "mask.png", mask)
    words = [
        "propagate",
        clip,
        "--mask",
        tmp_path / "mask.png",
        "--engine",
        f"rgmp/{variants}",
        "--out",
        tmp_path / "out",
    ]
    assert main([str(word) for word in words]) == 0
    assert len(read_masks(tmp_path / "out", FRAMES)) == FRAMES
    loaded_network.release()
