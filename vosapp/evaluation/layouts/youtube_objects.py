"""YouTube-Objects with the masks of Jain and Grauman (ECCV 2014), every tenth frame of a shot annotated.

`v1/<class>/data/<video>/shots/<shot>/frame0001.jpg` and
`youtube_masks/<class>/data/<video>/shots/<shot>/labels/00001.jpg`. The masks are JPEGs, so they are cut at a level.
The benchmark's figure is the mean over classes of the mean J; clips carry their class.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vosapp.core.document import ObjectId
from vosapp.core.errors import MediaError
from vosapp.data.truth import BoolImage, TruthObject
from vosapp.evaluation.clips import FolderClip, read_picture
from vosapp.evaluation.dataset import Dataset, checked
from vosapp.evaluation.layouts.files import last_number, pair, pictures, single
from vosapp.evaluation.protocol import SPARSE

EXPECTED = (
    "YouTube-Objects has v1/<class>/data/<video>/shots/<shot>/frame0001.jpg and "
    "youtube_masks/<class>/data/<video>/shots/<shot>/labels/00001.jpg."
)
_INSIDE_ABOVE = 15


def recognise(root: Path) -> bool:
    """Whether the folder of masks is there."""
    return (root / "youtube_masks").is_dir()


def open_clips(root: Path, split: str = "") -> Dataset:  # noqa: ARG001 - there is one split
    """All shots that have masks. Raises MediaError."""
    clips: list[FolderClip] = []
    notes: list[str] = []
    for labels in sorted((root / "youtube_masks").glob("*/data/*/shots/*/labels")):
        try:
            clips.append(_clip(root, labels.parent.relative_to(root / "youtube_masks"), notes))
        except MediaError as error:
            notes.append(str(error))
    return checked(Dataset("YouTube-Objects", clips, SPARSE, tuple(notes)), expected=EXPECTED)


def read_level(paths: Sequence[Path]) -> dict[ObjectId, BoolImage]:
    """Object 1: everything above the noise that JPEG leaves in black."""
    return {1: read_picture(paths[0], grey=True) > _INSIDE_ABOVE}


def _clip(root: Path, shot: Path, notes: list[str]) -> FolderClip:
    category, _, video, _, number = shot.parts
    frames = pictures(root / "v1" / shot)
    masks = pair(frames, pictures(root / "youtube_masks" / shot / "labels"), notes, key=last_number)
    if not frames or not masks:
        raise MediaError(f"{root / 'v1' / shot} has no pictures, or none that has a mask; left out.")
    objects = (TruthObject(1, min(masks), category),)
    return FolderClip(f"{category}-{video}-{number}", tuple(frames), single(masks), objects, read_level)
