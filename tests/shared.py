"""Where the test material that is not part of the repository lies."""

from __future__ import annotations

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]


def shared_dir(*parts: str) -> Path:
    """A folder of the shared material beside the checkout; skips the calling test where it is absent."""
    folder = REPOSITORY.parent.joinpath("shared", *parts)
    if not folder.exists():
        pytest.skip(f"needs the shared test material {'/'.join(parts)}, which is not beside this checkout")
    return folder
