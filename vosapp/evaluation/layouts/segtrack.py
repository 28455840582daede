"""SegTrack v2: `JPEGImages/<clip>/*.png`, `GroundTruth/<clip>/*.png`, or `GroundTruth/<clip>/<object>/*.png`.

File endings are mixed (png, bmp, jpg) and frames and masks of one clip may have different ones; names agree.
"""

from __future__ import annotations

from pathlib import Path

from vosapp.core.errors import MediaError
from vosapp.data.truth import TruthObject
from vosapp.evaluation.clips import FolderClip, read_binary_truth
from vosapp.evaluation.dataset import Dataset, checked
from vosapp.evaluation.layouts.files import pair, pictures, subfolders
from vosapp.evaluation.protocol import SEGTRACK

EXPECTED = "SegTrack v2 has JPEGImages/<clip>/*.png and GroundTruth/<clip>/*.png or GroundTruth/<clip>/1/*.png."


def recognise(root: Path) -> bool:
    """Whether both folders are there."""
    return (root / "JPEGImages").is_dir() and (root / "GroundTruth").is_dir()


def open_clips(root: Path, split: str = "") -> Dataset:  # noqa: ARG001 - there is one split
    """All clips. Raises MediaError."""
    clips: list[FolderClip] = []
    notes: list[str] = []
    for folder in subfolders(root / "JPEGImages"):
        try:
            clips.append(_clip(folder, root / "GroundTruth" / folder.name, notes))
        except MediaError as error:
            notes.append(str(error))
    return checked(Dataset("SegTrack v2", clips, SEGTRACK, tuple(notes)), expected=EXPECTED)


def _clip(images: Path, truth: Path, notes: list[str]) -> FolderClip:
    frames = pictures(images)
    numbered = sorted((f for f in subfolders(truth) if f.name.isdigit()), key=lambda f: int(f.name))
    layers = [pair(frames, pictures(folder), notes) for folder in numbered or [truth]]
    complete = set(layers[0]).intersection(*layers[1:])
    if not frames or 0 not in complete:
        raise MediaError(f"{images} has no pictures, or {truth} no mask of the first one; left out.")
    masks = {i: tuple(layer[i] for layer in layers) for i in sorted(complete)}
    objects = tuple(TruthObject(i) for i in range(1, len(layers) + 1))
    return FolderClip(images.name, tuple(frames), masks, objects, read_binary_truth)
