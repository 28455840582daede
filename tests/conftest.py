"""What holds for every test: the speed and the load of the machine decide nothing."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# No example has a time limit, and the examples are the same on every run: what fails for one fails for all.
settings.register_profile(
    "everywhere", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None
)
settings.load_profile("everywhere")
