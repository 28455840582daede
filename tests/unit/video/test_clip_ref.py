"""A clip is recognised after a move and told from another."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vosapp.core.errors import MediaError
from vosapp.video.clip_ref import clip_ref, fingerprint
from vosapp.video.open import open_video
from vosapp.video.stills.images import write_png


def sequence(folder: Path, frames: int, *, first: int = 0) -> Path:
    folder.mkdir()
    for i in range(frames):
        write_png(folder / f"shot.{first + i:04}.png", np.full((12, 16, 3), 10 * i, np.uint8))
    return folder


def test_the_facts_of_a_clip_are_kept(tmp_path: Path) -> None:
    source = open_video(sequence(tmp_path / "shot", 5, first=1001))
    ref = clip_ref(source.info)
    source.close()
    assert (ref.height, ref.width, ref.frame_count, ref.first_number) == (12, 16, 5, 1001)
    assert Path(ref.path) == tmp_path / "shot"
    assert ref.size_bytes > 0


def test_a_moved_folder_is_the_same_and_a_longer_one_is_not(tmp_path: Path) -> None:
    before = fingerprint(sequence(tmp_path / "shot", 5))
    moved = (tmp_path / "shot").rename(tmp_path / "elsewhere")
    assert fingerprint(moved) == before
    write_png(moved / "shot.0005.png", np.zeros((12, 16, 3), np.uint8))
    assert fingerprint(moved) != before


def test_both_ends_of_a_large_file_count(tmp_path: Path) -> None:
    path = tmp_path / "clip.bin"
    content = bytearray(400_000)
    path.write_bytes(content)
    before = fingerprint(path)
    content[-1] = 1
    path.write_bytes(content)
    assert fingerprint(path) != before
    assert fingerprint(path)[0] == 400_000


def test_media_that_went_away_is_named(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="gone"):
        fingerprint(tmp_path / "gone.mov")
