"""What holds for every test: the speed and the load of the machine decide nothing."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

# No example has a time limit, and the examples are the same on every run: what fails for one fails for all.
settings.register_profile(
    "everywhere", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None
)
settings.load_profile("everywhere")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Skips what this processor cannot compute: oneDNN packs bfloat16 weights only where AVX-512 is."""
    try:
        return (yield)
    except RuntimeError as error:
        if "bf16 path needs the cpu support" in str(error):
            pytest.skip("this processor does not compute in bfloat16")
        raise
