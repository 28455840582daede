"""A folder of clips, each with `frames/` and `masks/`: the layout of our own test material."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from vosapp.core.errors import MediaError
from vosapp.data.truth import TruthObject
from vosapp.evaluation.clips import FolderClip, read_label_truth
from vosapp.evaluation.evaluate import Dataset

PICTURES = (".jpg", ".jpeg", ".png", ".bmp", ".ppm", ".pgm", ".tif", ".tiff")


def pictures(folder: Path) -> list[Path]:
    """The picture files of a folder by name; none when there is no such folder. Hidden files are left out."""
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.iterdir() if p.suffix.lower() in PICTURES and not p.name.startswith("."))


def open_clip_folder(folder: Path) -> Dataset:
    """The clips of a folder: every subfolder that has `frames/` and `masks/`, or the folder itself.

    Masks are PNGs of object ids named like their frame. Where a folder `alpha/` is, its grey pictures are true
    soft alphas. The objects are those of the first mask.

    Raises:
        MediaError: there is no such clip in the folder.
    """
    candidates = [folder] if (folder / "frames").is_dir() else sorted(p for p in folder.iterdir() if p.is_dir())
    clips, notes = [], []
    for candidate in candidates:
        try:
            clips.append(_clip(candidate))
        except MediaError as error:
            notes.append(str(error))
    if not clips:
        raise MediaError(f"{folder} holds no clips.", "A clip is a folder with frames/00000.jpg and masks/00000.png.")
    return Dataset(folder.resolve().name, clips, notes=tuple(notes))


def _clip(folder: Path) -> FolderClip:
    frames = pictures(folder / "frames")
    if not frames:
        raise MediaError(f"{folder} has no pictures in frames/ and is left out.")
    places = {path.stem: i for i, path in enumerate(frames)}
    masks = {places[path.stem]: (path,) for path in pictures(folder / "masks") if path.stem in places}
    if 0 not in masks:
        raise MediaError(f"{folder} has no mask of its first frame in masks/ and is left out.")
    ids = sorted(read_label_truth(masks[0]))
    if not ids:
        raise MediaError(f"{folder}: the first mask is empty, so there is nothing to follow; left out.")
    alphas = {places[path.stem]: path for path in pictures(folder / "alpha") if path.stem in places}
    objects = tuple(TruthObject(i) for i in range(1, int(np.max(ids)) + 1))
    return FolderClip(folder.name, tuple(frames), masks, objects, read_label_truth, alphas or None)
