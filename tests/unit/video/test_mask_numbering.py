"""The frames that masks go to: those that the names of their files say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import tifffile

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


@pytest.mark.parametrize(
    ("kind", "white"),
    [(np.uint8, 100), (np.uint16, 1023), (np.float32, 255), (np.uint32, 4095), (np.int32, 4095)],
)
def test_what_was_white_in_the_first_mask_is_white_in_all(tmp_path: Path, kind: type[np.number], white: int) -> None:
    rows, columns = np.mgrid[:80, :100]
    for frame in range(4):
        alpha = np.clip((25 - np.hypot(columns - 40 - 3 * frame, rows - 40)) / 6 + 0.5, 0, 1) * (frame != 2)
        tifffile.imwrite(tmp_path / f"{frame:05}.tif", np.round(alpha * white).astype(kind))
    said: list[str] = []
    found = {frame: masks for _, frame, masks in read_masks(tmp_path, Numbering(0, 10), understood=said.append)}
    assert said == [f"1 object, soft mask, {white} taken for white"]
    areas = [int(found[frame][None].sum()) if found[frame] else 0 for frame in range(4)]
    assert areas[2] == 0 and areas[0] == areas[1] == areas[3] > 1900


def test_a_folder_of_wide_numbers_holds_ids(tmp_path: Path) -> None:
    for frame in range(3):
        numbers = np.zeros((20, 30), np.int32)
        numbers[2:12, 3:15] = 300 * (frame != 1)
        tifffile.imwrite(tmp_path / f"{frame:05}.tif", numbers)
    assert [list(masks) for _, _, masks in read_masks(tmp_path, Numbering(0, 10))] == [[300], [], [300]]


def test_an_object_that_fades_in_is_no_object_for_each_of_its_shades(tmp_path: Path) -> None:
    rows, columns = np.mgrid[:80, :100]
    for frame in range(8):
        alpha = np.clip((25 - np.hypot(columns - 40, rows - 40)) / 6 + 0.5, 0, 1) * min(1, 0.2 * frame)
        write_png(tmp_path / f"{frame:05}.png", np.round(alpha * 255).astype(np.uint8))
    found = {frame: masks for _, frame, masks in read_masks(tmp_path, Numbering(0, 10))}
    assert [list(masks) for masks in found.values()] == [[]] * 3 + [[None]] * 5


def test_frames_below_zero_come_back_as_they_are_exported(tmp_path: Path) -> None:
    folder = images(tmp_path / "masks", ["-0002", "-0001", "00000", "00001"])
    assert sorted(images_by_frame(folder, Numbering(-3, 6))) == [1, 2, 3, 4]
    assert sorted(images_by_frame(images(tmp_path / "one", ["-0002"]), Numbering(-3, 6))) == [1]
