"""FBMS-59: `Testset/<clip>/<clip>_0001.jpg` and `Testset/<clip>/GroundTruth/*.pgm`, in some clips `*_gt.ppm`.

Some twenty frames of a clip are annotated. All moving objects are taken as one, as papers that report the mean J of
FBMS do. In the grey files the background is black, in the colour files it is white.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from vosapp.core.document import ObjectId
from vosapp.core.errors import MediaError
from vosapp.data.truth import BoolImage, TruthObject
from vosapp.evaluation.clips import FolderClip, read_picture
from vosapp.evaluation.dataset import Dataset, checked
from vosapp.evaluation.layouts.files import last_number, pair, pictures, single, subfolders
from vosapp.evaluation.protocol import SPARSE

EXPECTED = "FBMS-59 has Testset/<clip>/*.jpg and Testset/<clip>/GroundTruth/*.pgm or *_gt.ppm."
_SETS = {"test": "Testset", "train": "Trainingset"}
_THRESHOLD = 0.1
# Two clips mark their background with a shade of grey of their own.
_CLIP_THRESHOLDS = {"marple7": 0.05, "marple2": 0.4}
_WHITE = 0.99


def recognise(root: Path) -> bool:
    """Whether one of the two sets is there."""
    return any((root / name).is_dir() for name in _SETS.values())


def open_clips(root: Path, split: str = "") -> Dataset:
    """The clips of "test", which is the default, or "train". Raises MediaError."""
    folder = root / _SETS.get(split or "test", split)
    clips: list[FolderClip] = []
    notes: list[str] = []
    for clip_folder in subfolders(folder):
        try:
            clips.append(_clip(clip_folder, notes))
        except MediaError as error:
            notes.append(str(error))
    if not folder.is_dir():
        notes.append(f"{folder} is missing.")
    return checked(Dataset(f"FBMS-59 {split or 'test'}", clips, SPARSE, tuple(notes)), expected=EXPECTED)


def read_regions(paths: Sequence[Path], *, threshold: float) -> dict[ObjectId, BoolImage]:
    """Everything that moves as object 1: brighter than the threshold, and in a colour file not white."""
    grey = read_picture(paths[0], grey=True).astype(np.float32) / 255
    if paths[0].suffix.lower() == ".ppm":
        grey[grey > _WHITE] = 0
    return {1: grey > threshold}


def _clip(folder: Path, notes: list[str]) -> FolderClip:
    frames = pictures(folder)
    files = pictures(folder / "GroundTruth")
    coloured = [path for path in files if path.suffix.lower() == ".ppm" and "PROB" not in path.stem]
    grey = [path for path in files if path.suffix.lower() == ".pgm"]
    masks = pair(frames, coloured or grey, notes, key=last_number)
    if not frames or not masks:
        raise MediaError(f"{folder} has no pictures, or its GroundTruth no masks of them; left out.")
    reader = partial(read_regions, threshold=_CLIP_THRESHOLDS.get(folder.name, _THRESHOLD))
    return FolderClip(folder.name, tuple(frames), single(masks), (TruthObject(1, min(masks)),), reader)
