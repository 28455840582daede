"""A folder of clips, each with `frames/` and `masks/`: the layout of our own test material."""

from __future__ import annotations

from pathlib import Path

from vosapp.core.errors import MediaError
from vosapp.data.truth import TruthObject
from vosapp.evaluation.clips import FolderClip, read_label_truth
from vosapp.evaluation.dataset import Dataset, checked
from vosapp.evaluation.layouts.files import pair, pictures, single, subfolders

EXPECTED = "A clip is a folder with frames/00000.jpg and masks/00000.png, whose values are object ids."


def recognise(root: Path) -> bool:
    """Whether the folder is a clip of this layout or holds one."""
    return any((folder / "frames").is_dir() for folder in (root, *subfolders(root)))


def open_clips(root: Path, split: str = "") -> Dataset:  # noqa: ARG001 - all layouts are called alike
    """The clips of a folder: every subfolder that has `frames/`, or the folder itself.

    Where a folder `alpha/` is, its grey pictures are true soft alphas. As in DAVIS 2017 the objects are 1 up to the
    largest number in the first mask.

    Raises:
        MediaError: there is no clip that can be measured.
    """
    candidates = [root] if (root / "frames").is_dir() else [f for f in subfolders(root) if (f / "frames").is_dir()]
    clips: list[FolderClip] = []
    notes: list[str] = []
    for folder in candidates:
        try:
            clips.append(_clip(folder, notes))
        except MediaError as error:
            notes.append(str(error))
    return checked(Dataset(root.resolve().name, clips, notes=tuple(notes)), expected=EXPECTED)


def _clip(folder: Path, notes: list[str]) -> FolderClip:
    frames = pictures(folder / "frames")
    if not frames:
        raise MediaError(f"{folder} has no pictures in frames/ and is left out.")
    masks = single(pair(frames, pictures(folder / "masks"), notes))
    alphas = pair(frames, pictures(folder / "alpha"), notes)
    return FolderClip(folder.name, tuple(frames), masks, first_objects(folder, masks), read_label_truth, alphas or None)


def first_objects(folder: Path, masks: dict[int, tuple[Path, ...]]) -> tuple[TruthObject, ...]:
    """Objects 1 up to the largest number in the first mask. Raises MediaError when there is none."""
    if 0 not in masks:
        raise MediaError(f"{folder} has no mask of its first frame and is left out.")
    largest = max(read_label_truth(masks[0]), default=0)
    if not largest:
        raise MediaError(f"{folder}: the first mask is empty, so there is nothing to follow; left out.")
    return tuple(TruthObject(i) for i in range(1, largest + 1))
