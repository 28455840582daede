"""`vosapp matte`: makes mattes of masks that lie in a folder, those of other programs too."""

from __future__ import annotations

import argparse
import re
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from vosapp.cli.frame_numbers import frame_ends, frame_range
from vosapp.cli.input_space import add_input_space
from vosapp.cli.job_runner import Reporter, run_job
from vosapp.core.document import MATTE_EDGES, Document, MatteSettings, ObjectId, Origin
from vosapp.core.edits import add_object, remove_object, set_mask, set_matte
from vosapp.core.errors import MaskError
from vosapp.core.mask import Mask
from vosapp.export.formats import ExportFormat
from vosapp.export.recipe import MissingMasks, Recipe

if TYPE_CHECKING:
    from vosapp.core.document import ClipRef
    from vosapp.core.editor import Editor

_HELP = {
    "grow_px": "grow the masks by so many pixels; negative shrinks them",
    "feather_px": "width of the soft edge, half on either side of the outline",
    "feather_in_px": "more softness on the inside alone",
    "feather_out_px": "more softness on the outside alone",
    "smooth_px": "smooth away bends of the outline as short as this",
    "holes_px": "fill holes up to this diameter",
    "specks_px": "remove parts up to this diameter",
    "black": "alpha that becomes 0",
    "white": "alpha that becomes 1",
    "gamma": "above 1: denser between black and white",
    "band_px": "how far from the outline a refined edge may reach; 0 leaves it to the picture",
}
_IMAGES = (".png", ".tif", ".tiff", ".exr", ".bmp", ".webp")


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    parser.add_argument("clip", metavar="CLIP", type=Path, help="video file, folder of images or pattern")
    parser.add_argument(
        "--masks",
        metavar="DIR",
        type=Path,
        required=True,
        help="images of object ids or grey masks; the last number in a name is the frame, in the clip's own numbering",
    )
    parser.add_argument("--out", metavar="PATH", type=Path, required=True, help="folder, or .mov file for ProRes")
    parser.add_argument(
        "--format",
        choices=(ExportFormat.PNG.value, ExportFormat.PRORES_4444.value),
        default=ExportFormat.PNG.value,
        help="kind of file (default: %(default)s)",
    )
    parser.add_argument("--range", metavar="A:B", type=frame_ends, help="frames to write, both ends included")
    parser.add_argument(
        "--edge",
        choices=MATTE_EDGES,
        default=MATTE_EDGES[1],
        help="where the edge comes from: the numbers below alone, or measured in the picture (default: %(default)s)",
    )
    for field in fields(MatteSettings):
        if field.name in _HELP:
            name = "--" + field.name.removesuffix("_px").replace("_", "-")
            kind = "PX" if field.name.endswith("_px") else "X"
            parser.add_argument(
                name, dest=field.name, metavar=kind, type=float, default=field.default, help=_HELP[field.name]
            )
    parser.add_argument("--overwrite", action="store_true", help="replace files that are not an earlier export")
    add_input_space(parser)
    parser.add_argument("--json", action="store_true", help="JSON lines instead of text")


def run(arguments: argparse.Namespace) -> int:
    """Reads the masks, makes the mattes, and tells what was written."""
    from vosapp.core.editor import Editor
    from vosapp.engine.job import Job
    from vosapp.export.export_job import ExportTask, export_body
    from vosapp.video.clip_ref import clip_ref
    from vosapp.video.open import exact_info, open_video

    reporter = Reporter(arguments.json)
    source = open_video(arguments.clip, input_space=arguments.input_space or "")
    try:
        clip = clip_ref(exact_info(source))
    finally:
        source.close()
    editor = Editor(Document(clip=clip))
    settings = MatteSettings(
        edge=arguments.edge, **{name: getattr(arguments, name) for name in _HELP if hasattr(arguments, name)}
    )
    document = _with_masks(editor, arguments.masks, clip)
    for item in document.objects:
        document = set_matte(document, item.id, settings)
    within = frame_range(arguments.range, first_number=clip.first_number, frame_count=clip.frame_count)
    recipe = Recipe(
        ExportFormat(arguments.format),
        arguments.out,
        frames=within,
        missing=MissingMasks.EMPTY,
        overwrite=arguments.overwrite,
    )
    report = run_job(Job(export_body(ExportTask(document, editor.store, recipe)), "The mattes"), reporter)
    for sentence in report.warnings:
        reporter.warning(sentence)
    reporter.result(
        f"{len(report.frames)} frames in {arguments.out}", frames=len(report.frames), out=str(arguments.out)
    )
    return 0


def _with_masks(editor: Editor, folder: Path, clip: ClipRef) -> Document:
    """The document with every image's masks on the frame that its name says."""
    read = {frame: _read(path, clip) for frame, path in _numbered(folder, clip).items()}
    document = editor.document
    for object_id in sorted({object_id for masks in read.values() for object_id in masks}):
        document = _with_object(document, object_id)
    if not document.objects:
        raise MaskError(f"The masks in {folder} are all empty.", "Choose another folder.")
    for frame, masks in read.items():
        for object_id, mask in masks.items():
            document = set_mask(document, editor.store, object_id, frame, mask, Origin.IMPORTED)
    return document


def _numbered(folder: Path, clip: ClipRef) -> dict[int, Path]:
    """The images of a folder by frame index, ascending."""
    if not folder.is_dir():
        raise MaskError(f"{folder} is no folder.", "Give the folder that holds the masks.")
    found: dict[int, Path] = {}
    for path in sorted(folder.iterdir()):
        digits = re.findall(r"\d+", path.stem)
        if path.suffix.lower() not in _IMAGES or not digits:
            continue
        frame = int(digits[-1]) - clip.first_number
        if not 0 <= frame < clip.frame_count:
            last = clip.first_number + clip.frame_count - 1
            raise MaskError(
                f"{path.name} is for frame {digits[-1]}, the clip has frames {clip.first_number} to {last}.",
                "Number the masks as the clip's frames.",
            )
        if frame in found:
            raise MaskError(f"{found[frame].name} and {path.name} are for the same frame.", "Remove one of them.")
        found[frame] = path
    if not found:
        raise MaskError(f"{folder} holds no images with a number in their name.", "Choose another folder.")
    return dict(sorted(found.items()))


def _read(path: Path, clip: ClipRef) -> dict[ObjectId, Mask]:
    """The masks in an image; none where it is black."""
    from vosapp.video.images import read_image
    from vosapp.video.mask_image import read_object_masks

    if not read_image(path).any():
        return {}
    masks = {object_id: Mask.from_array(array) for object_id, array in read_object_masks(path).items()}
    for mask in masks.values():
        if mask.shape != (clip.height, clip.width):
            raise MaskError(
                f"{path} has {mask.width}x{mask.height} pixels, the clip {clip.width}x{clip.height}.",
                "Use masks of the clip's size.",
            )
    return masks


def _with_object(document: Document, object_id: ObjectId) -> Document:
    """The document with a further object of this id, larger than all before; ids between stay unused."""
    while True:
        document, made = add_object(document)
        if made == object_id:
            return document
        document = remove_object(document, made)
