"""JumpCut: folders of categories, in them clips, each with its pictures and a folder of black and white masks.

The data set came as an archive without a description and no public program reads it, so a clip is recognised by its
content: a folder of masks under one of the usual names, beside it a folder of pictures or the pictures themselves.
"""

from __future__ import annotations

from pathlib import Path

from vosapp.core.errors import MediaError
from vosapp.data.truth import TruthObject
from vosapp.evaluation.clips import FolderClip, read_binary_truth
from vosapp.evaluation.dataset import Dataset, checked
from vosapp.evaluation.layouts.files import last_number, pair, pictures, single, subfolders
from vosapp.evaluation.protocol import JUMPCUT

EXPECTED = "A JumpCut clip is a folder with pictures, or with a folder images/, and a folder of masks GT/ or mask/."
CATEGORIES = ("ANIMAL", "HUMAN", "FAST", "SNAPCUT", "STATIC")
_MASKS = ("gt", "groundtruth", "ground_truth", "mask", "masks", "annotations", "label", "labels")
_IMAGES = ("images", "image", "frames", "rgb", "jpegimages", "color", "src")


def recognise(root: Path) -> bool:
    """Whether at least two of the categories' folders are there."""
    return len({folder.name.upper() for folder in subfolders(root)} & set(CATEGORIES)) >= 2


def open_clips(root: Path, split: str = "") -> Dataset:
    """The clips of one category, or of all. Raises MediaError."""
    clips: list[FolderClip] = []
    notes: list[str] = []
    for category in subfolders(root):
        if split and category.name.upper() != split.upper():
            continue
        for folder in [category, *subfolders(category)]:
            try:
                found = _clip(folder, category.name, notes)
            except MediaError as error:
                notes.append(str(error))
            else:
                clips += found
    return checked(Dataset(f"JumpCut {split}".strip(), clips, JUMPCUT, tuple(notes)), expected=EXPECTED)


def _clip(folder: Path, category: str, notes: list[str]) -> list[FolderClip]:
    """The clip of a folder, or none when it has no folder of masks (it may be a category)."""
    by_name = {sub.name.lower(): sub for sub in subfolders(folder)}
    masks_folder = next((by_name[name] for name in _MASKS if name in by_name), None)
    if masks_folder is None:
        return []
    images_folder = next((by_name[name] for name in _IMAGES if name in by_name), folder)
    frames = pictures(images_folder)
    masks = pair(frames, pictures(masks_folder), notes, key=last_number)
    if not masks:
        raise MediaError(f"{folder}: no picture in {images_folder.name} has a mask in {masks_folder.name}; left out.")
    objects = (TruthObject(1, min(masks), category),)
    return [FolderClip(folder.name, tuple(frames), single(masks), objects, read_binary_truth)]
