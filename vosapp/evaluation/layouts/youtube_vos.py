"""YouTube-VOS: `<split>/JPEGImages/<clip>/00000.jpg`, `<split>/Annotations/<clip>/00000.png`, `<split>/meta.json`.

Objects may begin on a later frame. Only the training split has its annotations published; of the others the first
masks are, and scores come from the benchmark's server.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from vosapp.core.errors import MediaError
from vosapp.core.untrusted import is_plain_name, read_regular
from vosapp.data.truth import TruthObject
from vosapp.evaluation.clips import FolderClip, read_label_truth
from vosapp.evaluation.dataset import Dataset, checked
from vosapp.evaluation.layouts.files import pair, pictures, single
from vosapp.evaluation.protocol import YOUTUBE_VOS

EXPECTED = "YouTube-VOS has valid/meta.json, valid/JPEGImages/<clip>/00000.jpg and valid/Annotations/<clip>/00000.png."
_MAX_META_BYTES = 256 * 2**20
_SPLITS = ("valid", "train", "test")
ObjectRecord = Mapping[str, object]


def recognise(root: Path) -> bool:
    """Whether the folder is a split or holds one."""
    return any((folder / "meta.json").is_file() and (folder / "JPEGImages").is_dir() for folder in _candidates(root))


def open_clips(root: Path, split: str = "") -> Dataset:
    """The clips of a split: "valid" unless told, "train" where there is no other. Raises MediaError."""
    folder = _split_folder(root, split)
    notes: list[str] = []
    known = _categories(folder.parent / "train", notes)
    clips = []
    for name, objects in _read_meta(folder).items():
        try:
            clips.append(_clip(folder, name, objects, known, notes))
        except MediaError as error:
            notes.append(str(error))
        except (ValueError, TypeError, AttributeError) as error:
            notes.append(f"{name}: its record in meta.json cannot be read ({error!r:.200}); left out.")
    if clips and all(not any(i > o.first_frame for o in c.objects for i in c.annotated) for c in clips):
        notes.append(
            "Only the first masks of this split are published: there is nothing to score. Use --save-masks and hand "
            "the result to the benchmark's server."
        )
    return checked(Dataset(f"YouTube-VOS {folder.name}", clips, YOUTUBE_VOS, tuple(notes)), expected=EXPECTED)


def _candidates(root: Path) -> list[Path]:
    return [root, *(root / split for split in _SPLITS)]


def _split_folder(root: Path, split: str) -> Path:
    candidates = [root / split] if split and (root / split).is_dir() else _candidates(root)
    for folder in candidates:
        if (folder / "meta.json").is_file():
            return folder
    raise MediaError(f"{root} has no meta.json of a split.", EXPECTED)


def _read_meta(folder: Path) -> dict[str, Mapping[str, ObjectRecord]]:
    """Object records by clip and object number."""
    path = folder / "meta.json"
    try:
        content = json.loads(read_regular(path, limit_bytes=_MAX_META_BYTES))
        return {name: record["objects"] for name, record in sorted(content["videos"].items())}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise MediaError(f"{path} is not the description of a YouTube-VOS split: {error!r}.") from error


def _categories(train: Path, notes: list[str]) -> frozenset[str] | None:
    """Classes of the training split: the "seen" ones. None when that split is not there."""
    if not (train / "meta.json").is_file():
        notes.append(f"{train} has no meta.json, so it is not known which classes are seen; no overall score G.")
        return None
    records = (record for objects in _read_meta(train).values() for record in objects.values())
    return frozenset(str(record.get("category", "")) for record in records)


def _clip(
    folder: Path, name: str, objects: Mapping[str, ObjectRecord], known: frozenset[str] | None, notes: list[str]
) -> FolderClip:
    if not is_plain_name(name):
        raise MediaError(f"{name!r} in meta.json is no name of a folder; left out.")
    frames = pictures(folder / "JPEGImages" / name)
    if not frames:
        raise MediaError(f"{folder / 'JPEGImages' / name} has no pictures and is left out.")
    masks = single(pair(frames, pictures(folder / "Annotations" / name), notes))
    places = {path.stem: i for i, path in enumerate(frames)}
    found = []
    for number, record in sorted(objects.items(), key=lambda item: int(item[0])):
        own = sorted(places[f] for f in cast(list[str], record.get("frames", [])) if f in places)
        begins = [i for i in own if i in masks]
        if not begins:
            notes.append(f"{name}: object {number} has no mask on a frame that is there, and is left out.")
            continue
        category = str(record.get("category", ""))
        seen = None if known is None else category in known
        found.append(TruthObject(int(number), begins[0], category, seen, last_frame=own[-1]))
    if not found:
        raise MediaError(f"{name} has no object with a mask and is left out.")
    return FolderClip(name, tuple(frames), masks, tuple(found), read_label_truth)
