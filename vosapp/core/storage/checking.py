"""Reading every mask of a project to see whether it is whole. Nothing is written, nothing in the project changes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from vosapp.core.document import Document
from vosapp.core.errors import MaskError
from vosapp.core.frame_map import Chunk
from vosapp.core.mask import Digest, Mask
from vosapp.core.storage.database import damaged, translated
from vosapp.core.storage.json_checks import DamageError
from vosapp.core.storage.opening import open_reader
from vosapp.core.storage.reader import ProjectReader
from vosapp.core.storage.tree import masks_of, trimap_masks_of
from vosapp.core.timeline import numbers_text


@dataclass(frozen=True, slots=True)
class MaskReport:
    """Result of a check of all masks.

    Attributes:
        checked: masks read.
        damaged: digests of those that are not what they should be.
    """

    checked: int
    damaged: frozenset[Digest]

    def sentences(self, document: Document) -> tuple[str, ...]:
        """What is damaged, for the user: frames of each object in the source's numbers, then what undo would need."""
        if not self.damaged:
            return ()
        found, seen = [], set[Digest]()
        first_number = document.clip.first_number if document.clip else 0
        for one in document.objects:
            named = {frame: self.damaged & masks_of(Chunk({frame: cell})) for frame, cell in one.cells.items()}
            frames = [frame for frame, digests in named.items() if digests]
            seen.update(*named.values())
            seen.update(self.damaged & trimap_masks_of(one))
            if frames:
                found.append(
                    f"The masks of {one.name} on frames {numbers_text(frames, first_number=first_number)} are damaged."
                )
            painted = [frame for frame, trimap in one.trimaps if not self.damaged.isdisjoint(trimap.digests)]
            if painted:
                numbers = numbers_text(painted, first_number=first_number)
                found.append(f"What was painted over the edge of {one.name} on frames {numbers} is damaged.")
        left = len(self.damaged - seen)
        if left:
            masks = "1 mask that undo may need is" if left == 1 else f"{left} masks that undo may need are"
            found.append(f"{masks} damaged.")
        return tuple(found)


def check_masks(path: Path, tick: Callable[[int, int], None]) -> MaskReport:
    """Reads every mask in a file, which may be open and written meanwhile.

    Args:
        path: of the project.
        tick: told after each mask how many are read, of how many. What it raises ends the check.

    Raises:
        ProjectError: the masks cannot be listed.
    """
    try:
        with closing(open_reader(path, traceless=True)) as reader:
            return _check(reader, sorted(reader.mask_digests()), tick)
    except sqlite3.Error as error:
        raise translated(error, path) from error
    except DamageError as error:
        raise damaged(path, error.message.rstrip(".")) from error


def _check(reader: ProjectReader, digests: Collection[Digest], tick: Callable[[int, int], None]) -> MaskReport:
    broken: set[Digest] = set()
    for done, digest in enumerate(digests, 1):
        if not _is_whole(reader, digest):
            broken.add(digest)
        tick(done, len(digests))
    return MaskReport(len(digests), frozenset(broken))


def _is_whole(reader: ProjectReader, digest: Digest) -> bool:
    try:
        row = reader.mask(digest)
        if row is not None:  # else a compaction took it away meanwhile
            Mask.from_stored(*row, digest)
    except MaskError:
        return False
    return True
