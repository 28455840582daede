"""Remembers which tests ran in this process: with several processes a module may be spread over them."""

from __future__ import annotations

import pytest

from tests.parity.case import RAN


def pytest_runtest_call(item: pytest.Item) -> None:
    """Notes that a test began."""
    RAN.add(item.nodeid)
