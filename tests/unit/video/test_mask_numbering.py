"""The frames that masks go to: those that the names of their files say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from vosapp.video.masks.mask_sequence import Numbering, images_by_frame, read_masks
from vosapp.video.stills.images import write_png


def images(folder: Path, names: Sequence[str]) -> Path:
    folder.mkdir(parents=True)
    for name in names:
        write_png(folder / f"{name}.png", np.full((8, 8), 255, np.uint8))
    return folder


@pytest.mark.parametrize(
    ("names", "frames"),
    [
        (["00003", "00040", "00055"], [3, 40, 55]),
        (["m.0000", "m.0040"], [0, 40]),
        (["00050"], [50]),
        (["fish.0007"], [7]),
        (["7"], [7]),
        (["fish_v2"], [0]),
        (["20240105", "20240301"], [0, 1]),  # dates number no frames
    ],
)
def test_few_masks_go_where_their_names_say(tmp_path: Path, names: list[str], frames: list[int]) -> None:
    assert sorted(images_by_frame(images(tmp_path / "masks", names), Numbering(0, 60))) == frames


def test_numbers_are_the_clips_own_and_move_with_the_first(tmp_path: Path) -> None:
    folder = images(tmp_path / "masks", ["01003", "01040"])
    assert sorted(images_by_frame(folder, Numbering(1001, 60))) == [2, 39]
    assert sorted(images_by_frame(folder, Numbering(0, 60, at=10))) == [10, 47]
    assert sorted(images_by_frame(folder / "01003.png", Numbering(1001, 60))) == [2, 39]


def test_each_object_keeps_its_own_frames(tmp_path: Path) -> None:
    images(tmp_path / "masks" / "hero", [f"{frame:05}" for frame in range(10)])
    images(tmp_path / "masks" / "dog", ["00007"])
    found = {frame: set(masks) for _, frame, masks in read_masks(tmp_path / "masks", Numbering(0, 60))}
    assert [frame for frame, names in found.items() if "dog" in names] == [7]


def test_objects_keep_their_distance_when_the_first_frame_is_said(tmp_path: Path) -> None:
    images(tmp_path / "masks" / "hero", [f"{frame:05}" for frame in range(1001, 1006)])
    images(tmp_path / "masks" / "dog", [f"{frame:05}" for frame in range(1003, 1006)])
    images(tmp_path / "masks" / "cat", ["01004"])
    found = {frame: set(masks) for _, frame, masks in read_masks(tmp_path / "masks", Numbering(0, 60, at=10))}
    assert [frame for frame, names in found.items() if "hero" in names] == [10, 11, 12, 13, 14]
    assert [frame for frame, names in found.items() if "dog" in names] == [12, 13, 14]
    assert [frame for frame, names in found.items() if "cat" in names] == [13]
