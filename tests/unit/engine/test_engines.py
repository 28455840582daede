"""The list of engines: quick to read, honest about what is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from vosapp.core.errors import EngineError
from vosapp.engine.engines import DEFAULT_ENGINE, build_propagator, engine, engines
from vosapp.engine.flow.propagator import FlowPropagator


@pytest.fixture(autouse=True)
def _no_weights_of_this_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOSAPP_DATA_DIR", str(tmp_path))


def test_flow_is_always_ready() -> None:
    assert engine("flow").is_ready
    assert isinstance(build_propagator("flow"), FlowPropagator)
    assert engine(DEFAULT_ENGINE).is_ready


def test_ready_engines_come_first_and_names_are_unique() -> None:
    listed = engines()
    ready = [spec.is_ready for spec in listed]
    assert ready == sorted(ready, reverse=True)
    assert len({spec.name for spec in listed}) == len(listed)
    assert all(spec.title and spec.summary for spec in listed)


def test_an_engine_without_weights_says_how_to_get_them() -> None:
    assert not engine("agame").is_ready
    with pytest.raises(EngineError, match="weights import"):
        build_propagator("agame")


def test_an_engine_that_does_not_exist_is_refused_with_the_list() -> None:
    with pytest.raises(EngineError, match=r'no engine "magic".*flow'):
        build_propagator("magic")


def test_reading_the_list_loads_no_torch_and_no_opencv() -> None:
    code = (
        "import sys; from vosapp.engine.engines import engines; engines(); "
        "import vosapp.engine.job, vosapp.engine.run.plan, vosapp.engine.run.propagation_job; "
        "print(sorted({'torch', 'cv2', 'av', 'PySide6'} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
