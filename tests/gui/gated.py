"""Runs that go on only as far as a test lets them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial

import pytest

from tests.gui.fakes import GatedPropagator
from tests.gui.window_driver import WindowDriver
from vosapp.engine.run.propagation_job import propagation_body
from vosapp.ui.controllers.networks.runs import MakeBody


class GatedRuns:
    """Fixtures for a class of tests: every frame of a run waits at the gate."""

    @pytest.fixture
    def gate(self) -> threading.Semaphore:
        return threading.Semaphore(0)

    @pytest.fixture(autouse=True)
    def opened_in_the_end(self, driver: WindowDriver, gate: threading.Semaphore) -> Iterator[None]:
        """Lets the run go on before the window closes, which waits for it."""
        yield
        gate.release(1000)

    @pytest.fixture
    def make_body(self, gate: threading.Semaphore) -> MakeBody:
        return partial(propagation_body, build=lambda _: GatedPropagator(gate))
