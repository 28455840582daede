"""Miniature copies of published data sets, written where a test wants them: five frames of two moving squares."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np

from vosapp.video.stills.label_png import write_labels

FRAMES, HEIGHT, WIDTH = 5, 48, 64


def labels(index: int, *, objects: int = 2) -> np.ndarray:
    """Object ids: square 1 moves right, square 2 down."""
    image = np.zeros((HEIGHT, WIDTH), np.uint8)
    image[8:20, 4 + 3 * index : 18 + 3 * index] = 1
    if objects > 1:
        image[22 + 2 * index : 34 + 2 * index, 40:54] = 2
    return image


def picture(index: int, *, objects: int = 2) -> np.ndarray:
    """RGB of textured squares on noise."""
    ground = np.random.default_rng(7).integers(60, 120, (HEIGHT, WIDTH, 3), np.uint8)
    truth = labels(index, objects=objects)
    for number, colour in ((1, (220, 60, 40)), (2, (40, 80, 230))):
        ground[truth == number] = colour
    return ground


def write_image(path: Path, image: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = image[..., ::-1] if image.ndim == 3 else image
    ok, content = cv2.imencode(path.suffix, pixels, [cv2.IMWRITE_JPEG_QUALITY, 98])
    assert ok
    path.write_bytes(content.tobytes())


def write_ids(path: Path, image: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_labels(path, image)


def clip_folder(root: Path, name: str = "squares", *, frames: int = FRAMES, alpha: bool = False) -> Path:
    for i in range(frames):
        write_image(root / name / "frames" / f"{i:05d}.jpg", picture(i))
        write_ids(root / name / "masks" / f"{i:05d}.png", labels(i))
        if alpha:
            write_image(root / name / "alpha" / f"{i:05d}.png", 255 * (labels(i) == 1).astype(np.uint8))
    return root


def davis_2017(root: Path) -> Path:
    for i in range(FRAMES):
        for name in ("squares", "training"):
            write_image(root / f"JPEGImages/480p/{name}/{i:05d}.jpg", picture(i))
            write_ids(root / f"Annotations/480p/{name}/{i:05d}.png", labels(i))
    lists = root / "ImageSets/2017"
    lists.mkdir(parents=True)
    (lists / "val.txt").write_text("squares\nabsent\n")
    (lists / "train.txt").write_text("training\n")
    return root


def davis_2016(root: Path) -> Path:
    lines = []
    for i in range(FRAMES):
        image, mask = f"JPEGImages/480p/squares/{i:05d}.jpg", f"Annotations/480p/squares/{i:05d}.png"
        write_image(root / image, picture(i))
        binary = 255 * (labels(i) != 0).astype(np.uint8)
        # One file of the real data set is a colour picture of its mask.
        write_image(root / mask, np.repeat(binary[..., None], 3, axis=2) if i == 3 else binary)
        lines.append(f"/{image} /{mask}")
    lists = root / "ImageSets/480p"
    lists.mkdir(parents=True)
    (lists / "val.txt").write_text("\n".join(lines))
    (root / "Annotations/db_info.yml").write_text(
        "sequences:\n- attributes: []\n  eval_t: true\n  name: squares\n- eval_t: false\n  name: other\n"
    )
    return root


def youtube_vos(root: Path) -> Path:
    for split, category in (("train", "zebra"), ("valid", "yeti")):
        for i in range(FRAMES):
            number = f"{5 * i:05d}"
            write_image(root / split / f"JPEGImages/0abc/{number}.jpg", picture(i))
            shown = labels(i)
            if i < 2:
                shown[shown == 2] = 0
            write_ids(root / split / f"Annotations/0abc/{number}.png", shown)
        objects = {
            "1": {"category": "zebra", "frames": ["00000", "00005", "00010", "00015"]},
            "2": {"category": category, "frames": ["00010", "00015", "00020"]},
        }
        (root / split / "meta.json").write_text(json.dumps({"videos": {"0abc": {"objects": objects}}}))
    return root


def segtrack(root: Path) -> Path:
    for i in range(FRAMES):
        write_image(root / f"JPEGImages/two/two_{i + 7:05d}.bmp", picture(i))
        for number in (1, 2):
            mask = 255 * (labels(i) == number).astype(np.uint8)
            write_image(root / f"GroundTruth/two/{number}/two_{i + 7:05d}.png", mask)
        write_image(root / f"JPEGImages/one/one_{i:05d}.png", picture(i, objects=1))
        mask = 255 * (labels(i, objects=1) == 1).astype(np.uint8)
        write_image(root / f"GroundTruth/one/one_{i:05d}.png", np.repeat(mask[..., None], 3, axis=2))
    return root


def fbms(root: Path) -> Path:
    for i in range(FRAMES):
        write_image(root / f"Testset/cats01/cats01_{i + 1:04d}.jpg", picture(i))
        write_image(root / f"Testset/marple2/marple2_{i + 1:03d}.jpg", picture(i))
        if i % 2 == 0:
            grey = np.select([labels(i) == 1, labels(i) == 2], [255, 128], 0).astype(np.uint8)
            write_image(root / f"Testset/cats01/GroundTruth/cats01_{i + 1:04d}.pgm", grey)
            colour = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
            colour[labels(i) == 1] = (200, 180, 160)
            write_image(root / f"Testset/marple2/GroundTruth/marple2_{i + 1:03d}_gt.ppm", colour)
            write_image(root / f"Testset/marple2/GroundTruth/marple2_{i + 1:03d}_PROB_gt.ppm", colour)
    return root


def youtube_objects(root: Path) -> Path:
    shot = "cat/data/0003/shots/012"
    for i in range(FRAMES):
        write_image(root / "v1" / shot / f"frame{i + 1:04d}.jpg", picture(i))
        if i in (0, 4):
            mask = 255 * (labels(i) == 1).astype(np.uint8)
            write_image(root / "youtube_masks" / shot / f"labels/{i + 1:05d}.jpg", mask)
    return root


def jumpcut(root: Path, frames: int = 20) -> Path:
    for i in range(frames):
        write_image(root / f"ANIMAL/bear/{i:03d}.png", picture(i % FRAMES, objects=1))
        write_image(root / f"ANIMAL/bear/GT/{i:03d}.png", 255 * labels(i % FRAMES, objects=1))
        write_image(root / f"HUMAN/couple/images/img_{i:03d}.jpg", picture(i % FRAMES, objects=1))
        write_image(root / f"HUMAN/couple/mask/mask_{i:03d}.png", 255 * labels(i % FRAMES, objects=1))
    return root
