"""Five kills of a batch's workers and drivers; `python -m tests.attack batch-kills --count 50` does more."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.attack.batch_kills import KILLS_OF_A_BATCH, batch_with_kills


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="workers are found in /proc")
def test_a_batch_that_is_killed_five_times_ends_with_the_same_masks(tmp_path: Path) -> None:
    found = batch_with_kills(tmp_path, KILLS_OF_A_BATCH, seed=3)
    assert not [outcome for outcome in found if "BROKEN" in outcome], found
    assert any("killed" in outcome for outcome in found), found
