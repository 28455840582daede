"""The command that measures changes of the engine's constants."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.moving_clip import MovingClip
from vosapp.core.document import ObjectId
from vosapp.engine.flow.propagator import FlowPropagator
from vosapp.engine.hybrid.settings import HybridOptions
from vosapp.evaluation.dataset import Dataset
from vosapp.evaluation.evaluate import evaluate

SCRIPT = Path(__file__).parents[4] / "packaging" / "ablate_engine.py"


@pytest.fixture(scope="module")
def command() -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location("ablate_engine", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, spec.name, module)  # where dataclasses look for what their annotations name
        spec.loader.exec_module(module)
        yield module


def test_changes_reach_the_constants_that_they_name(command: ModuleType) -> None:
    options = command.changed(HybridOptions(), "lean=0, window.pace=1")
    assert (options.lean, options.window.pace) == (0.0, 1.0)
    assert options.window.side_px == HybridOptions().window.side_px
    assert command.changed(HybridOptions(), "") == HybridOptions()


@pytest.mark.parametrize("change", ["leen=0", "window.pase=1", "lean.pace=1"])
def test_a_constant_that_there_is_not_is_named(command: ModuleType, change: str) -> None:
    with pytest.raises(ValueError, match="There is no constant"):
        command.changed(HybridOptions(), change)


def test_one_object_of_a_clip_alone_is_scored_as_a_row_of_the_table(command: ModuleType) -> None:
    clip = command.Alone(MovingClip(frame_count=4), ObjectId(2))
    scores = list(evaluate(Dataset("made", [clip]), FlowPropagator))
    assert [one.object_id for one in scores[0].objects] == [2]
    assert not scores[0].failure
    lines = command.table({"": scores, "lean=0": scores}).splitlines()
    assert [line.split(" | ")[0] for line in lines[2:]] == ["| as it is", "| lean=0"]
    assert f"{100 * scores[0].j_and_f:.1f}" in lines[2]
