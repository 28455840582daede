"""`vosapp matte` makes the mattes that an export would, of masks that lie in a folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vosapp.cli.app import main
from vosapp.core import edits
from vosapp.core.document import Document, MatteSettings
from vosapp.core.editor import Editor
from vosapp.core.mask import Mask
from vosapp.core.project import Project
from vosapp.matte.alpha import alpha_of
from vosapp.video.clip_ref import clip_ref
from vosapp.video.open import open_video
from vosapp.video.stills.images import read_image, write_png

SHAPE = (48, 64)


def disc(x: float) -> np.ndarray:
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    return (columns - x) ** 2 + (rows - 24) ** 2 < 12**2


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Three pictures numbered from 1001, and masks of two objects beside them."""
    folder, masks = tmp_path / "shot", tmp_path / "masks"
    folder.mkdir()
    masks.mkdir()
    for number in range(1001, 1004):
        x = 20 + 4 * (number - 1001)
        rgb = np.full((*SHAPE, 3), 40, np.uint8)
        rgb[disc(x)] = (220, 180, 30)
        if number == 1002:
            rgb[:6, :6] = (60, 90, 230)
        write_png(folder / f"shot.{number}.png", rgb)
        labels = 3 * disc(x).astype(np.uint8)
        labels[:6, :6] = 7 if number == 1002 else 0
        write_png(masks / f"other program {number}.png", labels)
    return folder


def test_mattes_are_those_of_the_stack(clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ["matte", str(clip), "--masks", str(tmp_path / "masks"), "--out", str(out)]
    assert main([*words, "--grow", "-0.5", "--white", "0.9"]) == 0
    settings = MatteSettings(edge="fast", grow_px=-0.5, white=0.9)
    for number in range(1001, 1004):
        rgb = read_image(clip / f"shot.{number}.png")
        mask = disc(20 + 4 * (number - 1001))
        mask[:6, :6] &= number != 1002
        assert np.array_equal(read_image(out / "Object 3" / f"{number:05}.png"), alpha_of(mask, settings, rgb))
    assert read_image(out / "Object 7" / "01002.png")[2, 2] > 200
    assert not read_image(out / "Object 7" / "01001.png").any()


def test_what_cannot_be_used_is_said_in_one_sentence(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    masks, out = tmp_path / "masks", str(tmp_path / "out")
    words = ["matte", str(clip), "--out", out, "--masks"]
    assert main([*words, str(tmp_path / "nowhere")]) == 1
    assert main([*words, str(tmp_path)]) == 1
    write_png(masks / "x5.png", disc(10).astype(np.uint8))
    assert main([*words, str(masks)]) == 1
    (masks / "x5.png").unlink()
    write_png(masks / "again 1001.png", disc(10).astype(np.uint8))
    assert main([*words, str(masks)]) == 1
    (masks / "again 1001.png").unlink()
    write_png(masks / "other program 1003.png", np.ones((9, 9), np.uint8))
    assert main([*words, str(masks)]) == 1
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 5
    for sentence, word in zip(said, ("no masks", "a colour picture", "x5.png", "again 1001.png", "9x9"), strict=True):
        assert sentence.startswith("vosapp: ") and word in sentence


def test_what_the_masks_were_taken_for_is_said_and_can_be_chosen(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["matte", str(clip), "--masks", str(tmp_path / "masks"), "--out"]
    assert main([*words, str(tmp_path / "a")]) == 0
    assert "masks: 2 objects, ids 3 and 7" in capsys.readouterr().err
    for path in (tmp_path / "masks").iterdir():
        write_png(path, read_image(path) * np.uint8(30))  # 90 and 210: the second is more than half white
    assert main([*words, str(tmp_path / "b"), "--mask-as", "luma"]) == 0
    assert "masks: 1 object, soft mask" in capsys.readouterr().err
    assert main([*words, str(tmp_path / "c"), "--mask-as", "ids"]) == 0
    assert "masks: 2 objects, ids 90 and 210" in capsys.readouterr().err
    assert main([*words, str(tmp_path / "d"), "--mask-as", "alpha"]) == 1
    assert "no alpha channel" in capsys.readouterr().err


def trimap_of(mask: np.ndarray) -> np.ndarray:
    """Grey about the outline; the lower right corner is surely in, the left half of the mask surely out."""
    grey = np.where(mask, 255, 0).astype(np.uint8)
    grey[18:30, 30:38] = 128
    grey[40:, 56:] = 240  # white enough
    grey[:, :16] = 12
    return grey


@pytest.fixture
def trimaps(clip: Path, tmp_path: Path) -> Path:
    """Of the first two pictures; the masks are of one object from here on."""
    folder = tmp_path / "trimaps"
    folder.mkdir()
    for number in (1001, 1002):
        write_png(folder / f"t{number}.png", trimap_of(disc(20 + 4 * (number - 1001))))
    for path in (tmp_path / "masks").iterdir():
        write_png(path, np.where(read_image(path) == 3, 255, 0).astype(np.uint8))
    return folder


def expected(number: int, rgb: np.ndarray, settings: MatteSettings) -> np.ndarray:
    mask = disc(20 + 4 * (number - 1001))
    grey = trimap_of(mask)
    kinds = np.where(grey >= 240, 1, np.where(grey <= 12, 3, 2)).astype(np.uint8)
    return alpha_of(mask, settings, rgb, trimap=kinds if number < 1003 else None)


def test_trimaps_count_over_the_edge_and_the_last_frame_has_none(clip: Path, trimaps: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ["matte", str(clip), "--masks", str(tmp_path / "masks"), "--trimap", str(trimaps), "--out", str(out)]
    assert main(words) == 0
    for number in range(1001, 1004):
        made = read_image(next(out.rglob(f"{number:05}.png")))
        rgb = read_image(clip / f"shot.{number}.png")
        assert np.array_equal(made, expected(number, rgb, MatteSettings(edge="fast"))), number
        assert (made[45, 60], made[24, 14]) == ((255, 0) if number < 1003 else (0, made[24, 14]))


def test_trimaps_count_in_the_export_of_a_project(
    clip: Path, trimaps: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = open_video(clip)
    editor = Editor(Document(clip=clip_ref(source.info)))
    source.close()
    document, object_id = edits.add_object(editor.document)
    for frame in range(2):
        mask = Mask.from_array(disc(20 + 4 * frame))
        document = edits.set_mask(document, editor.store, object_id, frame, mask)
    settings = MatteSettings(edge="fast", grow_px=0.5)
    editor.apply("paint", edits.set_matte(document, object_id, settings))
    Project.create(tmp_path / "p.vosapp", editor).close()
    before = (tmp_path / "p.vosapp").read_bytes()
    write_png(trimaps / "t1003.png", trimap_of(disc(28)))
    words = ["export", str(tmp_path / "p.vosapp"), "--format", "png", "--trimap", str(trimaps)]
    assert main([*words, "--out", str(tmp_path / "out")]) == 0
    assert "no mask on frame 1003" in capsys.readouterr().err
    made = read_image(next((tmp_path / "out").rglob("01002.png")))
    assert np.array_equal(made, expected(1002, read_image(clip / "shot.1002.png"), settings))
    assert (tmp_path / "p.vosapp").read_bytes() == before, "the project stays as it is"


def test_trimaps_that_cannot_be_used_are_said_so(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["matte", str(clip), "--masks", str(tmp_path / "masks"), "--out", str(tmp_path / "out"), "--trimap"]
    assert main([*words, str(tmp_path / "masks")]) == 1  # two objects
    for path in (tmp_path / "masks").iterdir():
        write_png(path, disc(20).astype(np.uint8) * 255)
    assert main([*words, str(tmp_path / "nowhere")]) == 1
    assert main([*words, str(clip)]) == 1
    write_png(tmp_path / "1002.png", np.zeros((9, 9), np.uint8))
    assert main([*words, str(tmp_path / "1002.png")]) == 1
    said = [line for line in capsys.readouterr().err.splitlines() if "masks: " not in line]
    for sentence, word in zip(said, ("one object", "no trimaps", "colour picture", "9x9"), strict=True):
        assert word in sentence


def test_spill_is_taken_out_of_what_has_colour(clip: Path, tmp_path: Path) -> None:
    words = ["matte", str(clip), "--masks", str(tmp_path / "masks"), "--format", "prores4444", "--edge", "drawn"]
    for name, more in (("with.mov", []), ("without.mov", ["--decontaminate", "1"])):
        assert main([*words, "--feather", "8", *more, "--out", str(tmp_path / name)]) == 0
    with_spill, without = (pictures_of(tmp_path / name)[0].astype(float) for name in ("with.mov", "without.mov"))
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    away = np.abs(np.hypot(rows - 24, columns - 20) - 12)
    edge, inside = away < 1.5, np.hypot(rows - 24, columns - 20) < 6
    assert np.abs(with_spill - without)[edge].mean() > 5 > np.abs(with_spill - without)[inside].mean()


def pictures_of(path: Path) -> list[np.ndarray]:
    source = open_video(path)
    try:
        return [np.asarray(source.frame(index)) for index in range(3)]
    finally:
        source.close()
