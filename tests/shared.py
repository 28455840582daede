"""Where the test material that is not part of the repository lies."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REQUIRE_PARITY = "VOSAPP_REQUIRE_PARITY"
REPOSITORY = Path(__file__).resolve().parents[1]


def shared_dir(*parts: str) -> Path:
    """A folder of the shared material beside the checkout; skips the calling test where it is absent.

    Where `REQUIRE_PARITY` is set in the environment the material must be there, and the test fails without it.
    """
    folder = REPOSITORY.parent.joinpath("shared", *parts)
    if not folder.exists():
        if os.environ.get(REQUIRE_PARITY, "") not in ("", "0"):
            pytest.fail(f"{REQUIRE_PARITY} is set, but the shared test material {'/'.join(parts)} is missing")
        pytest.skip(f"needs the shared test material {'/'.join(parts)}, which is not beside this checkout")
    return folder
