"""Names of the files of an export: from a pattern with tokens to names that every file system takes."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from vosapp.core.document import ObjectId, RotoObject
from vosapp.core.errors import ExportError

LONGEST_NAME_BYTES = 200
"""Of one part of a path in UTF-8: file systems take 255, and suffixes and temporary names are to fit too."""

_TOKENS = ("clip", "object", "id", "frame")
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]')
"""What some file system refuses, a terminal obeys, or would turn the reading order of a name."""
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³])(\..*)?")
_TAKEN = ("manifest.json",)
_FRAME_SPEC = re.compile(r"0?\d{0,2}d?")


class FileNames:
    """The name of each image of an export, relative to its folder."""

    def __init__(self, pattern: str, suffix: str, *, clip: str, objects: Sequence[RotoObject], apart: bool) -> None:
        """Checks a pattern.

        Args:
            pattern: with the tokens {clip}, {object}, {id} and {frame}, which may say how many digits ({frame:04});
                "/" makes folders. "" gives frame numbers of five digits, in a folder for each of several objects.
            suffix: of the files, with the dot.
            clip: what {clip} stands for.
            objects: all objects of the export.
            apart: whether each object has files of its own.

        Raises:
            ExportError: the pattern cannot be used.
        """
        several = apart and len(objects) > 1
        self._suffix = suffix
        self._pattern = pattern or ("{object}/{frame:05}" if several else "{frame:05}")
        self._clip = plain_name(clip) or "clip"
        self._objects = names_of_objects({item.id: item.name for item in objects})
        self._apart = apart
        used = _tokens(self._pattern)
        if "frame" not in used:
            raise ExportError(f'"{pattern}" gives every frame the same name.', "Put {frame:04} in it.")
        if several and not used & {"object", "id"}:
            raise ExportError(f'"{pattern}" gives every object the same name.', "Put {object} in it.")
        if not apart and used & {"object", "id"}:
            raise ExportError(f'"{pattern}" names one object, but the files hold all.', "Leave {object} out.")

    def of(self, number: int, object_id: ObjectId | None = None) -> str:
        """The name of a frame's file, with "/" between folders.

        Args:
            number: of the frame, as it is to be named.
            object_id: whose file it is, where each object has files of its own.
        """
        name = "" if object_id is None else self._objects[object_id]
        filled = self._pattern.format(clip=self._clip, object=name, id=object_id, frame=number)
        parts = [plain_name(part) for part in filled.split("/")]
        return "/".join(parts) + self._suffix

    def planned(self, numbers: Iterable[int]) -> list[str]:
        """The names of all files.

        Raises:
            ExportError: two files would bear the same name, or one bears none.
        """
        ids: Sequence[ObjectId | None] = list(self._objects) if self._apart else [None]
        names = [self.of(number, object_id) for number in numbers for object_id in ids]
        if len({name.casefold() for name in names}) < len(names):
            raise ExportError(f'"{self._pattern}" gives two files the same name.', "Tell them apart by tokens.")
        if any(not part for name in names[:1] for part in name.removesuffix(self._suffix).split("/")):
            raise ExportError(f'"{self._pattern}" gives a file or folder no name.', "Leave the extra / out.")
        return names


def names_of_objects(objects: Mapping[ObjectId, str]) -> dict[ObjectId, str]:
    """A name for each object that every file system takes: its own, with its id where that cannot tell it apart."""
    plain = {object_id: plain_name(name) for object_id, name in objects.items()}
    folded = [name.casefold() for name in plain.values()]
    taken = set(_TAKEN)
    names = {}
    for alone in (True, False):  # names that stand alone come first, so that no number can push them out
        for object_id, name in plain.items():
            if object_id in names or alone != (bool(name) and folded.count(name.casefold()) == 1):
                continue
            names[object_id] = _free_name(name, object_id, taken, numbered=not alone)
            taken.add(names[object_id].casefold())
    return {object_id: names[object_id] for object_id in objects}


def plain_name(name: str) -> str:
    """A name as far as every file system takes it as one part of a path; "" when nothing of it can be used."""
    allowed = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", name).encode("utf-8", "replace").decode())
    allowed = allowed.strip(" .").encode()[:LONGEST_NAME_BYTES].decode("utf-8", "ignore").strip(" .")
    return "" if _RESERVED.fullmatch(allowed) else allowed


def name_of_clip(path: str) -> str:
    """What {clip} stands for: the name of the file without its ending, or of the folder."""
    name = re.split(r"[/\\]", path.rstrip("/\\"))[-1]
    return Path(name).stem


def _free_name(name: str, object_id: ObjectId, taken: set[str], *, numbered: bool) -> str:
    short = name.encode()[: LONGEST_NAME_BYTES - 24].decode("utf-8", "ignore") or "object"
    if not numbered and name.casefold() not in taken:
        return name
    candidate, more = f"{short}_{object_id}", 1
    while candidate.casefold() in taken:
        more += 1
        candidate = f"{short}_{object_id}_{more}"
    return candidate


def _tokens(pattern: str) -> set[str]:
    """The tokens of a pattern. Raises ExportError when it has others, or says of one what cannot be said."""
    try:
        parsed = list(string.Formatter().parse(pattern))
    except ValueError as error:
        raise ExportError(f'"{pattern}" is no pattern for names ({error}).', "Write {frame:04}.") from error
    used = set()
    for _, token, spec, conversion in parsed:
        if token is None:
            continue
        fits = not spec or (token == _TOKENS[-1] and _FRAME_SPEC.fullmatch(spec))
        if token not in _TOKENS or conversion or not fits:
            raise ExportError(f'"{pattern}" has a token that is not known.', "Use {clip}, {object}, {id}, {frame:04}.")
        used.add(token)
    return used
