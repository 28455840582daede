"""The real window with real engines; the hands of its user come from the window's own tests."""

from __future__ import annotations

import pytest

from tests.gui.conftest import driver, no_leaks, own_data_folder, patient
from vosapp.engine.run.propagation_job import propagation_body
from vosapp.ui.controllers.networks.runs import MakeBody

__all__ = ["driver", "no_leaks", "own_data_folder", "patient"]


@pytest.fixture
def make_body() -> MakeBody:
    """The body of runs that users get."""
    return propagation_body
