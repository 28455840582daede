"""DAVIS 2016 and 2017: `JPEGImages/480p/<clip>/00000.jpg`, `Annotations/480p/<clip>/00000.png`, lists in `ImageSets`.

Any collection with the two folders `JPEGImages` and `Annotations` (MOSE, re-packed FBMS ...) opens too, as DAVIS 2017.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from vosapp.core.errors import MediaError
from vosapp.core.untrusted import is_plain_name
from vosapp.data.truth import TruthObject
from vosapp.evaluation.clips import FolderClip, read_label_truth, read_union_truth
from vosapp.evaluation.dataset import Dataset, checked
from vosapp.evaluation.layouts.files import pair, pictures, read_list, single, subfolders
from vosapp.evaluation.layouts.folder import first_objects
from vosapp.evaluation.protocol import DAVIS_2016, DAVIS_2017

EXPECTED = "DAVIS has JPEGImages/480p/<clip>/00000.jpg, Annotations/480p/<clip>/00000.png and ImageSets/2017/val.txt."
_RESOLUTIONS = ("480p", "Full-Resolution", "1080p", "")


def recognise_2016(root: Path) -> bool:
    """Whether the lists are those of 2016 and of 2016 alone."""
    sets = root / "ImageSets"
    return _has_folders(root) and any((sets / n).is_dir() for n in ("480p", "1080p", "2016")) and not recognise(root)


def recognise(root: Path) -> bool:
    """Whether this is DAVIS 2017, or pictures and annotations in its two folders without any list."""
    sets = root / "ImageSets"
    return _has_folders(root) and ((sets / "2017").is_dir() or not sets.is_dir())


def open_clips(root: Path, split: str = "") -> Dataset:
    """DAVIS 2017: several objects a clip; split "val" unless told. Raises MediaError."""
    images, annotations = _folders(root)
    notes: list[str] = []
    clips = []
    for name in _names(root, ("2017",), split, images, notes):
        try:
            clips.append(_clip(images / name, annotations / name, union=False, notes=notes))
        except MediaError as error:
            notes.append(str(error))
    return checked(Dataset(_title(root, "DAVIS 2017", split), clips, DAVIS_2017, tuple(notes)), expected=EXPECTED)


def open_clips_2016(root: Path, split: str = "") -> Dataset:
    """DAVIS 2016: everything that is annotated is one object; split "val" unless told. Raises MediaError.

    Which clips count for the temporal stability stands in `db_info.yml`; without that file all do, with a note.
    """
    images, annotations = _folders(root)
    notes: list[str] = []
    clips = []
    for name in _names(root, ("480p", "1080p", "2016"), split, images, notes):
        try:
            clips.append(_clip(images / name, annotations / name, union=True, notes=notes))
        except MediaError as error:
            notes.append(str(error))
    flagged = _stability_clips(root)
    if flagged is None:
        notes.append(
            "There is no db_info.yml, so temporal stability is averaged over all clips, not the official ones."
        )
    protocol = replace(DAVIS_2016, stability_clips=flagged)
    return checked(Dataset(_title(root, "DAVIS 2016", split), clips, protocol, tuple(notes)), expected=EXPECTED)


def _has_folders(root: Path) -> bool:
    return (root / "JPEGImages").is_dir() and (root / "Annotations").is_dir()


def _folders(root: Path) -> tuple[Path, Path]:
    for resolution in _RESOLUTIONS:
        images, annotations = root / "JPEGImages" / resolution, root / "Annotations" / resolution
        if images.is_dir() and annotations.is_dir():
            return images, annotations
    raise MediaError(f"{root} has no JPEGImages and Annotations of one resolution.", EXPECTED)


def _title(root: Path, title: str, split: str) -> str:
    return f"{title} {split or 'val'}" if (root / "ImageSets").is_dir() else root.resolve().name


def _names(root: Path, years: Sequence[str], split: str, images: Path, notes: list[str]) -> list[str]:
    """Names of the clips of a split; all clips where there is no list."""
    lists = [root / "ImageSets" / year / f"{split or 'val'}.txt" for year in years]
    found = [path for path in lists if path.is_file()]
    if found:
        # A line is a clip's name, or in 2016 the paths of a picture and its annotation.
        names = [Path(line.split()[0]) for line in read_list(found[0])]
        clips = dict.fromkeys(path.parent.name if path.suffix else path.name for path in names)
        strange = [name for name in clips if not is_plain_name(name)]
        notes.extend(f"{found[0]}: {name!r} is no name of a folder; left out." for name in strange)
        return [name for name in clips if name not in strange]
    if split:
        raise MediaError(f"{root} has no list of the split {split}: looked for {', '.join(map(str, lists))}.")
    if (root / "ImageSets").is_dir():
        notes.append(f"{root} has no val.txt; all its clips are measured.")
    return [folder.name for folder in subfolders(images)]


def _clip(images: Path, annotations: Path, *, union: bool, notes: list[str]) -> FolderClip:
    frames = pictures(images)
    if not frames:
        raise MediaError(f"{images} has no pictures and is left out.")
    masks = single(pair(frames, pictures(annotations), notes))
    missing = [i for i in range(len(frames)) if i not in masks]
    if masks and missing:
        notes.append(f"{annotations}: {len(missing)} frames have no annotation and are not scored.")
    if not union:
        return FolderClip(images.name, tuple(frames), masks, first_objects(annotations, masks), read_label_truth)
    if 0 not in masks:
        raise MediaError(f"{annotations} has no mask of its first frame and is left out.")
    return FolderClip(images.name, tuple(frames), masks, (TruthObject(1),), read_union_truth)


def _stability_clips(root: Path) -> frozenset[str] | None:
    """Names of clips marked `eval_t: true` in the data set's description, or None where there is no description."""
    for path in (root / "Annotations" / "db_info.yml", root / "Annotations" / "db_info.yaml", root / "db_info.yml"):
        if path.is_file():
            text = "\n".join(read_list(path))
            records = re.split(r"^-\s*", text, flags=re.MULTILINE)
            marked = [r for r in records if re.search(r"^eval_t:\s*true", r, re.IGNORECASE | re.MULTILINE)]
            names = [re.search(r"^name:\s*[\"']?([\w-]+)", r, re.MULTILINE) for r in marked]
            return frozenset(name.group(1) for name in names if name)
    return None
