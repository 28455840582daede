"""Awkward names of image sequences, and sequences whose first image is broken."""

from __future__ import annotations

import pytest

from tests.cases.conftest import Make
from vosapp.video.open import open_video


def count_and_missing(path) -> tuple[int, int, int]:
    source = open_video(path)
    info = source.info
    source.close()
    return info.frame_count, len(info.damaged), info.first_number


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("mixedcase", (12, 0, 1001)),
        ("twoext", (12, 0, 1001)),
        ("hash_name", (6, 0, 0)),
        ("at_name", (6, 0, 0)),
        ("pct_name", (6, 0, 0)),
        ("negative", (8, 0, -3)),
        ("gaps", (6, 2, 1001)),
        ("rollover", (5, 0, 9998)),
    ],
)
def test_folders(folder: str, expected: tuple[int, int, int], made: Make) -> None:
    assert count_and_missing(made("sequences.py") / folder) == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("mixedcase/shot_%04d.png", (12, 0, 1001)),
        ("hash_name/sc#2_####.png", (6, 0, 0)),
        ("at_name/take@3.@@@@.png", (6, 0, 0)),
        ("at_name/take@3.%04d.png", (6, 0, 0)),
        ("pct_name/100%d_%04d.png", (6, 0, 0)),
        ("negative/shot.%05d.png", (8, 0, -3)),
    ],
)
def test_the_last_placeholder_counts(pattern: str, expected: tuple[int, int, int], made: Make) -> None:
    assert count_and_missing(made("sequences.py") / pattern) == expected


@pytest.mark.parametrize(("folder", "size"), [("broken", (108, 192)), ("empty", (108, 192)), ("slate", (108, 192))])
def test_a_broken_first_image_is_one_damaged_frame(folder: str, size: tuple[int, int], made: Make) -> None:
    source = open_video(made("sequence_first.sh") / folder)
    assert (source.info.height, source.info.width, source.info.frame_count) == (*size, 12)
    assert [n for n in range(12) if source.is_damaged(n)] == [0]
    source.close()
