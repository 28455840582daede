"""`vosapp matte`: makes mattes of masks that lie in a folder, those of other programs too."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from vosapp.cli.clip_source import add_rate, open_source
from vosapp.cli.frame_numbers import frame_ends, frame_range
from vosapp.cli.input_space import add_input_space
from vosapp.cli.job_runner import Reporter, run_job
from vosapp.cli.mask_as import add_mask_as
from vosapp.cli.trimaps import add_trimap, with_trimaps
from vosapp.core.document import MATTE_EDGES, Document, MatteSettings
from vosapp.core.edits import set_matte
from vosapp.core.errors import MaskError
from vosapp.core.mask_import import ImportRequest, with_imported
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
    "decontaminate": "take what is behind out of the colours of the edge, 0 to 1",
    "steady": "take flicker away where nothing moves, 0 to 1",
    "band_px": "how far from the outline a refined edge may reach; 0 leaves it to the picture",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of the command."""
    parser.add_argument("clip", metavar="CLIP", type=Path, help="video file, folder of images or pattern")
    add_rate(parser)
    parser.add_argument(
        "--masks",
        metavar="MASKS",
        type=Path,
        required=True,
        help="images of object ids or grey masks, or a movie, as `vosapp import` takes them; the "
        "numbers in the names are frames in the clip's own numbering",
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
    add_trimap(parser)
    add_mask_as(parser)
    add_input_space(parser)
    parser.add_argument("--json", action="store_true", help="JSON lines instead of text")


def run(arguments: argparse.Namespace) -> int:
    """Reads the masks, makes the mattes, and tells what was written."""
    from vosapp.core.editor import Editor
    from vosapp.engine.job import Job
    from vosapp.export.export_job import ExportTask, export_body
    from vosapp.video.clip_ref import clip_ref
    from vosapp.video.open import exact_info

    reporter = Reporter(arguments.json)
    source = open_source(arguments.clip, arguments.rate, arguments.input_space)
    try:
        clip = clip_ref(exact_info(source))
    finally:
        source.close()
    editor = Editor(Document(clip=clip))
    settings = MatteSettings(
        edge=arguments.edge, **{name: getattr(arguments, name) for name in _HELP if hasattr(arguments, name)}
    )
    document = _with_masks(editor, arguments, clip, reporter)
    if arguments.trimap is not None:
        ids = [item.id for item in document.objects]
        document = with_trimaps(document, editor.store, arguments.trimap, ids, reporter)
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


def _with_masks(editor: Editor, arguments: argparse.Namespace, clip: ClipRef, reporter: Reporter) -> Document:
    """The document with every mask on the frame that its name says; tells what they were taken for."""
    from vosapp.core.mask_import import MaskMeaning
    from vosapp.engine.job import Job
    from vosapp.engine.run.import_job import import_body

    folder: Path = arguments.masks

    if not folder.exists() and "%" not in folder.name and "#" not in folder.name:
        raise MaskError(f"There are no masks at {folder}.", "Give the folder or movie that holds them.")
    body = import_body(folder, clip, meaning=MaskMeaning(arguments.mask_as))
    found = run_job(Job(body, "Reading the masks"), reporter)
    reporter.note(f"{folder.name}: {found.understood}")
    document, _ = with_imported(editor.document, editor.store, found.masks.items(), ImportRequest())
    return document
