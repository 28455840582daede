"""The footage page names every codec and image kind that the contract suite opens, and no other."""

from __future__ import annotations

import re

from tests.contracts.test_video_source import KINDS, SEQUENCES
from tests.shared import REPOSITORY


def test_page_and_suite_agree() -> None:
    page = (REPOSITORY / "docs" / "footage.md").read_text(encoding="utf-8")
    rows = [line.split("|")[2] for line in page.splitlines() if re.match(r"\| [A-Z].*`", line)]
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert named == {kind.codec for kind in [*KINDS.values(), *SEQUENCES.values()]}
