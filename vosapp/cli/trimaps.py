"""The option `--trimap` of commands that make mattes."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vosapp.core.errors import MaskError

if TYPE_CHECKING:
    from vosapp.cli.job_runner import Reporter
    from vosapp.core.document import Document, MaskStore, ObjectId


def add_trimap(parser: argparse.ArgumentParser) -> None:
    """Adds the option; its value is a path or None."""
    parser.add_argument(
        "--trimap",
        metavar="PATH",
        type=Path,
        help="folder, pattern or image of trimaps of one object: white is surely in the matte, black surely out, and "
        "in what is grey the picture decides; what is transparent is left to the mask. Numbered as the masks are. "
        "Counts in place of what the project has on these frames",
    )


def with_trimaps(
    document: Document, store: MaskStore, path: Path, object_ids: Sequence[ObjectId], reporter: Reporter
) -> Document:
    """The document with the trimaps that lie at a path over the edge of one object.

    Tells on how many frames they count, and of those that the object has no mask on.

    Raises:
        MaskError: there are several objects, or the trimaps cannot be used.
    """
    from vosapp.core.trimap_edits import set_trimap
    from vosapp.video.masks.mask_sequence import Numbering
    from vosapp.video.masks.trimap_images import read_trimaps

    clip = document.clip
    if clip is None or not object_ids:
        raise MaskError("There is no object that a trimap could belong to.", "Draw or import its masks first.")
    if len(object_ids) > 1:
        raise MaskError(
            f"A trimap belongs to one object, and there are {len(object_ids)}.",
            "Choose it with --object, or give the masks of one object alone.",
        )
    target = document.object(object_ids[0])
    taken, without = 0, []
    for frame, image in read_trimaps(path, Numbering(clip.first_number, clip.frame_count)):
        if frame not in target.cells:
            without.append(frame + clip.first_number)
            continue
        document = set_trimap(document, store, target.id, frame, image)
        taken += 1
    if without:
        more = f" and on {len(without) - 1} more" if len(without) > 1 else ""
        reporter.warning(f"{target.name} has no mask on frame {without[0]}{more}: a trimap counts only where one is.")
    reporter.note(f"{path.name}: trimaps of {taken} frame{'s' * (taken != 1)} over the edge of {target.name}")
    return document
