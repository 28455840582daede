"""`vosapp matte` makes the mattes that an export would, of masks that lie in a folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vosapp.cli.app import main
from vosapp.core.document import MatteSettings
from vosapp.matte.alpha import alpha_of
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
